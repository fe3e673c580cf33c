// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json;

namespace SupplyChain.Model.Tests;

public sealed class JsonRulesTests
{
    public static TheoryData<string, string, bool> Texts => new()
    {
        { "no escape", "plain", true },
        { "other escapes", """\n\u0041\\\"x""", true },
        { "a pair", """\ud83d\ude00""", true },
        { "a pair in capitals, among text", """a\uD83D\uDE00b""", true },
        { "two pairs", """\ud83d\ude00\ud83d\ude00""", true },
        { "the first half", """\ud83d""", false },
        { "the second half", """\ude00""", false },
        { "halves in the wrong order", """\ude00\ud83d""", false },
        { "text between the halves", """\ud83dx\ude00""", false },
        { "another escape between the halves", """\ud83d\n\ude00""", false },
        { "the first half twice", """\ud83d\ud83d\ude00""", false },
        { "a half that is no escape", """\\ud83d""", true },
        { "a half after an escaped backslash", """\\\ud83d""", false },
        { "halves in two strings of a document", """["\ud83d","\ude00"]""", false },
        { "a half in a document's name", """{"\ud83d":1}""", false },
        { "pairs in a document's name and value", """{"\ud83d\ude00":"\ud83d\ude00"}""", true },
    };

    [Theory, MemberData(nameof(Texts))]
    public void Every_half_of_a_surrogate_pair_needs_its_other_half(string because, string escaped, bool paired) =>
        Assert.True(JsonRules.ArePaired(Encoding.UTF8.GetBytes(escaped)) == paired, because);

    [Fact]
    public void Where_a_document_stops_being_JSON_is_told_without_what_stands_there()
    {
        var malformed = Assert.ThrowsAny<JsonException>(() => JsonDocument.Parse("{\n \"a\": \u001b]0;x"));

        var text = JsonRules.Describe(malformed);

        Assert.StartsWith("not JSON at line 2, byte 7: ", text, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', text);
        Assert.DoesNotContain("LineNumber", text, StringComparison.Ordinal);
    }
}
