// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;

namespace SupplyChain.Scanning.Tests;

/// <summary>What osv-scanner finds, in the form of the OSV database.</summary>
public sealed class OsvScannerTests
{
    private const string File = "osv-scanner.json";

    [Fact]
    public void A_report_is_read_whole()
    {
        var report = Fixture.Accept(File);

        Assert.Equal(("osv-scanner", "osv-scanner JSON"), (report.Scanner.Name, report.Format));
        Assert.Empty(report.Subjects);
        Assert.Null(report.Time);
        Assert.Equal(2, report.Coverage.Packages);
        Assert.Equal((OtherFindingKind.License, "GPL-3.0"), (report.OtherFindings[0].Kind, report.OtherFindings[0].Id));

        var finding = report.Findings[0];
        Assert.Equal(("GO-2026-0001", Severity.Critical, 9.8), (finding.Id, finding.Severity, finding.Cvss?.Score));
        Assert.Equal(new Package("example.com/openssl", "3.0.11-1", null, "Go"), finding.Package);
        Assert.Equal(["CVE-2026-0001"], finding.Aliases);
        Assert.Equal(["/app/go.mod"], finding.Locations);
        Assert.Equal((Severity.Unknown, null, false), (report.Findings[1].Severity, report.Findings[1].Cvss, report.Findings[1].IsFixable));
    }

    [Fact]
    public void The_fix_is_that_of_the_package_and_no_commit()
    {
        Assert.Equal("3.0.12", Fixture.Accept(File).Findings[0].FixedVersion);
        Assert.Equal("9.9.9, 3.0.12", Fixture.Accept(File, root => Package(root)["package"]!["name"] = "spelled-otherwise").Findings[0].FixedVersion);
        Assert.False(Fixture.Accept(File, root => Row(root)["affected"]!.AsArray()
            .ToList().ForEach(affected => affected!["ranges"]!.AsArray().ToList().ForEach(range => range!["type"] = "GIT"))).Findings[0].IsFixable);
    }

    [Theory]
    [InlineData("""[{"type":"Ubuntu","score":"low"}]""", null, Severity.Low)]
    [InlineData("""[{"type":"Ubuntu","score":"low"}]""", "HIGH", Severity.High)]
    [InlineData("""[{"type":"Ubuntu","score":"high"}]""", "LOW", Severity.High)]
    [InlineData("""[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N"}]""", null, Severity.Unknown)]
    public void A_word_counts_wherever_it_stands_and_a_vector_does_not(string ratings, string? word, Severity expected) => Assert.Equal(
        expected,
        Fixture.Accept(File, root =>
        {
            Row(root)["severity"] = JsonNode.Parse(ratings);
            Row(root)["database_specific"] = new JsonObject { ["severity"] = word };
        }).Findings[0].Severity);

    [Fact]
    public void In_a_group_an_advisory_without_a_word_is_as_severe_as_the_others()
    {
        static ScanReport Group(JsonNode? word) => Fixture.Accept(File, root =>
        {
            Package(root)["groups"] = JsonNode.Parse("""[{"ids":["GO-2026-0001","GO-2026-0002"],"max_severity":"9.8"}]""");
            Package(root)["vulnerabilities"]![1]!["database_specific"] = new JsonObject { ["severity"] = word };
        });

        Assert.Equal((Severity.Critical, 9.8), (Group(null).Findings[1].Severity, Group(null).Findings[1].Cvss?.Score));
        Assert.Equal(Severity.Unknown, Group("Hgh").Findings[1].Severity);
        Assert.Equal(Severity.Low, Group("LOW").Findings[1].Severity);
    }

    [Theory]
    [InlineData("MAL-2026-1", "GHSA-aaaa-bbbb-cccc")]
    [InlineData("GHSA-aaaa-bbbb-cccc", "MAL-2026-1")]
    public void Malware_is_critical(string id, string alias) => Assert.Equal(Severity.Critical, Fixture.Accept(File, root =>
    {
        (Row(root)["id"], Row(root)["aliases"]) = (id, new JsonArray(alias));
        Row(root)["database_specific"] = new JsonObject { ["severity"] = "LOW" };
    }).Findings[0].Severity);

    [Fact]
    public void What_it_says_of_an_image_is_kept()
    {
        Assert.Null(Fixture.Accept(File).Coverage.SourceType);
        var coverage = Fixture.Accept(File, root => root["image_metadata"] = new JsonObject { ["os"] = "Debian GNU/Linux 12" }).Coverage;

        Assert.Equal(("image", true, "Debian GNU/Linux 12"), (coverage.SourceType, coverage.IsOsRecognised, coverage.OsFamily));
    }

    [Fact]
    public void Packages_without_findings_are_no_proof_that_somebody_looked() => Assert.Equal(
        VulnerabilityCoverage.Empty,
        Fixture.Accept(File, root => root["results"]![0]!["packages"]!.AsArray().RemoveAt(0)).Coverage.Vulnerabilities);

    private static JsonObject Package(JsonObject root) => root["results"]![0]!["packages"]![0]!.AsObject();

    private static JsonObject Row(JsonObject root) => Package(root)["vulnerabilities"]![0]!.AsObject();
}
