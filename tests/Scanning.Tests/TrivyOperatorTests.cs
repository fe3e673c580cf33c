// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Scanning.Tests;

/// <summary>The reports that Trivy's operator keeps in a cluster.</summary>
public sealed class TrivyOperatorTests
{
    private const string File = "trivy-operator.json";

    [Fact]
    public void A_report_is_read_whole()
    {
        var report = Fixture.Accept(File);

        Assert.Equal(("trivy", "0.58.1"), (report.Scanner.Name, report.Scanner.Version));
        Assert.Equal(new DateTimeOffset(2026, 11, 20, 8, 30, 0, TimeSpan.Zero), report.Time);
        Assert.Null(report.DatabaseTime);
        var subject = Assert.Single(report.Subjects);
        Assert.Equal((SubjectRole.Repository, "registry.example.com/made-for-tests/app"), (subject.Role, subject.Name));
        Assert.Equal(("debian", "12.8", true, false), (report.Coverage.OsFamily, report.Coverage.OsVersion, report.Coverage.IsOsRecognised, report.Coverage.OsEndOfLife));

        var finding = report.Findings[0];
        Assert.Equal(new Package("openssl", "3.0.11-1", "pkg:deb/debian/openssl@3.0.11-1", "debian"), finding.Package);
        Assert.Equal(("3.0.12-1", 9.8), (finding.FixedVersion, finding.Cvss?.Score));
        Assert.Equal(["app:1 (debian 12.8)"], finding.Locations);
        Assert.False(report.Findings[1].IsFixable);
        Assert.True(Fixture.Accept(File, root => root["report"]!["os"]!["eosl"] = true).Coverage.OsEndOfLife);
    }

    [Fact]
    public void Without_findings_it_is_a_scan_when_a_system_was_recognised_and_nothing_is_counted()
    {
        Assert.Equal(VulnerabilityCoverage.Scanned, Cover(_ => { }).Vulnerabilities);
        Assert.Equal(VulnerabilityCoverage.Empty, Cover(report => report["os"]!["family"] = "none").Vulnerabilities);
        Assert.Contains("counts findings", Cover(report => report["summary"]!["lowCount"] = 1).Because, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    public void Without_a_digest_it_names_no_image(string? digest) =>
        Assert.Empty(Fixture.Accept(File, root => root["report"]!["artifact"]!["digest"] = digest).Subjects);

    public static TheoryData<string, Action<JsonObject>, string> Refused => new()
    {
        { "another kind", root => root["kind"] = "ExposedSecretReport", "this is a 'ExposedSecretReport'" },
        { "a list of reports", root => (root["kind"], root["apiVersion"]) = ("List", "v1"), "this is a 'List'" },
        { "another group", root => root["apiVersion"] = "example.com/v1", "of 'example.com/v1'" },
        { "no report", root => root.Remove("report"), "without a report" },
        { "no kind", root => root.Remove("kind"), "this is a '(none)'" },
        { "a row without an id", root => root["report"]!["vulnerabilities"]![0]!.AsObject().Remove("vulnerabilityID"), "no vulnerabilityID" },
    };

    [Theory, MemberData(nameof(Refused))]
    public void What_is_not_the_format_is_refused(string because, Action<JsonObject> edit, string expected)
    {
        var problem = Fixture.Refuse(Fixture.Edit(File, edit), ReasonCode.ReportFormat);

        Assert.True(problem.Message.Contains(expected, StringComparison.Ordinal), $"{because}: {problem.Message}");
    }

    private static Coverage Cover(Action<JsonNode> edit) => Fixture.Accept(File, root =>
    {
        var report = root["report"]!;
        report["vulnerabilities"] = new JsonArray();
        report["summary"] = new JsonObject { ["criticalCount"] = 0, ["noneCount"] = 5 };
        edit(report);
    }).Coverage;
}
