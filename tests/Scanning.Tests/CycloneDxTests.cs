// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Scanning.Tests;

public sealed class CycloneDxTests
{
    private static readonly Digest Manifest = Digest.Compute("made for tests: manifest"u8);

    [Fact]
    public void A_document_is_read_whole()
    {
        var report = Fixture.Accept("cyclonedx.json");

        Assert.Equal(new ScannerIdentity("trivy", "0.58.1"), report.Scanner);
        Assert.Equal("CycloneDX 1.6", report.Format);
        Assert.Equal(new DateTimeOffset(2026, 11, 20, 8, 30, 0, TimeSpan.Zero), report.Time);
        Assert.Equal(
            [
                new ReportSubject(SubjectRole.Repository, Manifest, "app"),
                new ReportSubject(SubjectRole.Repository, Manifest, "registry.example.com/made-for-tests/app"),
                new ReportSubject(SubjectRole.Config, Digest.Compute("made for tests: config"u8), null),
            ],
            report.Subjects);
        Assert.Equal((3, true, "debian", "12.8"), (report.Coverage.Packages, report.Coverage.IsOsRecognised, report.Coverage.OsFamily, report.Coverage.OsVersion));
        Assert.Equal("container", report.Coverage.SourceType);
    }

    [Fact]
    public void A_vulnerability_is_a_row_for_each_component_that_it_affects()
    {
        var findings = Fixture.Accept("cyclonedx.json").Findings;

        Assert.Equal(
            ["CVE-2026-0001 openssl 3.0.11-1", "CVE-2026-0001 debian/libssl3 3.0.11-1", "GHSA-aaaa-bbbb-cccc left-pad 1.0.0"],
            findings.Select(finding => $"{finding.Id} {finding.Package.Name} {finding.Package.Version}"), StringComparer.Ordinal);
        Assert.All(findings.Take(2), finding =>
        {
            Assert.Equal((Severity.Critical, "critical"), (finding.Severity, finding.SeverityWord));
            Assert.Equal(["DSA-6001-1"], finding.Aliases);
            Assert.Equal(new CvssScore(9.8, "CVSS:3.1/AV:N"), finding.Cvss);
            Assert.Equal(0.25, finding.Epss);
            Assert.True(finding is { IsFixUnknown: true, IsFixable: true });
        });
    }

    [Theory]
    [InlineData("not_affected")]
    [InlineData("false_positive")]
    [InlineData("resolved")]
    [InlineData("resolved_with_pedigree")]
    public void What_the_analysis_sets_aside_is_kept_with_its_reason(string state)
    {
        var suppressed = Assert.Single(Fixture.Accept("cyclonedx.json", root => Row(root, 2)["analysis"]!["state"] = state).Suppressed);

        Assert.Equal(("CVE-2026-0003", "openssl", Severity.Critical), (suppressed.Finding.Id, suppressed.Finding.Package.Name, suppressed.Finding.Severity));
        Assert.Equal((state, "analysis", "code_not_reachable"), (suppressed.Status, suppressed.Origin, suppressed.Statement));
    }

    [Theory]
    [InlineData("exploitable")]
    [InlineData("in_triage")]
    [InlineData("Not_Affected")]
    [InlineData("harmless")]
    [InlineData(null)]
    public void Any_other_analysis_leaves_it_live(string? state)
    {
        var report = Fixture.Accept("cyclonedx.json", root => Row(root, 2)["analysis"]!["state"] = state);

        Assert.Equal((4, 0), (report.Rows, report.Suppressed.Count));
    }

    [Fact]
    public void Versions_that_are_said_to_be_unaffected_leave_it_live() => Assert.Equal(
        3,
        Fixture.Accept("cyclonedx.json", root => Row(root, 0)["affects"]![0]!["versions"] =
            new JsonArray(new JsonObject { ["version"] = "3.0.11-1", ["status"] = "unaffected" })).Rows);

    public static TheoryData<string, Action<JsonObject>, string> Packages => new()
    {
        { "nothing affected", root => Row(root, 0).Remove("affects"), "" },
        { "a component that is not there", root => Affect(root, "elsewhere"), "elsewhere" },
        { "another document", root => Affect(root, "urn:cdx:11111111-2222-3333-4444-555555555555/2#openssl"), "urn:cdx:11111111-2222-3333-4444-555555555555/2#openssl" },
        { "this document", root => Affect(root, "urn:cdx:11111111-2222-3333-4444-555555555555/1#openssl"), "openssl" },
        { "the image itself", root => Affect(root, "image"), "registry.example.com/made-for-tests/app:1" },
    };

    [Theory, MemberData(nameof(Packages))]
    public void A_vulnerability_counts_whatever_it_refers_to(string because, Action<JsonObject> edit, string expected)
    {
        var finding = Fixture.Accept("cyclonedx.json", edit).Findings[0];

        Assert.True((finding.Id, finding.Severity) == ("CVE-2026-0001", Severity.Critical), because);
        Assert.Equal(expected, finding.Package.Name);
    }

    public static TheoryData<string, string, Severity> Ratings => new()
    {
        { "the highest word", """[{"severity":"low"},{"severity":"high"},{"severity":"medium"}]""", Severity.High },
        { "a word beside none", """[{"severity":"none"},{"severity":"medium"},{"severity":"Hgh"}]""", Severity.Medium },
        { "info", """[{"severity":"info"}]""", Severity.Negligible },
        { "a score alone", """[{"score":10,"method":"CVSSv3"}]""", Severity.Unknown },
        { "none", """[{"severity":"none"}]""", Severity.Unknown },
        { "no rating", "[]", Severity.Unknown },
    };

    [Theory, MemberData(nameof(Ratings))]
    public void The_highest_word_counts(string because, string ratings, Severity expected) => Assert.True(
        expected == Fixture.Accept("cyclonedx.json", root => Row(root, 0)["ratings"] = JsonNode.Parse(ratings)).Findings[0].Severity, because);

    public static TheoryData<string, Action<JsonObject>, string> Refused => new()
    {
        { "an older version", root => root["specVersion"] = "1.3", "'CycloneDX' '1.3'" },
        { "a later version", root => root["specVersion"] = "1.8", "only 1.4, 1.5, 1.6, 1.7 are accepted" },
        { "no version", root => root.Remove("specVersion"), "only 1.4" },
        { "another name", root => root["bomFormat"] = "cyclonedx", "'cyclonedx'" },
        { "two components of one reference", root => root["components"]![0]!["bom-ref"] = "openssl", "two components have the bom-ref 'openssl'" },
        { "no id", root => Row(root, 0).Remove("id"), "has no id" },
    };

    [Theory, MemberData(nameof(Refused))]
    public void What_does_not_hang_together_is_refused(string because, Action<JsonObject> edit, string expected)
    {
        var problem = Fixture.Refuse(Fixture.Edit("cyclonedx.json", edit), ReasonCode.ReportFormat);

        Assert.True(problem.Message.Contains(expected, StringComparison.Ordinal), $"{because}: {problem.Message}");
    }

    [Theory]
    [InlineData("pkg:oci/app@sha256%3A40F0D6A60CEE7B96AB22CF8C258B2C3655C8AD28CD6D3E377282DCCD2E49C04C")]
    [InlineData("pkg:oci/app@sha256%253A40f0d6a60cee7b96ab22cf8c258b2c3655c8ad28cd6d3e377282dccd2e49c04c")]
    [InlineData("pkg:oci/app@sha256:40f0")]
    [InlineData("pkg:oci/app@1.0")]
    public void A_package_URL_that_plays_tricks_binds_to_nothing(string purl) =>
        Assert.NotEmpty(Fixture.Accept("cyclonedx.json", root => Subject(root)["purl"] = purl).MalformedSubjects);

    [Fact]
    public void Grypes_rebuilt_manifest_is_no_repositorys_digest()
    {
        var report = Fixture.Accept("cyclonedx.json", root =>
        {
            Subject(root).Remove("purl");
            Subject(root).Remove("properties");
            Subject(root)["version"] = Manifest.ToString();
        });

        Assert.Equal(new ReportSubject(SubjectRole.Manifest, Manifest, null), Assert.Single(report.Subjects));
    }

    [Fact]
    public void What_is_no_container_names_no_image() =>
        Assert.Empty(Fixture.Accept("cyclonedx.json", root => Subject(root)["type"] = "application").Subjects);

    [Fact]
    public void A_document_without_tools_is_of_an_unnamed_scanner() =>
        Assert.Equal(new ScannerIdentity("unnamed", null), Fixture.Accept("cyclonedx.json", root => root["metadata"]!.AsObject().Remove("tools")).Scanner);

    [Fact]
    public void Tools_of_before_version_1_5_are_a_list() => Assert.Equal(
        new ScannerIdentity("dependency-track", "4"),
        Fixture.Accept("cyclonedx.json", root => root["metadata"]!["tools"] = JsonNode.Parse("""[{"name":"Dependency-Track","version":"4"}]""")).Scanner);

    private static JsonObject Row(JsonObject root, int row) => root["vulnerabilities"]![row]!.AsObject();

    private static JsonObject Subject(JsonObject root) => root["metadata"]!["component"]!.AsObject();

    private static void Affect(JsonObject root, string reference) => Row(root, 0)["affects"] = new JsonArray(new JsonObject { ["ref"] = reference });
}
