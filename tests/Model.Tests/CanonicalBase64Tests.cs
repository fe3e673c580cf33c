// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using System.Text;

namespace SupplyChain.Model.Tests;

public sealed class CanonicalBase64Tests
{
    public static TheoryData<string, string, string> Accepted => new()
    {
        { "nothing", "", "" },
        { "three bytes", "aGVs", "hel" },
        { "one padding", "aGVsbG8=", "hello" },
        { "two paddings", "aA==", "h" },
        { "both special characters", "+/+/", "\u00fb\u00ff\u00bf" },
    };

    public static TheoryData<string, string> Refused => new()
    {
        { "unused bits set, one padding", "aGVsbG9=" },
        { "unused bits set, two paddings", "aB==" },
        { "padding missing", "aGVsbG8" },
        { "too much padding", "aGVs====" },
        { "padding alone", "====" },
        { "padding inside", "aA==aGVs" },
        { "space before", " aGVs" },
        { "four spaces", "aGVs    " },
        { "line feed at the end", "aGVsbG8=\n" },
        { "line feed inside", "aGVs\nbG8=" },
        { "four line feeds inside", "aGVs\n\n\n\nbG8=" },
        { "three characters", "aGV" },
        { "a character of no alphabet", "aGV*" },
        { "not ASCII", "aGVé" },
        { "NUL", "aGV\0" },
    };

    [Theory, MemberData(nameof(Accepted))]
    public void Decodes_the_canonical_spelling(string because, string text, string expected)
    {
        Assert.True(CanonicalBase64.TryDecode(Encoding.UTF8.GetBytes(text), out var value), because);
        Assert.Equal(expected, Encoding.Latin1.GetString(value));
        Assert.True(CanonicalBase64.TryDecode(text, 100, out value), because);
        Assert.Equal(expected, Encoding.Latin1.GetString(value));
    }

    [Theory, MemberData(nameof(Refused))]
    public void Refuses_every_other_spelling(string because, string text)
    {
        Assert.False(CanonicalBase64.TryDecode(Encoding.UTF8.GetBytes(text), out _), because);
        Assert.False(CanonicalBase64.TryDecodeEither(Encoding.UTF8.GetBytes(text), out _), because);
        Assert.False(CanonicalBase64.TryDecode(text, 100, out _), because);
    }

    [Fact]
    public void Reads_the_url_safe_alphabet_only_where_it_is_asked_for()
    {
        Assert.True(CanonicalBase64.TryDecodeEither("-_-_"u8, out var value));
        Assert.Equal([0xFB, 0xFF, 0xBF], value);
        Assert.True(CanonicalBase64.TryDecodeEither("-_8="u8, out value));
        Assert.Equal([0xFB, 0xFF], value);
        Assert.False(CanonicalBase64.TryDecode("-_-_"u8, out _));
        Assert.False(CanonicalBase64.TryDecodeEither("-_9="u8, out _), "unused bits set");
        Assert.False(CanonicalBase64.TryDecodeEither("-_8"u8, out _), "no padding");
        Assert.False(CanonicalBase64.TryDecodeEither("-/-/"u8, out _), "both alphabets at once");
        Assert.False(CanonicalBase64.TryDecodeEither("-_%="u8, out _), "a percent sign is no padding");
    }

    [Fact]
    public void Refuses_text_that_is_longer_than_allowed()
    {
        Assert.True(CanonicalBase64.TryDecode("aGVs", 4, out _));
        Assert.False(CanonicalBase64.TryDecode("aGVs", 3, out _));
    }

    [Fact]
    public void What_is_decoded_encodes_to_the_same_text_and_nothing_else_is_decoded()
    {
        const string Characters = "ABab+/=-_ \n0";
        for (var i = 0; i < 20_000; i++)
        {
            var text = RandomNumberGenerator.GetString(Characters, RandomNumberGenerator.GetInt32(13));
            var isDecoded = CanonicalBase64.TryDecode(text, 100, out var value);

            Assert.Equal(IsCanonical(text), isDecoded);
            Assert.True(!isDecoded || Convert.ToBase64String(value!) == text, text);
        }
    }

    private static bool IsCanonical(string text)
    {
        var buffer = new byte[100];
        return Convert.TryFromBase64String(text, buffer, out var length)
            && Convert.ToBase64String(buffer.AsSpan(0, length)) == text;
    }
}
