// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json.Nodes;
using SupplyChain.Model;

namespace SupplyChain.Scanning.Tests.Vex;

/// <summary>What is read as VEX at all, and how much of it.</summary>
public sealed class VexReaderTests
{
    private const string Accepted = "accepted are OpenVEX, CSAF, CycloneDX and SPDX 3";

    public static TheoryData<string> Documents => [VexText.OpenVex, VexText.Csaf, VexText.CycloneDx, VexText.Spdx];

    /// <summary>A document, what is said of it.</summary>
    public static TheoryData<string, string> Others => new()
    {
        { "[]", $"it is no JSON object; {Accepted}" },
        { "{}", $"it is of no known format; {Accepted}" },
        { """{ "matches": [] }""", $"this is Grype JSON, which is no VEX; {Accepted}" },
        { """{ "spdxVersion": "SPDX-2.3" }""", $"this is SPDX, which is no VEX; {Accepted}" },
        { """{ "imageScanFindings": {} }""", $"this is Amazon ECR's report, which is no VEX; {Accepted}" },
        { """{ "statements": [], "document": {} }""", "it can be read as OpenVEX and as CSAF" },
        { """{ "bomFormat": "CycloneDX", "@graph": [] }""", "it can be read as CycloneDX and as SPDX 3" },
        { """{ "bomFormat": "SPDX" }""", "its bomFormat is not CycloneDX" },
    };

    [Theory, MemberData(nameof(Others))]
    public void Exactly_one_format_and_everything_else_by_name(string text, string expected) => Assert.Equal(expected, VexText.Refuse(text));

    [Theory, MemberData(nameof(Documents))]
    public void Nothing_is_read_of_a_document_that_is_cut_short_or_says_something_twice(string text)
    {
        for (var length = 0; length < text.TrimEnd().Length; length++)
            VexText.Refuse(text[..length]);

        var member = JsonNode.Parse(text)!.AsObject().First().Key;
        Assert.Contains("not JSON", VexText.Refuse($$"""{ "{{member}}": 1, {{text.TrimStart()[1..]}}"""), StringComparison.Ordinal);
        VexText.Refuse(text + "{}");
    }

    [Theory, MemberData(nameof(Documents))]
    public void Whatever_stands_anywhere_is_read_or_refused_and_never_a_fault(string text)
    {
        string[] others = ["null", "true", "-1", "1e400", "\"\"", "\"x\"", "[]", "[[]]", "[null]", "[\"x\"]", "[{}]", "{}", "{\"x\":{}}"];
        foreach (var path in Paths(JsonNode.Parse(text)!))
        {
            foreach (var other in others)
            {
                var document = JsonNode.Parse(text)!;
                Replace(document, path, JsonNode.Parse(other));
                var isRead = VexReader.TryRead(Encoding.UTF8.GetBytes(document.ToJsonString()), out var read, out var problem);
                Assert.True(isRead ? read is not null && problem is null : read is null && !string.IsNullOrEmpty(problem), string.Join('.', path));
            }
        }
    }

    [Theory]
    [InlineData("Statements")]
    [InlineData("\u017Ftatements")]
    [InlineData("TIMESTAMP")]
    public void A_member_that_others_may_take_for_a_known_one_is_refused(string name) => Assert.Contains(
        "only in letter case", VexText.Refuse(VexText.OpenVex, edit => edit[name] = new JsonArray()), StringComparison.Ordinal);

    [Fact]
    public void What_is_shown_of_a_document_is_escaped() => Assert.DoesNotContain(
        '\u001b', VexText.Refuse(VexText.OpenVex, edit => edit["@context"] = "https://openvex.dev/ns\u001b[2J"));

    [Fact]
    public void A_document_has_a_largest_size()
    {
        Assert.False(VexReader.TryRead(new byte[Limits.VexBytes + 1], out _, out var problem));
        Assert.Equal($"it has {Limits.VexBytes + 1} bytes; at most {Limits.VexBytes} are read", problem);
    }

    [Fact]
    public void A_document_has_a_largest_number_of_tokens()
    {
        var zeros = new StringBuilder().Insert(0, "0,", Limits.VexTokens).ToString();

        Assert.Equal($"it has more than {Limits.VexTokens} JSON tokens", VexText.Refuse($$"""{"statements":[],"x":[{{zeros}}0]}"""));
    }

    [Fact]
    public void A_document_makes_a_largest_number_of_statements()
    {
        const string statement = """{"vulnerability":"CVE-2026-1"}""";
        string Document(int count) =>
            $$"""{"@context":"https://openvex.dev/ns","statements":[{{string.Join(',', Enumerable.Repeat(statement, count))}}]}""";

        Assert.Equal(Limits.VexStatements, VexText.Accept(Document(Limits.VexStatements)).Statements.Count);
        Assert.Equal($"it makes more than {Limits.VexStatements} statements", VexText.Refuse(Document(Limits.VexStatements + 1)));
    }

    [Fact]
    public void A_short_document_cannot_name_many_products()
    {
        string Document(int products, int parts)
        {
            var (wholes, beside) = (Enumerable.Repeat("\"pkg:oci/a\"", products), Enumerable.Repeat("\"pkg:apk/b\"", parts));
            return $$"""
                {"@context":"https://openvex.dev/ns","statements":[{"vulnerability":"CVE-2026-1",
                 "products":[{{string.Join(',', wholes)}}],"subcomponents":[{{string.Join(',', beside)}}]}]}
                """;
        }

        Assert.Equal(500, VexText.Accept(Document(500, 999)).Statements[0].Products.Count);
        Assert.Equal($"it names products and parts of them more than {Limits.VexProducts} times", VexText.Refuse(Document(501, 999)));
    }

    [Fact]
    public void A_vulnerability_has_a_largest_number_of_ids()
    {
        string Document(int count)
        {
            var aliases = Enumerable.Range(0, count).Select(i => $"\"X-{i}\"");
            return $$"""
                {"@context":"https://openvex.dev/ns","statements":[{"vulnerability":{"name":"CVE-2026-1","aliases":[{{string.Join(',', aliases)}}] } }]}
                """;
        }

        Assert.Equal(Limits.AliasesPerFinding, VexText.Accept(Document(Limits.AliasesPerFinding)).Statements[0].Aliases.Count);
        Assert.Equal($"a vulnerability has more than {Limits.AliasesPerFinding} ids", VexText.Refuse(Document(Limits.AliasesPerFinding + 1)));
    }

    private static IEnumerable<object[]> Paths(JsonNode? node) => node switch
    {
        JsonObject members => members.SelectMany(member => Paths(member.Value).Select(path => (object[])[member.Key, .. path]).Prepend([member.Key])),
        JsonArray items => items.SelectMany((item, i) => Paths(item).Select(path => (object[])[i, .. path]).Prepend([i])),
        _ => [],
    };

    private static void Replace(JsonNode node, object[] path, JsonNode? value)
    {
        foreach (var step in path[..^1])
            node = step is int i ? node[i]! : node[(string)step]!;
        if (path[^1] is int last)
            node[last] = value;
        else
            node[(string)path[^1]] = value;
    }
}
