// SPDX-License-Identifier: Apache-2.0

using System.Text;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Testing;

namespace SupplyChain.Scanning.Tests;

public sealed class StrictnessTests
{
    private const string Report =
        """{"SchemaVersion":2,"ArtifactName":"x","ArtifactType":"container_image","Results":[{"Class":"os-pkgs"}]}""";

    public static TheoryData<string, string, string, string> Documents => new()
    {
        // because, document, reason, part of the message
        { "nothing", "", "REPORT_EMPTY", "empty" },
        { "white space", " \r\n\t ", "REPORT_EMPTY", "empty" },
        { "null", "null", "REPORT_EMPTY", "empty" },
        { "an empty object", "{}", "REPORT_EMPTY", "empty" },
        { "an empty list", " [ ] ", "REPORT_EMPTY", "empty" },
        { "a number", "7", "REPORT_FORMAT", "single value" },
        { "a text", "\"SchemaVersion\"", "REPORT_FORMAT", "single value" },
        { "true", "true", "REPORT_FORMAT", "single value" },
        { "a list of texts", """["a"]""", "REPORT_FORMAT", "no known format" },
        { "unknown members", """{"a":1,"b\n":2}""", "REPORT_FORMAT", "its members: a, b\\u{a}" },
        { "two documents", Report + Report, "REPORT_MALFORMED", "not JSON" },
        { "one document a line", Report + "\n" + Report + "\n", "REPORT_MALFORMED", "at line 2, byte 1" },
        { "text after the document", Report + "x", "REPORT_MALFORMED", "not JSON" },
        { "a comment", "/* c */" + Report, "REPORT_MALFORMED", "not JSON" },
        { "a comment inside", Report.Replace(",", ", // c\n", StringComparison.Ordinal), "REPORT_MALFORMED", "not JSON" },
        { "a trailing comma", Report.Replace("}]}", "}],}", StringComparison.Ordinal), "REPORT_MALFORMED", "not JSON" },
        { "single quotes", Report.Replace('"', '\''), "REPORT_MALFORMED", "not JSON" },
        { "not a number", """{"SchemaVersion":NaN}""", "REPORT_MALFORMED", "not JSON" },
        { "a leading zero", """{"SchemaVersion":02}""", "REPORT_MALFORMED", "not JSON" },
        { "a line break in a text", "{\"a\":\"b\nc\"}", "REPORT_MALFORMED", "not JSON" },
        { "a NUL", Report + "\0", "REPORT_MALFORMED", "zero bytes" },
        { "half a surrogate pair in a text that is read", """{"ArtifactName":"\ud83d"}""", "REPORT_MALFORMED", "surrogate" },
        { "half a surrogate pair in a text that is not read", """{"a":["x\uDE00y"]}""", "REPORT_MALFORMED", "surrogate" },
        { "half a surrogate pair in a name", """{"x\ud800":1}""", "REPORT_MALFORMED", "surrogate" },
        { "a high surrogate before a plain character", """{"a":"\ud83dx"}""", "REPORT_MALFORMED", "surrogate" },
        { "a high surrogate before another escape", """{"a":"\ud83d\n"}""", "REPORT_MALFORMED", "surrogate" },
        { "two high surrogates", """{"a":"\ud83d\ud83d\ude00"}""", "REPORT_MALFORMED", "surrogate" },
        { "surrogates in the wrong order", """{"a":"\ude00\ud83d"}""", "REPORT_MALFORMED", "surrogate" },
    };

    [Theory, MemberData(nameof(Documents))]
    public void What_is_no_strict_report_is_refused_with_its_reason(string because, string document, string reason, string expected)
    {
        var result = ScanReportReader.Read(Encoding.UTF8.GetBytes(document));

        Assert.True(result.Problem is not null, because);
        Assert.True(reason == result.Problem.Reason.Name, $"{because}: {result.Problem}");
        Assert.True(result.Problem.Message.Contains(expected, StringComparison.Ordinal), $"{because}: {result.Problem.Message}");
    }

    public static TheoryData<string, byte[], string> Bytes => new()
    {
        { "a byte order mark", [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(Report)], "byte order mark" },
        { "UTF-16, little-endian, marked", [0xFF, 0xFE, .. Encoding.Unicode.GetBytes(Report)], "UTF-16" },
        { "UTF-16, big-endian, marked", [0xFE, 0xFF, .. Encoding.BigEndianUnicode.GetBytes(Report)], "UTF-16" },
        { "UTF-16, little-endian", Encoding.Unicode.GetBytes(Report), "UTF-16" },
        { "UTF-16, big-endian", Encoding.BigEndianUnicode.GetBytes(Report), "UTF-16" },
        { "compressed", [0x1F, 0x8B, 8, 0, 0], "compressed" },
        { "a byte that is no character, in a text that is read", InText("ArtifactName", 0xC3), "UTF-8 at byte" },
        { "a byte that is no character, in a text that is not read", InText("a", 0xFF), "UTF-8 at byte" },
        { "an overlong form", InText("a", 0xC0, 0xAF), "UTF-8 at byte" },
        { "a surrogate as bytes", InText("a", 0xED, 0xA0, 0x80), "UTF-8 at byte" },
        { "beyond Unicode", InText("a", 0xF4, 0x90, 0x80, 0x80), "UTF-8 at byte" },
        { "a character cut by the end", [.. Encoding.UTF8.GetBytes("""{"a":"x"""), 0xE2, 0x82], "UTF-8 at byte" },
    };

    [Theory, MemberData(nameof(Bytes))]
    public void What_is_not_plain_UTF8_is_refused(string because, byte[] document, string expected)
    {
        var problem = Fixture.Refuse(document, ReasonCode.ReportMalformed);

        Assert.True(problem.Message.Contains(expected, StringComparison.Ordinal), $"{because}: {problem.Message}");
    }

    [Fact]
    public void Invalid_UTF8_is_found_where_it_is() =>
        Assert.Equal(9, Fixture.Refuse(InText("a", 0x62, 0x62, 0x62, 0xFF), ReasonCode.ReportMalformed).Offset);

    public static TheoryData<string, string> Duplicates => new()
    {
        { "at the top, the last empty", Report[..^1] + ""","Results":[]}""" },
        { "at the top, spelt with an escape", Report[..^1] + ""","\u0052esults":[]}""" },
        { "at the top, spelt with escapes throughout", Report[..^1] + ""","\u0052\u0065\u0073\u0075\u006c\u0074\u0073":[]}""" },
        { "in an object that is read", Report.Replace("""{"Class":"os-pkgs"}""", """{"Class":"os-pkgs","Class":"secret"}""", StringComparison.Ordinal) },
        { "in an object that is not read", """{"a":{"b":{"c":1,"d":2,"c":3}}}""" },
        { "in an object in a list", """{"a":[[{"c":1,"d":2,"c":3}]]}""" },
        { "of the empty name", """{"a":{"":1,"":2}}""" },
        { "of a long name", """{"a":{"NAME":1,"NAME":2}}""".Replace("NAME", new string('n', 300), StringComparison.Ordinal) },
        { "of a name beyond ASCII, once escaped", """{"a":{"é":1,"\u00e9":2}}""" },
        { "of an emoji, once escaped", """{"a":{"😀":1,"\ud83d\uDE00":2}}""" },
        { "far apart", """{"a":{"x":1,MANY,"x":2}}""".Replace("MANY", string.Join(',', Enumerable.Range(0, 500).Select(i => $"\"m{i}\":{i}")), StringComparison.Ordinal) },
        { "in other letter case", Report[..^1] + ""","results":[]}""" },
        { "in other letter case, nested", Report.Replace("\"Class\":\"os-pkgs\"", "\"Vulnerabilities\":[{\"VulnerabilityID\":\"CVE-1\",\"Severity\":\"HIGH\",\"SEVERITY\":\"LOW\"}]", StringComparison.Ordinal) },
        { "in other letter case alone", Report.Replace("\"Class\"", "\"class\"", StringComparison.Ordinal) },
        { "with a long s", Report[..^1] + ""","Reſults":[]}""" },
        { "with an escaped long s", Report[..^1] + ""","Result\u017f":[]}""" },
        { "in other letter case and escaped", Report[..^1] + ""","\u0072esults":[]}""" },
    };

    [Theory, MemberData(nameof(Duplicates))]
    public void A_member_named_twice_is_refused_in_every_spelling(string because, string document)
    {
        var result = ScanReportReader.Read(Encoding.UTF8.GetBytes(document));

        Assert.True(result.Problem?.Reason == ReasonCode.ReportDuplicateMember, $"{because}: {result.Problem}");
    }

    [Fact]
    public void The_kelvin_sign_is_a_k_to_readers_that_ignore_case() => Fixture.Refuse(
        Report.Replace("\"Class\"", "\"P\u212AgName\":1,\"Class\"", StringComparison.Ordinal)
            .Replace("\"Class\":\"os-pkgs\"", "\"Vulnerabilities\":[{\"VulnerabilityID\":\"CVE-1\",\"P\u212AgName\":\"x\"}]", StringComparison.Ordinal),
        ReasonCode.ReportDuplicateMember);

    [Fact]
    public void One_name_in_several_objects_is_no_duplicate()
    {
        var document = Report[..^1] + ""","x":{"a":{"a":[{"a":1},{"a":2}],"b":{"a":3}},"b":{"a":4}}}""";

        Assert.Equal("trivy", Fixture.Accept(Encoding.UTF8.GetBytes(document)).Scanner.Name);
    }

    [Fact]
    public void Members_that_no_format_reads_may_differ_in_letter_case()
    {
        var document = Report[..^1] + ""","x":{"a":1,"A":2}}""";

        Assert.Equal("trivy", Fixture.Accept(Encoding.UTF8.GetBytes(document)).Scanner.Name);
    }

    [Theory]
    [InlineData("""\ud83d\ude00""", "😀")]
    [InlineData("""\\ud83d""", """\ud83d""")]
    [InlineData("""a\/b\"c\u0041""", "a/b\"cA")]
    [InlineData("""\ufffd""", "\ufffd")]
    public void Whole_characters_may_be_escaped(string escaped, string expected)
    {
        var document = Report.Replace("\"Class\":\"os-pkgs\"", $"\"Class\":\"{escaped}\",\"x\":\"{escaped}\"", StringComparison.Ordinal);

        Assert.Equal([expected], Fixture.Accept(Encoding.UTF8.GetBytes(document)).Coverage.Classes);
    }

    [Theory]
    [InlineData("trivy.json")]
    [InlineData("grype.json")]
    [InlineData("grype-old.json")]
    public void A_report_cut_anywhere_is_refused(string name)
    {
        var content = Fixture.Bytes(name).AsSpan().TrimEnd("\n"u8).ToArray();
        Fixture.Accept(content);
        Fixture.Refuse("", ReasonCode.ReportEmpty);
        for (var length = 1; length < content.Length; length++)
        {
            var result = ScanReportReader.Read(content.AsMemory(0, length));
            Assert.True(result.Problem?.Reason == ReasonCode.ReportMalformed, $"cut at {length}: {result.Problem}");
            Assert.Null(result.Report);
        }
    }

    [Theory]
    [InlineData("trivy.json", "cut")]
    [InlineData("trivy.json", "doubled")]
    [InlineData("trivy.json", "whole")]
    public void A_refused_report_has_its_digest_too(string name, string form)
    {
        var content = Fixture.Bytes(name);
        content = form switch { "cut" => content[..^9], "doubled" => [.. content, .. content], _ => content };

        Assert.Equal(Digest.Compute(content), ScanReportReader.Read(content).Digest);
    }

    [Fact]
    public void Every_vector_of_the_JSON_test_suite_gets_an_answer()
    {
        foreach (var file in Directory.EnumerateFiles(SharedFiles.Require("vectors/json/JSONTestSuite"), "*.json", SearchOption.AllDirectories))
        {
            var result = ScanReportReader.Read(File.ReadAllBytes(file));
            Assert.NotNull(result.Problem);
            if (Path.GetFileName(file).StartsWith("n_", StringComparison.Ordinal))
            {
                Assert.True(
                    result.Problem.Reason == ReasonCode.ReportMalformed || result.Problem.Reason == ReasonCode.ReportEmpty
                    || result.Problem.Reason == ReasonCode.ReportLimit,
                    $"{file}: {result.Problem}");
            }
        }
    }

    private static byte[] InText(string member, params byte[] text) =>
        [.. Encoding.UTF8.GetBytes($"{{\"{member}\":\""), .. text, .. "\"}"u8];
}
