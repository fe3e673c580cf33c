// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json.Nodes;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Scanning.Tests;

public sealed class HarborTests
{
    private static readonly Digest Manifest = Digest.Compute("made for tests: manifest"u8);

    public static TheoryData<string> Forms => ["bare", FormatCases.HarborKey, "application/vnd.scanner.adapter.vuln.report.harbor+json; version=1.0"];

    [Theory, MemberData(nameof(Forms))]
    public void A_report_is_read_whole_in_each_of_its_forms(string form)
    {
        var inner = FormatCases.Harbor(Fixture.Node("harbor.json"));
        var report = Fixture.Accept(Encoding.UTF8.GetBytes(
            (form == "bare" ? inner : new JsonObject { [form] = inner.DeepClone() }).ToJsonString()));

        Assert.Equal(new ScannerIdentity("trivy", "v0.58.1"), report.Scanner);
        Assert.Equal("Harbor JSON", report.Format);
        Assert.Equal(new DateTimeOffset(2026, 11, 20, 8, 30, 0, TimeSpan.Zero).AddTicks(1_234_567), report.Time);
        Assert.Null(report.DatabaseTime);
        Assert.Equal([new ReportSubject(SubjectRole.Repository, Manifest, null)], report.Subjects);
        Assert.Equal(
            [("CVE-2026-0001", Severity.Critical, "openssl", "3.0.15-1", "fixed"), ("CVE-2026-0002", Severity.Negligible, "zlib1g", null, "affected")],
            report.Findings.Select(finding => (finding.Id, finding.Severity, finding.Package.Name, finding.FixedVersion, finding.Status)));
        Assert.Equal(new CvssScore(9.8, "CVSS:3.1/AV:N"), report.Findings[0].Cvss);
        Assert.False(report.Findings[1].IsFixable);
    }

    [Fact]
    public void The_highest_score_of_all_sources_counts()
    {
        var report = Fixture.Accept("harbor.json", root => Row(root)["vendor_attributes"]!["CVSS"]!["redhat"] = new JsonObject { ["V3Score"] = 9.9 });

        Assert.Equal(9.9, report.Findings[0].Cvss?.Score);
    }

    [Theory]
    [InlineData("bare beside keyed")]
    [InlineData("two keyed")]
    public void Two_reports_in_one_document_are_refused(string how)
    {
        var problem = Fixture.Refuse(
            Fixture.Edit("harbor.json", root =>
            {
                if (how == "two keyed")
                    root["application/vnd.scanner.adapter.vuln.report.harbor+json; version=1.0"] = FormatCases.Harbor(root).DeepClone();
                else
                    root["scanner"] = new JsonObject { ["name"] = "Clair" };
            }),
            ReasonCode.ReportFormat);

        Assert.StartsWith("this is more than one report", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_report_that_names_no_scanner_is_refused() => Assert.Contains(
        "names no scanner",
        Fixture.Refuse(Fixture.Edit("harbor.json", root => FormatCases.Harbor(root).Remove("scanner")), ReasonCode.ReportFormat).Message,
        StringComparison.Ordinal);

    [Fact]
    public void The_digests_of_findings_are_the_images_too()
    {
        Assert.Equal(
            [Manifest], Fixture.Accept("harbor.json", root => FormatCases.Harbor(root).Remove("artifact")).Subjects.Select(subject => subject.Digest));
        Assert.Equal(
            2, Fixture.Accept("harbor.json", root => Row(root)["artifact_digests"] = new JsonArray(Digest.Compute("x"u8).ToString())).Subjects.Count);
        Assert.Single(Fixture.Accept("harbor.json", root => Row(root)["artifact_digests"] = new JsonArray("sha256:test")).MalformedSubjects);
    }

    [Fact]
    public void A_list_of_nothing_is_a_scan_of_the_artifact_that_is_named()
    {
        var report = Fixture.Accept("harbor.json", root =>
        {
            FormatCases.Harbor(root)["vulnerabilities"] = new JsonArray();
            FormatCases.Harbor(root)["severity"] = "None";
        });

        Assert.Equal(VulnerabilityCoverage.Scanned, report.Coverage.Vulnerabilities);
    }

    private static JsonObject Row(JsonObject root) => FormatCases.Row(FormatCases.Harbor(root), "vulnerabilities");
}
