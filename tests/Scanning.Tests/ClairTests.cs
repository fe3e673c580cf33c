// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json.Nodes;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Scanning.Tests;

public sealed class ClairTests
{
    private static readonly Digest Manifest = Digest.Compute("made for tests: manifest"u8);

    [Fact]
    public void A_report_of_version_4_is_read_whole()
    {
        var report = Fixture.Accept("clair.json");

        Assert.Equal((new ScannerIdentity("clair", null), "Clair 4 JSON"), (report.Scanner, report.Format));
        Assert.Null(report.Time);
        Assert.Equal([new ReportSubject(SubjectRole.Manifest, Manifest, null)], report.Subjects);
        Assert.Equal(
            ["CVE-2026-0001 Critical openssl 3.0.11-1 3.0.15-1 ", "DSA-6001-1 Negligible openssl 3.0.11-1  CVE-2026-0004,CVE-2026-0006"],
            report.Findings.Select(finding =>
                $"{finding.Id} {finding.Severity} {finding.Package.Name} {finding.Package.Version} {finding.FixedVersion} {string.Join(',', finding.Aliases)}"),
            StringComparer.Ordinal);
        Assert.Equal((new CvssScore(9.8, "CVSS:3.1/AV:N"), 0.25, false), (report.Findings[0].Cvss, report.Findings[0].Epss, report.Findings[0].IsKnownExploited));
        Assert.Equal((null, true), (report.Findings[1].Epss, report.Findings[1].IsKnownExploited));
        Assert.Equal(["var/lib/dpkg/status"], report.Findings[0].Locations);
        Assert.Equal((2, "debian", "12"), (report.Coverage.Packages, report.Coverage.OsFamily, report.Coverage.OsVersion));
    }

    [Theory]
    [InlineData("RHSA-2026:6457: python3 security update (Moderate)", "RHSA-2026:6457", "CVE-2026-0001")]
    [InlineData("pyup.io-42559 (CVE-2026-3572)", "pyup.io-42559", "CVE-2026-3572")]
    [InlineData("CVE-2026-0001", "CVE-2026-0001", null)]
    public void A_name_begins_with_the_id(string name, string id, string? alias)
    {
        var finding = Fixture.Accept("clair.json", root =>
        {
            root["vulnerabilities"]!["100"]!["name"] = name;
            root["vulnerabilities"]!["100"]!["links"] = id.StartsWith("RHSA", StringComparison.Ordinal) ? "https://example.com/CVE-2026-0001" : "";
        }).Findings[0];

        Assert.Equal(id, finding.Id);
        Assert.Equal(alias ?? "", string.Join(',', finding.Aliases));
    }

    [Fact]
    public void What_only_a_description_mentions_is_no_alias() => Assert.DoesNotContain(
        "CVE-2020-1111", Fixture.Accept("clair.json").Findings.SelectMany(finding => finding.Aliases), StringComparer.Ordinal);

    [Fact]
    public void A_vulnerability_that_no_package_is_named_for_counts()
    {
        var report = Fixture.Accept("clair.json", root => root["package_vulnerabilities"] = new JsonObject());

        Assert.Equal(2, report.Rows);
        Assert.All(report.Findings, finding => Assert.Equal("", finding.Package.Name));
        Assert.Equal(2, Fixture.Accept("clair.json", root => root["packages"] = new JsonObject()).Rows);
    }

    [Fact]
    public void A_package_with_a_vulnerability_that_is_not_listed_is_refused()
    {
        foreach (var id in new[] { "100", "101" })
        {
            Assert.Contains(
                $"'{id}', which is not listed",
                Fixture.Refuse(Fixture.Edit("clair.json", root => root["vulnerabilities"]!.AsObject().Remove(id)), ReasonCode.ReportFormat).Message,
                StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Packages_without_vulnerabilities_are_a_scan()
    {
        var report = Fixture.Accept("clair.json", root =>
            (root["package_vulnerabilities"], root["vulnerabilities"]) = (new JsonObject(), new JsonObject()));

        Assert.Equal((VulnerabilityCoverage.Scanned, 0), (report.Coverage.Vulnerabilities, report.Rows));
    }

    [Fact]
    public void What_enriches_vulnerabilities_ends_at_the_limit()
    {
        static string Maps(int from, int count) =>
            $"{{{string.Join(',', Enumerable.Range(from, count).Select(i => $"\"{i}\":[]"))}}}";
        var maps = string.Join(',', Enumerable.Range(0, 10).Select(i => Maps(i * 10_000, 10_000)));

        Assert.Equal(0, Fixture.Accept(Encoding.UTF8.GetBytes($$"""{"manifest_hash":"","enrichments":{"x":[{{maps}}]} }""")).Rows);
        Fixture.Refuse($$"""{"manifest_hash":"","enrichments":{"x":[{{maps}},{"more":[]}]} }""", ReasonCode.ReportLimit);
    }

    [Fact]
    public void A_manifest_hash_that_is_none_unbinds_the_report() => Assert.Single(
        Fixture.Accept("clair.json", root => root["manifest_hash"] = "sha256:test").MalformedSubjects);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_layer_is_read_whole_as_Clair_and_as_Quay_has_it(bool isOfQuay)
    {
        var root = Fixture.Node("clair-layer.json");
        var report = Fixture.Accept(Encoding.UTF8.GetBytes((isOfQuay ? root : root["data"]!).ToJsonString()));

        Assert.Equal((new ScannerIdentity("clair", null), "Clair layer JSON"), (report.Scanner, report.Format));
        Assert.Empty(report.Subjects);
        Assert.Equal((VulnerabilityCoverage.Scanned, 2), (report.Coverage.Vulnerabilities, report.Coverage.Packages));
        Assert.Equal(
            [("CVE-2026-0001", Severity.Critical, "openssl", "3.0.11-1", "3.0.15-1", "dpkg"), ("CVE-2026-0002", Severity.Critical, "openssl", "3.0.11-1", null, "dpkg")],
            report.Findings.Select(finding =>
                (finding.Id, finding.Severity, finding.Package.Name, finding.Package.Version, finding.FixedVersion, finding.Package.Type)));
    }

    [Theory]
    [InlineData("queued")]
    [InlineData("failed")]
    [InlineData("unsupported")]
    [InlineData(null)]
    public void What_Quay_has_not_scanned_is_no_scan(string? status) => Assert.Contains(
        $"'{status ?? "(none)"}', not scanned",
        Fixture.Accept("clair-layer.json", root => root["status"] = status).Coverage.Because,
        StringComparison.Ordinal);

    [Fact]
    public void Two_layers_in_one_document_are_refused() => Fixture.Refuse(
        Fixture.Edit("clair-layer.json", root => root["Layer"] = root["data"]!["Layer"]!.DeepClone()), ReasonCode.ReportFormat);

    [Fact]
    public void Reports_of_klar_and_clair_scanner_are_read_whole()
    {
        var (klar, scanner) = (Fixture.Accept("klar.json"), Fixture.Accept("clair-scanner.json"));

        Assert.Equal(
            (new ScannerIdentity("klar", null), "klar JSON", new ScannerIdentity("clair-scanner", null), "clair-scanner JSON"),
            (klar.Scanner, klar.Format, scanner.Scanner, scanner.Format));
        foreach (var report in new[] { klar, scanner })
        {
            Assert.Empty(report.Subjects);
            Assert.Equal(
                ["CVE-2026-0001 openssl 3.0.11-1 3.0.15-1", "CVE-2026-0002 zlib1g 1.2.13 "],
                report.Findings.Select(finding => $"{finding.Id} {finding.Package.Name} {finding.Package.Version} {finding.FixedVersion}"),
                StringComparer.Ordinal);
        }
    }

    [Fact]
    public void Klar_sorts_by_severity_and_the_row_decides() => Assert.Equal(
        Severity.Critical, Fixture.Accept("klar.json", root => root["Vulnerabilities"]!["Critical"]![0]!["Severity"] = "Defcon1").Findings[0].Severity);

    [Fact]
    public void Unapproved_vulnerabilities_that_are_not_described_are_noted() => Assert.Equal(
        "3 vulnerabilities are unapproved, of which the report describes 2",
        Assert.Single(Fixture.Accept("clair-scanner.json", root => root["unapproved"] = new JsonArray("a", "b", "c")).Notes));

    [Fact]
    public void An_image_of_which_clair_scanner_lists_nothing_was_scanned() => Assert.Equal(
        VulnerabilityCoverage.Scanned,
        Fixture.Accept("clair-scanner.json", root => (root["vulnerabilities"], root["unapproved"]) = (new JsonArray(), new JsonArray())).Coverage.Vulnerabilities);
}
