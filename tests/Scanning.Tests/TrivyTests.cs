// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Scanning.Tests;

public sealed class TrivyTests
{
    [Fact]
    public void A_report_is_read_whole()
    {
        var content = Fixture.Bytes("trivy.json");
        var report = Fixture.Accept(content);

        Assert.Equal(new ScannerIdentity("trivy", "0.58.1"), report.Scanner);
        Assert.Equal("Trivy JSON 2", report.Format);
        Assert.Equal(new DateTimeOffset(2026, 11, 20, 8, 30, 0, TimeSpan.Zero).AddTicks(1234567), report.Time);
        Assert.Null(report.DatabaseTime);
        Assert.Equal(new Platform("linux", "amd64"), report.Platform);
        Assert.Equal(Digest.Compute(content), report.Digest);
        Assert.Equal(content.Length, report.Size);
        Assert.Equal(4, report.Rows);
        Assert.Empty(report.MalformedSubjects);
        Assert.Empty(report.Notes);
        Assert.Equal(
            [
                new ReportSubject(
                    SubjectRole.Repository, Digest.Compute("made for tests: manifest"u8),
                    "registry.example.com/made-for-tests/app"),
                new ReportSubject(SubjectRole.Config, Digest.Compute("made for tests: config"u8), null),
            ],
            report.Subjects);
    }

    [Fact]
    public void A_row_becomes_a_finding()
    {
        var finding = Fixture.Accept("trivy.json").Findings[0];

        Assert.Equal("CVE-2026-0001", finding.Id);
        Assert.Equal(["DSA-6001-1"], finding.Aliases);
        Assert.Equal(Severity.Critical, finding.Severity);
        Assert.Equal("CRITICAL", finding.SeverityWord);
        Assert.Equal(
            new Package("openssl", "3.0.11-1", "pkg:deb/debian/openssl@3.0.11-1?arch=amd64&distro=debian-12.8", "debian"),
            finding.Package);
        Assert.Equal("3.0.20-1", finding.FixedVersion);
        Assert.Equal("fixed", finding.Status);
        Assert.True(finding.IsFixable);
        Assert.Equal(["registry.example.com/made-for-tests/app:1 (debian 12.8)"], finding.Locations);
    }

    [Fact]
    public void One_finding_in_two_places_is_one_with_the_higher_severity_and_both_places()
    {
        var finding = Fixture.Accept("trivy.json").Findings[2];

        Assert.Equal("GHSA-aaaa-bbbb-cccc", finding.Id);
        Assert.Equal(Severity.High, finding.Severity);
        Assert.Equal("HIGH", finding.SeverityWord);
        Assert.Equal(["app/a/package.json", "app/b/package.json"], finding.Locations);
        Assert.Equal("1.0.1, 0.9.9", finding.FixedVersion);
    }

    [Fact]
    public void What_the_report_sets_aside_is_kept_apart_with_its_reason()
    {
        var suppressed = Assert.Single(Fixture.Accept("trivy.json").Suppressed);

        Assert.Equal("CVE-2026-0003", suppressed.Finding.Id);
        Assert.Equal(Severity.Critical, suppressed.Finding.Severity);
        Assert.Equal("node-pkg", suppressed.Finding.Package.Type);
        Assert.Equal("not_affected", suppressed.Status);
        Assert.Equal("vex.json", suppressed.Origin);
        Assert.Equal("vulnerable_code_not_in_execute_path", suppressed.Statement);
    }

    [Fact]
    public void A_vulnerability_is_not_lost_by_setting_it_aside_as_a_secret()
    {
        var report = Fixture.Accept("trivy.json", root =>
            root["Results"]![1]!["ExperimentalModifiedFindings"]![0]!["Type"] = "secret");

        Assert.Equal("CVE-2026-0003", Assert.Single(report.Suppressed).Finding.Id);
    }

    [Fact]
    public void Coverage_tells_what_was_scanned()
    {
        var coverage = Fixture.Accept("trivy.json").Coverage;

        Assert.Equal(VulnerabilityCoverage.Scanned, coverage.Vulnerabilities);
        Assert.Equal("container_image", coverage.SourceType);
        Assert.Equal(["os-pkgs", "lang-pkgs", "secret", "config", "license"], coverage.Classes);
        Assert.Equal("debian", coverage.OsFamily);
        Assert.Equal("12.8", coverage.OsVersion);
        Assert.False(coverage.OsEndOfLife);
        Assert.Equal(2, coverage.Packages);
        Assert.Equal(1, coverage.Secrets);
        Assert.Equal(1, coverage.Misconfigurations);
        Assert.Equal(2, coverage.Licenses);
        Assert.Null(coverage.Filters);
    }

    public static TheoryData<string, Action<JsonObject>, VulnerabilityCoverage> Coverages => new()
    {
        { "Results removed", root => root.Remove("Results"), VulnerabilityCoverage.NotScanned },
        { "Results null", root => root["Results"] = null, VulnerabilityCoverage.NotScanned },
        { "Results emptied", root => root["Results"] = new JsonArray(), VulnerabilityCoverage.Empty },
        { "only secrets left", root => Keep(root, "secret"), VulnerabilityCoverage.NotScanned },
        { "only licences and configuration left", root => Keep(root, "license", "config"), VulnerabilityCoverage.NotScanned },
        { "packages without findings", root => Clean(root), VulnerabilityCoverage.Scanned },
        { "an empty list of vulnerabilities in a class of no name", root => root["Results"] = JsonNode.Parse("""[{"Vulnerabilities":[]}]"""), VulnerabilityCoverage.Scanned },
        { "a class of no name", root => root["Results"] = JsonNode.Parse("""[{"Target":"x"}]"""), VulnerabilityCoverage.NotScanned },
    };

    [Theory, MemberData(nameof(Coverages))]
    public void A_scan_for_something_else_is_no_clean_scan(string because, Action<JsonObject> edit, VulnerabilityCoverage expected)
    {
        var coverage = Fixture.Accept("trivy.json", edit).Coverage;

        Assert.True(expected == coverage.Vulnerabilities, $"{because}: {coverage.Vulnerabilities}, {coverage.Because}");
        Assert.NotEmpty(coverage.Because);
    }

    [Fact]
    public void End_of_life_is_told()
    {
        var report = Fixture.Accept("trivy.json", root => root["Metadata"]!["OS"]!["EOSL"] = true);

        Assert.True(report.Coverage.OsEndOfLife);
    }

    [Theory]
    [InlineData("not_affected")]
    [InlineData("under_investigation")]
    [InlineData("fixed")]
    [InlineData("end_of_life")]
    public void A_status_never_takes_a_row_out(string status)
    {
        var report = Fixture.Accept("trivy.json", root => root.TrivyRow(row: 1)["Status"] = status);

        Assert.Equal(4, report.Rows);
        Assert.Equal(status, report.Findings[1].Status);
        Assert.Equal(Severity.Medium, report.Findings[1].Severity);
        Assert.False(report.Findings[1].IsFixable);
    }

    [Theory]
    [InlineData("filesystem")]
    [InlineData("repository")]
    [InlineData("cyclonedx")]
    public void What_is_no_image_names_none(string type)
    {
        var report = Fixture.Accept("trivy.json", root => root["ArtifactType"] = type);

        Assert.Empty(report.Subjects);
        Assert.Equal(type, report.Coverage.SourceType);
    }

    [Fact]
    public void The_artifact_id_is_no_digest_of_the_image()
    {
        var report = Fixture.Accept("trivy.json", root =>
        {
            root["Metadata"]!.AsObject().Remove("ImageID");
            root["Metadata"]!.AsObject().Remove("RepoDigests");
        });

        Assert.Empty(report.Subjects);
        Assert.Empty(report.MalformedSubjects);
    }

    [Fact]
    public void An_empty_repository_digest_is_none()
    {
        var report = Fixture.Accept("trivy.json", root => root["Metadata"]!["RepoDigests"] = new JsonArray(""));

        Assert.Equal(SubjectRole.Config, Assert.Single(report.Subjects).Role);
        Assert.Empty(report.MalformedSubjects);
    }

    public static TheoryData<string, Action<JsonObject>, string> Refused => new()
    {
        { "another schema version", root => root["SchemaVersion"] = 1, "SchemaVersion 2" },
        { "a schema version that is nearly two", root => root["SchemaVersion"] = JsonNode.Parse("2.0000000000000001"), "SchemaVersion 2" },
        { "a schema version as text", root => root["SchemaVersion"] = "2", "SchemaVersion 2" },
        { "a schema version beyond numbers", root => root["SchemaVersion"] = JsonNode.Parse("1e400"), "SchemaVersion 2" },
        { "nothing but a schema version", Strip, "no artifact" },
        { "results in an object", root => root["Results"] = new JsonObject { ["x"] = 1 }, "found an object where a list belongs in Results" },
        { "results as text", root => root["Results"] = "none", "found text where a list belongs in Results" },
        { "vulnerabilities in an object", root => root["Results"]![0]!["Vulnerabilities"] = new JsonObject { ["x"] = 1 }, "Results.Vulnerabilities" },
        { "a row that is text", root => root["Results"]![0]!["Vulnerabilities"]![0] = "CVE-2026-0001", "where an object belongs" },
        { "a row without an id", root => root.TrivyRow().Remove("VulnerabilityID"), "no VulnerabilityID" },
        { "a row with an empty id", root => root.TrivyRow()["VulnerabilityID"] = "", "no VulnerabilityID" },
        { "an id that is a number", root => root.TrivyRow()["VulnerabilityID"] = 7, "found a number where text belongs" },
        { "a set-aside row without an id", root => root["Results"]![1]!["ExperimentalModifiedFindings"]![0]!["Finding"] = null, "no VulnerabilityID" },
        { "a flag that is text", root => root["Metadata"]!["OS"]!["EOSL"] = "no", "true or false" },
    };

    [Theory, MemberData(nameof(Refused))]
    public void What_is_not_the_format_is_refused(string because, Action<JsonObject> edit, string expected)
    {
        var problem = Fixture.Refuse(Fixture.Edit("trivy.json", edit), ReasonCode.ReportFormat);

        Assert.True(problem.Message.Contains(expected, StringComparison.Ordinal), $"{because}: {problem.Message}");
    }

    [Fact]
    public void Members_may_come_in_any_order()
    {
        var reversed = Fixture.Accept("trivy.json", Reverse);
        var straight = Fixture.Accept("trivy.json");

        Assert.Equal(straight.Findings.Select(Show), reversed.Findings.Select(Show), StringComparer.Ordinal);
        Assert.Equal(straight.Subjects, reversed.Subjects);
        Assert.Equal(straight.Coverage.Vulnerabilities, reversed.Coverage.Vulnerabilities);
        Assert.Equal(Assert.Single(straight.Suppressed).Finding.Package, Assert.Single(reversed.Suppressed).Finding.Package);
    }

    private static string Show(Finding finding) =>
        $"{finding} {string.Join('|', finding.Aliases)} {string.Join('|', finding.Locations)}";

    private static void Reverse(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject members:
                var all = members.Reverse().ToList();
                members.Clear();
                foreach (var (name, value) in all)
                {
                    members.Add(name, value);
                    Reverse(value);
                }

                break;
            case JsonArray items:
                foreach (var item in items)
                    Reverse(item);
                break;
            default:
                break;
        }
    }

    private static void Keep(JsonObject root, params string[] classes) =>
        root["Results"] = new JsonArray([.. root["Results"]!.AsArray()
            .Where(result => classes.Contains((string)result!["Class"]!, StringComparer.Ordinal))
            .Select(result => result!.DeepClone())]);

    private static void Clean(JsonObject root)
    {
        foreach (var result in root["Results"]!.AsArray())
        {
            result!.AsObject().Remove("Vulnerabilities");
            result.AsObject().Remove("ExperimentalModifiedFindings");
        }
    }

    private static void Strip(JsonObject root)
    {
        foreach (var name in root.Select(member => member.Key).Where(name => name is not "SchemaVersion").ToList())
            root.Remove(name);
    }
}
