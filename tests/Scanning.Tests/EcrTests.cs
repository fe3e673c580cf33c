// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Scanning.Tests;

public sealed class EcrTests
{
    private static readonly Digest Manifest = Digest.Compute("made for tests: manifest"u8);

    [Fact]
    public void A_basic_scan_is_read_whole()
    {
        var report = Fixture.Accept("ecr.json");

        Assert.Equal((new ScannerIdentity("amazon-ecr", null), "Amazon ECR JSON"), (report.Scanner, report.Format));
        Assert.Equal(DateTimeOffset.UnixEpoch.AddSeconds(1795163400.5), report.Time);
        Assert.Equal(DateTimeOffset.UnixEpoch.AddSeconds(1795132800), report.DatabaseTime);
        Assert.Equal([new ReportSubject(SubjectRole.Repository, Manifest, null)], report.Subjects);
        Assert.Equal(
            [("CVE-2026-0001", Severity.Critical, "openssl", "3.0.11-1"), ("CVE-2026-0002", Severity.Unknown, "zlib1g", "1.2.13")],
            report.Findings.Select(finding => (finding.Id, finding.Severity, finding.Package.Name, finding.Package.Version)));
        Assert.Equal(new CvssScore(9.8, "CVSS:3.1/AV:N"), report.Findings[0].Cvss);
        Assert.All(report.Findings, finding => Assert.True(finding is { IsFixUnknown: true, IsFixable: true, FixedVersion: null }));
    }

    [Fact]
    public void An_enhanced_scan_is_Inspectors()
    {
        var report = Fixture.Accept("ecr-enhanced.json");

        Assert.Equal((new ScannerIdentity("amazon-inspector", null), "Amazon ECR JSON"), (report.Scanner, report.Format));
        Assert.Equal(new DateTimeOffset(2026, 11, 20, 8, 30, 0, TimeSpan.Zero), report.Time);
        Assert.Equal(new DateTimeOffset(2026, 11, 20, 0, 0, 0, TimeSpan.Zero), report.DatabaseTime);
        Assert.Equal([Manifest], report.Subjects.Select(subject => subject.Digest));
        Assert.Equal(3, report.Rows);
    }

    [Theory]
    [InlineData("COMPLETE", true)]
    [InlineData("ACTIVE", true)]
    [InlineData("complete", false)]
    [InlineData("IN_PROGRESS", false)]
    [InlineData("FAILED", false)]
    [InlineData("UNSUPPORTED_IMAGE", false)]
    [InlineData("PENDING", false)]
    [InlineData("SCAN_ELIGIBILITY_EXPIRED", false)]
    [InlineData("FINDINGS_UNAVAILABLE", false)]
    [InlineData("LIMIT_EXCEEDED", false)]
    [InlineData("IMAGE_ARCHIVED", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void Only_a_finished_scan_is_one(string? status, bool isScan)
    {
        foreach (var file in new[] { "ecr.json", "ecr-enhanced.json" })
        {
            var coverage = Fixture.Accept(file, root => root["imageScanStatus"]!["status"] = status).Coverage;
            Assert.Equal(isScan, coverage.Vulnerabilities == VulnerabilityCoverage.Scanned);
            if (!isScan)
                Assert.Contains($"'{status ?? "(none)"}', neither COMPLETE nor ACTIVE", coverage.Because, StringComparison.Ordinal);
        }

        Assert.NotEmpty(Fixture.Accept("ecr.json", root => root.Remove("imageScanStatus")).Coverage.Errors);
    }

    [Fact]
    public void A_page_of_findings_is_no_scan()
    {
        Assert.Contains("one page", Fixture.Accept("ecr.json", root => root["nextToken"] = "x").Coverage.Because, StringComparison.Ordinal);
        Assert.Empty(Fixture.Accept("ecr.json", root => root["nextToken"] = null).Coverage.Errors);
    }

    [Fact]
    public void Findings_that_are_counted_but_not_listed_make_it_no_scan()
    {
        var coverage = Fixture.Accept("ecr.json", root => FormatCases.Ecr(root)["findings"]!.AsArray().RemoveAt(0)).Coverage;

        Assert.Equal("the summary counts 2 findings, of which 1 are listed", Assert.Single(coverage.Errors));
        Assert.Equal(VulnerabilityCoverage.NotScanned, coverage.Vulnerabilities);
    }

    [Theory]
    [InlineData("ecr.json", "findings")]
    [InlineData("ecr-enhanced.json", "enhancedFindings")]
    public void A_finished_scan_of_an_image_without_findings_is_one(string file, string list)
    {
        var report = Fixture.Accept(file, root =>
        {
            FormatCases.Ecr(root)[list] = new JsonArray();
            FormatCases.Ecr(root).Remove("findingSeverityCounts");
        });

        Assert.Equal((VulnerabilityCoverage.Scanned, 0), (report.Coverage.Vulnerabilities, report.Rows));
    }

    [Fact]
    public void Findings_of_both_scans_are_refused() => Assert.Contains(
        "basic scan and of Amazon Inspector",
        Fixture.Refuse(
            Fixture.Edit("ecr.json", root => FormatCases.Ecr(root)["enhancedFindings"] = FormatCases.Ecr(Fixture.Node("ecr-enhanced.json"))["enhancedFindings"]!.DeepClone()),
            ReasonCode.ReportFormat).Message,
        StringComparison.Ordinal);

    [Fact]
    public void A_digest_in_a_finding_that_differs_is_another_image()
    {
        var report = Fixture.Accept("ecr-enhanced.json", root => root["imageId"]!["imageDigest"] = Digest.Compute("x"u8).ToString());

        Assert.Equal(2, report.Subjects.Count);
        Assert.Equal(BindingKind.Refused, ReportBinding.Bind(report, Image(Manifest)).Kind);
        Assert.Equal(BindingKind.Proven, ReportBinding.Bind(Fixture.Accept("ecr-enhanced.json"), Image(Manifest)).Kind);
    }

    [Theory]
    [InlineData("CVSS2_SCORE")]
    [InlineData("CVSS4_SCORE")]
    public void A_score_has_the_vector_of_its_version(string key)
    {
        var cvss = Fixture.Accept("ecr.json", root => FormatCases.Row(FormatCases.Ecr(root), "findings")["attributes"]!.AsArray().Add(
            new JsonObject { ["key"] = key, ["value"] = "10" })).Findings[0].Cvss;

        Assert.Equal(new CvssScore(10, null), cvss);
    }

    [Fact]
    public void A_finding_about_something_else_has_no_place_in_the_scan_of_an_image() => Fixture.Refuse(
        Fixture.Edit("ecr-enhanced.json", root => FormatCases.Row(FormatCases.Ecr(root), "enhancedFindings")["resources"] = new JsonArray(
            new JsonObject { ["type"] = "AWS_EC2_INSTANCE", ["id"] = "i-0123456789abcdef0" })),
        ReasonCode.ReportFormat);

    private static BindingImage Image(Digest manifest) =>
        new(manifest, IsIndex: false, [new BindingPlatform(manifest, Digest.Compute("config"u8), null)]);
}
