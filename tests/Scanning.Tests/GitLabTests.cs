// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Scanning.Tests;

/// <summary>GitLab's reports of container scans.</summary>
public sealed class GitLabTests
{
    private const string File = "gitlab.json";

    [Fact]
    public void A_report_is_read_whole()
    {
        var report = Fixture.Accept(File);

        Assert.Equal(("trivy", "0.58.1", "GitLab container scanning"), (report.Scanner.Name, report.Scanner.Version, report.Format));
        Assert.Equal(new DateTimeOffset(2026, 11, 20, 8, 30, 0, TimeSpan.Zero), report.Time);
        Assert.Empty(report.Subjects);
        Assert.Empty(report.MalformedSubjects);
        Assert.Equal([Severity.Critical, Severity.Negligible], report.Findings.Select(finding => finding.Severity));
        Assert.Equal(new Package("openssl", "3.0.11-1", null, null), report.Findings[0].Package);
    }

    [Fact]
    public void A_cve_is_the_id_and_a_class_of_weaknesses_is_none()
    {
        var findings = Fixture.Accept(File).Findings;

        Assert.Empty(findings[0].Aliases);
        Assert.Equal("CVE-2026-0002", findings[1].Id);
        Assert.Equal(["USN-1-1"], findings[1].Aliases);
    }

    [Theory]
    [InlineData("Upgrade openssl to 3.0.12-1", "3.0.12-1", false)]
    [InlineData("Upgrade to to 1", "1", false)]
    [InlineData("No solution provided", null, true)]
    [InlineData("Upgrade openssl", null, true)]
    [InlineData(null, null, true)]
    public void A_solution_that_names_no_version_leaves_the_fix_unknown(string? solution, string? version, bool isUnknown)
    {
        var finding = Fixture.Accept(File, root => Row(root)["solution"] = solution).Findings[0];

        Assert.Equal((version, isUnknown, true), (finding.FixedVersion, finding.IsFixUnknown, finding.IsFixable));
    }

    [Fact]
    public void A_digest_names_the_image_and_two_images_are_none()
    {
        var digest = Digest.Compute("x"u8);
        static void SetImage(JsonObject root, int row, string image) => root["vulnerabilities"]![row]!["location"]!["image"] = image;

        Assert.Equal(digest, Assert.Single(Fixture.Accept(File, root =>
        {
            SetImage(root, 0, $"registry.example.com/app@{digest}");
            SetImage(root, 1, $"registry.example.com/app@{digest}");
        }).Subjects).Digest);
        Assert.Equal("the report is of several images", Assert.Single(Fixture.Accept(File, root => SetImage(root, 0, $"x@{digest}")).MalformedSubjects));
    }

    [Theory]
    [InlineData("""{"status":null}""", "status is '(none)'")]
    [InlineData("""{"status":"failure"}""", "status is 'failure'")]
    [InlineData("""{"messages":[{"level":"info"},{"level":"fatal"}]}""", "message of an error")]
    public void A_scan_that_did_not_succeed_is_none(string change, string expected)
    {
        var coverage = Fixture.Accept(File, root =>
        {
            foreach (var (name, value) in JsonNode.Parse(change)!.AsObject())
                root["scan"]![name] = value?.DeepClone();
        }).Coverage;

        Assert.Equal(VulnerabilityCoverage.NotScanned, coverage.Vulnerabilities);
        Assert.Contains(expected, Assert.Single(coverage.Errors), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sast")]
    [InlineData("dependency_scanning")]
    [InlineData(null)]
    public void Another_type_of_scan_is_refused(string? type) => Assert.Contains(
        $"this is of '{type ?? "(none)"}'",
        Fixture.Refuse(Fixture.Edit(File, root => root["scan"]!["type"] = type), ReasonCode.ReportFormat).Message,
        StringComparison.Ordinal);

    [Fact]
    public void A_row_of_weaknesses_alone_is_refused() => Assert.Contains(
        "no identifier",
        Fixture.Refuse(Fixture.Edit(File, root => Row(root)["identifiers"] = JsonNode.Parse("""[{"type":"cwe","value":"787"}]""")), ReasonCode.ReportFormat).Message,
        StringComparison.Ordinal);

    private static JsonObject Row(JsonObject root) => root["vulnerabilities"]![0]!.AsObject();
}
