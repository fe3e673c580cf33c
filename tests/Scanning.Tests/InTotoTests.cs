// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json.Nodes;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Scanning.Tests;

/// <summary>Reports inside a predicate, with a statement around it or without, and in-toto's lists of ids.</summary>
public sealed class InTotoTests
{
    private static readonly Digest Manifest = Parse("sha256:40f0d6a60cee7b96ab22cf8c258b2c3655c8ad28cd6d3e377282dccd2e49c04c");
    private static readonly Digest Config = Parse("sha256:e144120a81901fce8b06988795cb75412aaaeb9eb62c8098e66466f8da13aaad");
    private static readonly Digest Other = Digest.Compute("another image"u8);

    private static readonly BindingImage Image = new(Manifest, IsIndex: false, [new BindingPlatform(Manifest, Config, null)]);

    [Theory]
    [InlineData("statement.json", "in-toto statement with Trivy JSON 2")]
    [InlineData("cosign-predicate.json", "cosign vuln predicate with Trivy JSON 2")]
    public void The_report_inside_is_read_as_its_own(string name, string format)
    {
        var report = Fixture.Accept(name);

        Assert.Equal(("trivy", "0.58.1"), (report.Scanner.Name, report.Scanner.Version));
        Assert.Equal(format, report.Format);
        Assert.Equal(2, report.Rows);
        Assert.Equal(["os-pkgs"], report.Coverage.Classes);
        Assert.Equal(PlatformOf("linux/amd64"), report.Platform);
        Assert.Equal(Digest.Compute(Fixture.Bytes(name)), report.Digest);
        Assert.Equal(Fixture.Bytes(name).Length, report.Size);
    }

    [Theory]
    [InlineData("grype.json")]
    [InlineData("sarif.json")]
    [InlineData("cyclonedx.json")]
    [InlineData("trivy.json")]
    public async Task Whatever_is_read_alone_is_read_inside(string name)
    {
        var alone = Fixture.Accept(name);
        var content = Fixture.Edit("statement.json", root => Scanner(root)["result"] = Fixture.Node(name));
        var inside = Fixture.Accept(content);

        Assert.Equal((alone.Scanner, alone.Rows, alone.Suppressed.Count), (inside.Scanner, inside.Rows, inside.Suppressed.Count));
        Assert.Equal(alone.Findings.Select(finding => finding.Id), inside.Findings.Select(finding => finding.Id));
        Assert.Equal($"in-toto statement with {alone.Format}", inside.Format);
        var streamed = await ScanReportReader.ReadAsync(new MemoryStream(content), TestContext.Current.CancellationToken);
        Assert.Equal(Fixture.Describe(ScanReportReader.Read(content)), Fixture.Describe(streamed));
    }

    [Theory]
    [InlineData("2026-11-01T00:00:00Z", "2026-11-20T09:30:00Z", "2026-11-20T09:30:00Z")]
    [InlineData("2026-11-20T09:30:00Z", "2026-11-01T00:00:00Z", "2026-11-20T09:30:00Z")]
    [InlineData("2026-11-20T09:30:00Z", "2026-11-20T09:30:00Z", "2026-11-01T00:00:00Z")]
    [InlineData("0001-01-01T00:00:00Z", "redacted", "2026-11-01T00:00:00Z")]
    [InlineData("2026-11-01T00:00:00Z", "2026-11-20T09:30:00", null)]
    public void Of_all_times_the_oldest_counts(string started, string finished, string? created) => Assert.Equal(
        new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero),
        Fixture.Accept("cosign-predicate.json", root =>
        {
            root["metadata"] = new JsonObject { ["scanStartedOn"] = started, ["scanFinishedOn"] = finished };
            root["scanner"]!["result"]!["CreatedAt"] = created;
        }).Time);

    [Theory]
    [InlineData("2026-11-01T00:00:00Z", "2026-11-20T00:00:00Z")]
    [InlineData("2026-11-20T00:00:00Z", "2026-11-01T00:00:00Z")]
    public void Of_two_times_of_the_database_the_older_counts(string outer, string inner) => Assert.Equal(
        new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero),
        Fixture.Accept("statement.json", root =>
        {
            Scanner(root)["db"] = new JsonObject { ["lastUpdate"] = outer };
            var grype = Fixture.Node("grype.json");
            grype["descriptor"]!["db"] = new JsonObject { ["built"] = inner };
            Scanner(root)["result"] = grype;
        }).DatabaseTime);

    [Fact]
    public void A_predicate_without_a_report_is_no_scan()
    {
        var report = Fixture.Accept("statement.json", root => Scanner(root)["result"] = null);

        Assert.Equal(VulnerabilityCoverage.NotScanned, report.Coverage.Vulnerabilities);
        Assert.Equal("the predicate carries no report", report.Coverage.Because);
        Assert.Equal("pkg:github/example/other-scanner@9", report.Scanner.Name);
    }

    public static TheoryData<string, Action<JsonObject>, string, string> Refused => new()
    {
        { "a report that is none", root => Scanner(root)["result"] = new JsonObject { ["x"] = 1 }, "REPORT_FORMAT", "inside the in-toto statement: the report is of no known format (its members: x)" },
        { "an empty report", root => Scanner(root)["result"] = new JsonObject(), "REPORT_EMPTY", "inside the in-toto statement: " },
        { "a lookalike", root => Scanner(root)["result"] = JsonNode.Parse("""{"matches":[],"descriptor":{"name":"xeol"},"source":{"type":"image"}}"""), "REPORT_SCANNER_NOT_ACCEPTED", "'xeol'" },
        { "two formats", root => Scanner(root)["result"]!["runs"] = null, "REPORT_FORMAT", "Trivy JSON and as SARIF" },
        { "a member in another case", root => Scanner(root)["result"]!["results"] = new JsonArray(), "REPORT_DUPLICATE_MEMBER", "'results'" },
        { "a report in text", root => Scanner(root)["result"] = "{}", "REPORT_FORMAT", "found text where another report belongs in predicate.scanner.result" },
        { "a predicate inside a predicate", root => Scanner(root)["result"] = Fixture.Node("cosign-predicate.json"), "REPORT_FORMAT", "cosign vuln predicate again" },
        { "a statement inside a statement", root => Scanner(root)["result"] = Fixture.Node("statement.json"), "REPORT_FORMAT", "in-toto statement again" },
        { "a list with cosign's type", root => Scanner(root)["result"] = JsonNode.Parse("""[{"id":"CVE-2026-0001"}]"""), "REPORT_FORMAT", "no known format" },
        { "a report with in-toto's type", root => root["predicateType"] = "https://in-toto.io/attestation/vulns/v0.2", "REPORT_FORMAT", "is a list, found an object" },
        { "another type of predicate", root => root["predicateType"] = "https://slsa.dev/provenance/v1", "REPORT_FORMAT", "'https://slsa.dev/provenance/v1', which is not accepted" },
        { "a type that is nearly right", root => root["predicateType"] = "https://cosign.sigstore.dev/attestation/vuln/v1/", "REPORT_FORMAT", "which is not accepted" },
        { "no type of predicate", root => root["predicateType"] = null, "REPORT_FORMAT", "which is not accepted" },
        { "another type of statement", root => root["_type"] = "https://in-toto.io/Statement/v2", "REPORT_FORMAT", "'https://in-toto.io/Statement/v2' is none of in-toto's" },
        { "no type of statement", root => root.Remove("_type"), "REPORT_FORMAT", "is none of in-toto's" },
    };

    [Theory, MemberData(nameof(Refused))]
    public void What_is_no_scan_of_that_type_is_refused(string because, Action<JsonObject> edit, string reason, string expected)
    {
        Assert.True(ReasonCode.TryParse(reason, out var code));
        var problem = Fixture.Refuse(Fixture.Edit("statement.json", edit), code);

        Assert.True(problem.Message.Contains(expected, StringComparison.Ordinal), $"{because}: {problem.Message}");
    }

    [Theory]
    [InlineData("https://cosign.sigstore.dev/attestation/vuln/v1", "https://in-toto.io/Statement/v0.1")]
    [InlineData("cosign.sigstore.dev/attestation/vuln/v1", "https://in-toto.io/Statement/v0.1")]
    [InlineData("cosign.sigstore.dev/attestation/vuln/v1", "https://in-toto.io/Statement/v1")]
    public void Both_spellings_of_cosigns_type_and_both_statements_are_read(string predicateType, string type) => Assert.Equal(
        2, Fixture.Accept("statement.json", root => (root["predicateType"], root["_type"]) = (predicateType, type)).Rows);

    [Fact]
    public void Statement_and_report_have_to_be_about_the_image()
    {
        Assert.Equal(BindingKind.Proven, Bind(_ => { }).Kind);
        Assert.Equal(ReasonCode.ReportSubjectMismatch, Bind(root => SetSubject(root, Other)).Reason);
        Assert.Equal(ReasonCode.ReportSubjectMismatch, Bind(root =>
        {
            Metadata(root)["RepoDigests"] = new JsonArray($"x@{Other}");
            Metadata(root)["ImageID"] = Other.ToString();
        }).Reason);
        Assert.Equal(ReasonCode.ReportSubjectMismatch, Bind(root =>
        {
            Metadata(root)["RepoDigests"] = new JsonArray($"x@{Other}");
            Metadata(root).Remove("ImageID");
        }).Reason);
        Assert.Equal(ReasonCode.ReportSubjectMismatch, Bind(root => root["subject"]!.AsArray().Add(Subject(Other.Hex))).Reason);
    }

    [Fact]
    public void A_statement_names_the_image_for_a_report_that_does_not()
    {
        static void Strip(JsonObject root) => Scanner(root)["result"]!.AsObject().Remove("Metadata");

        Assert.Equal(BindingKind.Proven, Bind(Strip).Kind);
        Assert.Equal(ReasonCode.ReportSubjectMismatch, Bind(root =>
        {
            Strip(root);
            SetSubject(root, Other);
        }).Reason);
    }

    [Fact]
    public void A_statement_about_an_index_proves_the_platform_that_the_report_names()
    {
        var index = new BindingImage(
            Other, IsIndex: true,
            [new BindingPlatform(Manifest, Config, PlatformOf("linux/amd64")), new BindingPlatform(Digest.Compute("arm"u8), Digest.Compute("config"u8), PlatformOf("linux/arm64"))]);
        void Edit(JsonObject root)
        {
            SetSubject(root, Other);
            Metadata(root)["RepoDigests"] = null;
        }

        Assert.Equal(Manifest, ReportBinding.Bind(Fixture.Accept("statement.json", Edit), index).Covers);
        var result = ReportBinding.Bind(
            Fixture.Accept("statement.json", root =>
            {
                Edit(root);
                Scanner(root)["result"]!.AsObject().Remove("Metadata");
            }),
            index);
        Assert.Equal((ReasonCode.ReportUnbound, "the report names the index, but not which of its platforms was scanned"), (result.Reason, result.Message));
    }

    [Theory]
    [InlineData("""{"name":"x"}""", "no sha256 digest")]
    [InlineData("""{"uri":"pkg:maven/a/b@1"}""", "no sha256 digest")]
    [InlineData("""{"name":"x","digest":{"gitCommit":"40f0d6a60cee7b96ab22cf8c258b2c3655c8ad28"}}""", "no sha256 digest")]
    [InlineData("""{"name":"x","digest":{"sha256":"40f0"}}""", "a sha256 digest")]
    public void A_statement_about_something_else_binds_to_nothing(string subject, string expected)
    {
        var result = Bind(root => root["subject"]!.AsArray().Add(JsonNode.Parse(subject)));

        Assert.Equal((BindingKind.Refused, ReasonCode.ReportUnbound), (result.Kind, result.Reason));
        Assert.Contains(expected, result.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void In_totos_list_is_read()
    {
        var report = Fixture.Accept("statement-vulns.json");

        Assert.Equal("in-toto vulns predicate", report.Format);
        Assert.Equal(("https://scanner.example.com", "1.2"), (report.Scanner.Name, report.Scanner.Version));
        Assert.Equal(new DateTimeOffset(2026, 11, 19, 0, 0, 0, TimeSpan.Zero), report.DatabaseTime);
        Assert.Equal(new DateTimeOffset(2026, 11, 20, 9, 31, 0, TimeSpan.Zero), report.Time);
        Assert.Equal(["CVE-2026-0001", "CVE-2026-0002", "GHSA-aaaa-bbbb-cccc"], report.Findings.Select(finding => finding.Id));
        Assert.Equal([Severity.Critical, Severity.Unknown, Severity.Unknown], report.Findings.Select(finding => finding.Severity));
        Assert.Equal(new CvssScore(9.8, null), report.Findings[0].Cvss);
        Assert.All(report.Findings, finding => Assert.True(finding is { IsFixable: true, IsFixUnknown: true, Package.Name: "" }));
    }

    [Theory]
    [InlineData("""[{"method":"a","score":"low"},{"method":"b","score":"high"}]""", Severity.High)]
    [InlineData("""[{"method":"a","score":"high"},{"method":"b","score":"low"}]""", Severity.High)]
    [InlineData("""[{"method":"a","score":"Hgh"},{"method":"b","score":"low"}]""", Severity.Low)]
    [InlineData("""[{"method":"epss","score":0.97}]""", Severity.Unknown)]
    [InlineData("""[{"method":"epss","score":97}]""", Severity.Unknown)]
    [InlineData("null", Severity.Unknown)]
    [InlineData("\"low\"", Severity.Unknown)]
    public void Of_several_ratings_the_highest_word_counts(string ratings, Severity expected) => Assert.Equal(
        expected, Fixture.Accept("statement-vulns.json", root => Scanner(root)["result"]![0]!["severity"] = JsonNode.Parse(ratings)).Findings[0].Severity);

    [Fact]
    public void Memory_does_not_hold_the_report_inside()
    {
        var filler = string.Join(',', Enumerable.Repeat($"\"{new string('x', 60_000)}\"", 100));
        var report = Encoding.UTF8.GetBytes($$"""{"SchemaVersion":2,"ArtifactName":"a","x":[{{filler}}],"Results":[]}""");
        using var inner = new Reading.InnerReading();
        for (var at = 0; at < report.Length; at += 50_000)
            inner.Add(report.AsSpan(at..Math.Min(at + 50_000, report.Length)), isLast: at + 50_000 >= report.Length);

        Assert.True(inner.Finish().IsReport);
        Assert.True(inner.Held < report.Length / 10, $"{inner.Held} bytes are held of {report.Length}");
    }

    private static BindingResult Bind(Action<JsonObject> edit) => ReportBinding.Bind(Fixture.Accept("statement.json", edit), Image);

    private static JsonObject Scanner(JsonObject root) => root["predicate"]!["scanner"]!.AsObject();

    private static JsonObject Metadata(JsonObject root) => Scanner(root)["result"]!["Metadata"]!.AsObject();

    private static void SetSubject(JsonObject root, Digest digest) => root["subject"] = new JsonArray(Subject(digest.Hex));

    private static JsonObject Subject(string sha256) => new() { ["name"] = "x", ["digest"] = new JsonObject { ["sha256"] = sha256 } };

    private static Platform PlatformOf(string text) =>
        Platform.TryParse(text, out var platform, out _) ? platform : throw new FormatException(text);

    private static Digest Parse(string text) => Digest.TryParse(text, out var digest, out _) ? digest : throw new FormatException(text);
}
