// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Scanning.Tests;

/// <summary>What twistcli says of an image.</summary>
public sealed class TwistcliTests
{
    private const string File = "twistcli.json";

    [Fact]
    public void A_report_is_read_whole()
    {
        var report = Fixture.Accept(File);

        Assert.Equal(("twistcli", "twistcli JSON"), (report.Scanner.Name, report.Format));
        Assert.Equal(new DateTimeOffset(2026, 11, 20, 8, 30, 0, TimeSpan.Zero), report.Time);
        Assert.Equal([SubjectRole.Repository, SubjectRole.Config], report.Subjects.Select(subject => subject.Role));
        Assert.Equal(("Debian GNU/Linux 12", 2, 1), (report.Coverage.OsFamily, report.Coverage.Packages, report.Coverage.Misconfigurations));
        Assert.Equal((OtherFindingKind.Misconfiguration, Severity.High, "made for tests"), (report.OtherFindings[0].Kind, report.OtherFindings[0].Severity, report.OtherFindings[0].Title));

        Assert.Equal([Severity.Critical, Severity.Medium, Severity.High], report.Findings.Select(finding => finding.Severity));
        Assert.Equal(("3.0.12-1", 9.8), (report.Findings[0].FixedVersion, report.Findings[0].Cvss?.Score));
        Assert.NotNull(report.Findings[0].Cvss?.Vector);
        Assert.Equal((null, "under investigation", false), (report.Findings[1].FixedVersion, report.Findings[1].Status, report.Findings[1].IsFixable));
        Assert.Null(report.Findings[1].Cvss);
    }

    [Fact]
    public void A_report_of_several_images_binds_to_none()
    {
        var report = Fixture.Accept(File, root => root["results"]!.AsArray().Add(root["results"]![0]!.DeepClone()));

        Assert.Equal("the report is of several images", Assert.Single(report.MalformedSubjects));
    }

    [Fact]
    public void Of_several_times_the_oldest_counts() => Assert.Equal(
        new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero),
        Fixture.Accept(File, root =>
        {
            var second = root["results"]![0]!.DeepClone();
            second["scanTime"] = "2026-11-01T00:00:00Z";
            root["results"]!.AsArray().Add(second);
        }).Time);

    [Fact]
    public void Without_findings_it_is_a_scan_when_packages_are_listed_and_nothing_is_counted()
    {
        Assert.Equal(VulnerabilityCoverage.Scanned, Cover(0).Vulnerabilities);
        Assert.Equal("the report counts vulnerabilities, and none is listed", Cover(3).Because);
        Assert.Equal(VulnerabilityCoverage.NotScanned, Cover("many").Vulnerabilities);
    }

    [Fact]
    public void Results_of_two_tools_are_refused() => Assert.Contains(
        "some of twistcli",
        Fixture.Refuse(Fixture.Edit(File, root => root["results"]!.AsArray().Add(Fixture.Node("osv-scanner.json")["results"]![0]!.DeepClone())), ReasonCode.ReportFormat).Message,
        StringComparison.Ordinal);

    private static Coverage Cover(JsonNode total) => Fixture.Accept(File, root =>
    {
        root["results"]![0]!.AsObject().Remove("vulnerabilities");
        root["results"]![0]!["vulnerabilityDistribution"]!["total"] = total;
    }).Coverage;
}
