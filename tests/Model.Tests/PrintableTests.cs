// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;

namespace SupplyChain.Model.Tests;

/// <summary>Threat 10: text from outside that wants to be more than text.</summary>
public sealed class PrintableTests
{
    public static TheoryData<string, string?, string> Escaped => new()
    {
        { "nothing", null, "(none)" },
        { "empty", "", "" },
        { "plain", "openssl 3.0.11-1", "openssl 3.0.11-1" },
        { "letters of any script", "größe 版本 версия", "größe 版本 версия" },
        { "a symbol outside the base plane", "ok 😀", "ok 😀" },
        { "a forged log line", "a\r\nALLOWED", "a\\u{d}\\u{a}ALLOWED" },
        { "a cursor movement", "\u001b[2J", "\\u{1b}[2J" },
        { "a C1 control", "\u009b2J", "\\u{9b}2J" },
        { "NUL", "a\0b", "a\\u{0}b" },
        { "reversed direction", "\u202Egpj.exe", "\\u{202e}gpj.exe" },
        { "an isolate", "\u2066x\u2069", "\\u{2066}x\\u{2069}" },
        { "zero width", "a\u200Bb\u200Dc\uFEFF", "a\\u{200b}b\\u{200d}c\\u{feff}" },
        { "a soft hyphen", "a\u00ADb", "a\\u{ad}b" },
        { "a line separator", "a\u2028b\u2029c", "a\\u{2028}b\\u{2029}c" },
        { "private use", "\uE000", "\\u{e000}" },
        { "half a pair", "a\uD800b", "a\\u{fffd}b" },
        { "a tag character", "a\U000E0041", "a\\u{e0041}" },
        { "never assigned", "\uFFFF", "\\u{ffff}" },
    };

    [Theory, MemberData(nameof(Escaped))]
    public void Is_safe_to_show(string because, string? text, string expected) =>
        Assert.True(string.Equals(expected, Printable.Escape(text), StringComparison.Ordinal), $"{because}: {Printable.Escape(text)}");

    [Fact]
    public void Long_text_is_cut_and_says_so()
    {
        Assert.Equal(new string('a', 256), Printable.Escape(new string('a', 256)));
        Assert.Equal(new string('a', 256) + "…", Printable.Escape(new string('a', 257)));
        Assert.Equal(new string('a', 255) + "\\u{fffd}…", Printable.Escape(new string('a', 255) + "😀"));
    }
}
