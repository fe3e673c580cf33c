// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json.Nodes;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Scanning.Tests;

public sealed class ArtifactAnalysisTests
{
    private static readonly Digest Manifest = Digest.Compute("made for tests: manifest"u8);

    public static TheoryData<string> Forms => ["summary", "occurrences", "list"];

    [Theory, MemberData(nameof(Forms))]
    public void A_report_is_read_whole_in_each_of_its_forms(string form)
    {
        var report = Fixture.Accept(In(form));

        Assert.Equal((new ScannerIdentity("google-artifact-analysis", null), "Google Artifact Analysis JSON"), (report.Scanner, report.Format));
        Assert.Equal(new DateTimeOffset(2026, 11, 20, 8, 30, 0, TimeSpan.Zero).AddTicks(1_234_567), report.Time);
        Assert.Equal([Manifest], report.Subjects.Select(subject => subject.Digest).Distinct());
        Assert.Contains("europe-west1-docker.pkg.dev/made-for-tests/repo/app", report.Subjects.Select(subject => subject.Name));
        Assert.Empty(report.MalformedSubjects);
        Assert.Equal((VulnerabilityCoverage.Scanned, 0), (report.Coverage.Vulnerabilities, report.Coverage.Errors.Count));
        Assert.Equal(
            [
                "CVE-2026-0001 Critical openssl 3.0.11-1 1:3.0.15-1", "CVE-2026-0001 Negligible libssl3 3.0.11-1 ",
                "CVE-2026-0002 Low zlib1g 1.2.13 ",
            ],
            report.Findings.Select(finding => $"{finding.Id} {finding.Severity} {finding.Package.Name} {finding.Package.Version} {finding.FixedVersion}"),
            StringComparer.Ordinal);
        Assert.Equal([true, false, false], report.Findings.Select(finding => finding.IsFixable));
        Assert.Equal((9.8, "var/lib/dpkg/status"), (report.Findings[0].Cvss!.Score, report.Findings[0].Locations[0]));
    }

    [Theory, MemberData(nameof(Forms))]
    public void A_report_that_does_not_say_that_the_analysis_finished_is_no_scan(string form)
    {
        foreach (var status in new[] { "PENDING", "SCANNING", "FINISHED_FAILED", "FINISHED_UNSUPPORTED", "ANALYSIS_STATUS_UNSPECIFIED" })
        {
            var coverage = Fixture.Accept(In(form, root => Discovery(root)["analysisStatus"] = status)).Coverage;
            Assert.Equal(VulnerabilityCoverage.NotScanned, coverage.Vulnerabilities);
            Assert.Contains($"'{status}', not FINISHED_SUCCESS", coverage.Because, StringComparison.Ordinal);
        }

        Assert.Contains(
            "no analysisStatus", Fixture.Accept(In(form, root => Discovery(root).Remove("analysisStatus"))).Coverage.Because, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("occurrences")]
    [InlineData("list")]
    public void A_list_without_a_vulnerability_does_not_tell_whether_any_was_asked_for(string form) => Assert.Equal(
        VulnerabilityCoverage.Empty, Fixture.Accept(In(form, root => FormatCases.Summary(root).Clear())).Coverage.Vulnerabilities);

    [Fact]
    public void A_summary_without_a_vulnerability_is_a_scan() => Assert.Equal(
        VulnerabilityCoverage.Scanned, Fixture.Accept(In("summary", root => FormatCases.Summary(root).Clear())).Coverage.Vulnerabilities);

    [Fact]
    public void A_page_of_occurrences_is_no_scan()
    {
        var document = JsonNode.Parse(In("occurrences"))!;
        document["nextPageToken"] = "x";

        Assert.Contains("one page", Fixture.Accept(Bytes(document)).Coverage.Because, StringComparison.Ordinal);
    }

    [Fact]
    public void Results_that_are_frozen_are_noted() => Assert.Contains(
        "continuousAnalysis is INACTIVE",
        Assert.Single(Fixture.Accept(In("summary", root => Discovery(root)["continuousAnalysis"] = "INACTIVE")).Notes),
        StringComparison.Ordinal);

    [Theory, MemberData(nameof(Forms))]
    public void An_occurrence_of_another_image_unbinds_the_report(string form)
    {
        Assert.Equal(BindingKind.Proven, Bind(In(form)).Kind);
        var other = $"https://europe-west1-docker.pkg.dev/made-for-tests/repo/app@{Digest.Compute("another image"u8)}";
        Assert.Equal(ReasonCode.ReportSubjectMismatch, Bind(In(form, root => Row(root, 1)["resourceUri"] = other)).Reason);
        Assert.Equal(ReasonCode.ReportUnbound, Bind(In(form, root => Row(root, 1)["resourceUri"] = "https://europe-west1-docker.pkg.dev/app:1")).Reason);
        Assert.Equal(ReasonCode.ReportUnbound, Bind(In(form, root => Row(root, 1).Remove("resourceUri"))).Reason);
    }

    [Fact]
    public void A_summary_of_another_image_unbinds_the_report() => Assert.Equal(
        ReasonCode.ReportSubjectMismatch,
        Bind(In("summary", root => root["image_summary"]!["digest"] = Digest.Compute("another image"u8).ToString())).Reason);

    [Fact]
    public void The_severity_is_the_packages_then_the_distributions_then_the_standard_one()
    {
        string? Word(Action<JsonObject> edit) => Fixture.Accept(In("summary", edit)).Findings[0].SeverityWord;

        Assert.Equal("MINIMAL", Word(root => FormatCases.Occurrence(root)["packageIssue"]![0]!["effectiveSeverity"] = "MINIMAL"));
        Assert.Equal("CRITICAL", Word(root => FormatCases.Occurrence(root)["packageIssue"]![0]!.AsObject().Remove("effectiveSeverity")));
        Assert.Equal("HIGH", Word(root =>
        {
            FormatCases.Occurrence(root)["packageIssue"]![0]!.AsObject().Remove("effectiveSeverity");
            FormatCases.Occurrence(root).Remove("effectiveSeverity");
        }));
    }

    [Theory]
    [InlineData("NOT_AFFECTED", 2)]
    [InlineData("FIXED", 2)]
    [InlineData("AFFECTED", 0)]
    [InlineData("UNDER_INVESTIGATION", 0)]
    public void What_a_VEX_statement_excuses_is_set_aside(string state, int count)
    {
        var report = Fixture.Accept(In("summary", root => FormatCases.Occurrence(root)["vexAssessment"] =
            new JsonObject { ["state"] = state, ["noteName"] = "projects/p/notes/vex", ["justification"] = new JsonObject { ["details"] = "not reached" } }));

        Assert.Equal((3 - count, count), (report.Rows, report.Suppressed.Count));
        Assert.All(report.Suppressed, row => Assert.Equal((state, "projects/p/notes/vex", "not reached"), (row.Status, row.Origin, row.Statement)));
        if (count == 0)
            Assert.Equal(state, report.Findings[0].Status);
    }

    [Fact]
    public void A_fix_that_is_said_to_be_there_without_a_version_counts()
    {
        Assert.True(Fixture.Accept(In("summary", root => FormatCases.Occurrence(root)["packageIssue"]![1]!["fixAvailable"] = true)).Findings[1].IsFixable);
        Assert.True(Fixture.Accept(In("summary", root => Row(root, 1)["vulnerability"]!["fixAvailable"] = true)).Findings[2].IsFixable);
    }

    [Theory]
    [InlineData("cvssV2")]
    [InlineData("cvssv3")]
    public void The_highest_of_the_scores_counts(string member) => Assert.Equal(
        10,
        Fixture.Accept(In("summary", root => FormatCases.Occurrence(root)[member] = new JsonObject { ["baseScore"] = 10 })).Findings[0].Cvss?.Score);

    [Fact]
    public void The_oldest_of_several_scans_is_the_time()
    {
        var report = Fixture.Accept(In("summary", root =>
        {
            var discoveries = root["discovery_summary"]!["discovery"]!.AsArray();
            discoveries.Insert(0, discoveries[0]!.DeepClone());
            discoveries[0]!["discovery"]!["lastScanTime"] = "2026-11-10T00:00:00Z";
        }));

        Assert.Equal(new DateTimeOffset(2026, 11, 10, 0, 0, 0, TimeSpan.Zero), report.Time);
    }

    [Fact]
    public void An_occurrence_of_a_vulnerability_without_packages_counts()
    {
        Assert.Equal(2, Fixture.Accept(In("summary", root => FormatCases.Occurrence(root).Remove("packageIssue"))).Rows);
        Assert.Equal(2, Fixture.Accept(In("summary", root => Row(root, 0).Remove("vulnerability"))).Rows);
    }

    [Fact]
    public void A_bare_list_is_held_to_the_same_rules_as_any_report()
    {
        var text = Encoding.UTF8.GetString(In("list"));

        Fixture.Refuse(text.Replace("\"noteName\"", "\"packageManager\":1,\"noteName\"", StringComparison.Ordinal), ReasonCode.ReportFormat);
        Fixture.Refuse(text.Replace("\"resourceUri\"", "\"ResourceURI\":1,\"resourceUri\"", StringComparison.Ordinal), ReasonCode.ReportDuplicateMember);
        Fixture.Refuse(text.Replace("\"resourceUri\"", "\"noteName\":\"x\",\"resourceUri\"", StringComparison.Ordinal), ReasonCode.ReportDuplicateMember);
        Fixture.Refuse(text + text, ReasonCode.ReportMalformed);
        Fixture.Refuse(text[..^1], ReasonCode.ReportMalformed);
        Fixture.Refuse("[]", ReasonCode.ReportEmpty);
        Fixture.Refuse(text.Replace("projects/goog-vulnz/notes/CVE-2026-0002", "projects/goog-vulnz/notes/", StringComparison.Ordinal), ReasonCode.ReportFormat);
    }

    private static JsonObject Discovery(JsonObject root) => root["discovery_summary"]!["discovery"]![0]!["discovery"]!.AsObject();

    private static JsonObject Row(JsonObject root, int row) => FormatCases.Summary(root)["CRITICAL"]![row]!.AsObject();

    private static byte[] In(string form) => In(form, _ => { });

    private static byte[] In(string form, Action<JsonObject> edit)
    {
        var root = Fixture.Node("artifact-analysis.json");
        edit(root);
        var occurrences = new JsonArray([
            .. root["discovery_summary"]!["discovery"]!.AsArray().Select(occurrence => occurrence!.DeepClone()),
            .. FormatCases.Summary(root).SelectMany(group => group.Value!.AsArray()).Select(occurrence => occurrence!.DeepClone()),
        ]);
        return Bytes(form switch
        {
            "summary" => root,
            "occurrences" => new JsonObject { ["occurrences"] = occurrences },
            _ => occurrences,
        });
    }

    private static byte[] Bytes(JsonNode node) => Encoding.UTF8.GetBytes(node.ToJsonString());

    private static BindingResult Bind(byte[] content) => ReportBinding.Bind(
        Fixture.Accept(content), new BindingImage(Manifest, IsIndex: false, [new BindingPlatform(Manifest, Digest.Compute("config"u8), null)]));
}
