// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json.Nodes;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Scanning.Tests;

/// <summary>Snyk's reports of containers: one document, a list of them, and applications inside of one.</summary>
public sealed class SnykTests
{
    private const string File = "snyk.json";

    [Fact]
    public void A_report_is_read_whole()
    {
        var report = Fixture.Accept(File);

        Assert.Equal(("snyk", "Snyk JSON"), (report.Scanner.Name, report.Format));
        Assert.Null(report.Time);
        Assert.Empty(report.Subjects);
        Assert.Equal("linux/amd64", report.Platform?.ToString());
        Assert.Equal(42, report.Coverage.Packages);

        var finding = report.Findings[0];
        Assert.Equal(["CVE-2026-0001"], finding.Aliases);
        Assert.Equal(new Package("openssl/libssl3", "3.0.11-1", null, "debian:12"), finding.Package);
        Assert.Equal(("3.0.12-1", 9.8, 0.25), (finding.FixedVersion, finding.Cvss?.Score, finding.Epss));
        Assert.Equal("zlib", report.Findings[1].Package.Name);
        Assert.False(report.Findings[1].IsFixable);
    }

    [Fact]
    public void Findings_of_applications_count()
    {
        var finding = Fixture.Accept(File).Findings[2];

        Assert.Equal(("SNYK-JS-THING-0000004", Severity.High, "1.0.1, 2.0.0"), (finding.Id, finding.Severity, finding.FixedVersion));
        Assert.Equal(["GHSA-aaaa-bbbb-cccc"], finding.Aliases);
        Assert.Equal(["/app/package.json"], finding.Locations);
        Assert.Equal("npm", finding.Package.Type);
    }

    [Fact]
    public void What_was_filtered_out_is_set_aside_with_its_reason()
    {
        var suppressed = Assert.Single(Fixture.Accept(File).Suppressed);

        Assert.Equal(("CVE-2026-0003", Severity.Medium), (suppressed.Finding.Aliases[0], suppressed.Finding.Severity));
        Assert.Equal(("ignored", "cli", "made for tests"), (suppressed.Status, suppressed.Origin, suppressed.Statement));
        Assert.Equal("patched", Fixture.Accept(File, root =>
        {
            var row = root["filtered"]!["ignore"]![0]!.DeepClone();
            root["filtered"] = new JsonObject { ["patch"] = new JsonArray(row) };
        }).Suppressed[0].Status);
    }

    [Fact]
    public void A_licence_is_no_vulnerability()
    {
        var report = Fixture.Accept(File);

        Assert.Equal(3, report.Rows);
        Assert.Equal((OtherFindingKind.License, Severity.High, false), (report.OtherFindings[0].Kind, report.OtherFindings[0].Severity, report.OtherFindings[0].IsSetAside));
        Assert.Equal(1, report.Coverage.Licenses);
        Assert.True(Fixture.Accept(File, root => root["filtered"]!["ignore"]![0] = root["vulnerabilities"]![2]!.DeepClone()).OtherFindings[1].IsSetAside);
    }

    [Theory]
    [InlineData("high", "critical", Severity.Critical)]
    [InlineData("critical", "high", Severity.Critical)]
    [InlineData("high", null, Severity.High)]
    [InlineData(null, "low", Severity.Low)]
    [InlineData("low", "Hgh", Severity.Unknown)]
    [InlineData("Hgh", "low", Severity.Unknown)]
    public void Of_both_words_the_worse_counts(string? severity, string? withCritical, Severity expected) => Assert.Equal(
        expected,
        Fixture.Accept(File, root => (Row(root)["severity"], Row(root)["severityWithCritical"]) = (severity, withCritical)).Findings[0].Severity);

    [Fact]
    public void A_list_is_read_as_one_report()
    {
        var alone = Fixture.Accept(File);
        var report = Accept(Fixture.Node(File), Application());

        Assert.Equal(alone.Rows + 1, report.Rows);
        Assert.Equal("linux/amd64", report.Platform?.ToString());
        Assert.Equal(["/list/package.json"], report.Findings[^1].Locations);
        Assert.Single(report.Suppressed);
        Assert.Equal(1, report.Coverage.Licenses);
    }

    [Fact]
    public void In_a_list_no_document_may_be_without_its_findings()
    {
        var broken = Application();
        broken.Remove("vulnerabilities");
        Assert.Equal("a document of the report has no list of vulnerabilities", Assert.Single(Accept(Fixture.Node(File), broken).Coverage.Errors));

        var failed = new JsonObject { ["ok"] = false, ["error"] = "no such image", ["vulnerabilities"] = new JsonArray() };
        Assert.Equal("Snyk reports an error: no such image", Assert.Single(Accept(Fixture.Node(File), failed).Coverage.Errors));
    }

    [Theory]
    [InlineData("[{\"packageManager\":\"deb\",\"bomFormat\":1}]", "project")]
    [InlineData("[{\"packageManager\":\"deb\",\"Target\":1}]", "Snyk JSON and as a Trivy report")]
    public void The_marks_of_others_count_in_a_list_too(string document, string expected) => Assert.Contains(
        expected, Fixture.Refuse(document, ReasonCode.ReportFormat).Message, StringComparison.Ordinal);

    [Fact]
    public void A_list_of_several_images_binds_to_none()
    {
        var other = Fixture.Node(File);
        other["path"] = "registry.example.com/other:1";
        Assert.Equal("the report is of several images", Assert.Single(Accept(Fixture.Node(File), other).MalformedSubjects));

        var application = Application();
        application["path"] = "registry.example.com/made-for-tests/app:1/app";
        Assert.Empty(Accept(Fixture.Node(File), application).MalformedSubjects);
    }

    [Fact]
    public void A_digest_in_the_path_names_the_image()
    {
        var digest = Digest.Compute("x"u8);
        var subject = Assert.Single(Fixture.Accept(File, root => root["path"] = $"registry.example.com/app@{digest}").Subjects);

        Assert.Equal(new ReportSubject(SubjectRole.Repository, digest, "registry.example.com/app"), subject);
        Assert.NotEmpty(Fixture.Accept(File, root => root["path"] = "registry.example.com/app@sha256:test").MalformedSubjects);
        Assert.Empty(Fixture.Accept(File, root => root["path"] = "docker-archive:/builds/a@b.tar").MalformedSubjects);
    }

    [Fact]
    public void Findings_in_binaries_that_are_not_read_make_it_no_scan()
    {
        Assert.Empty(Fixture.Accept(File, root => root["docker"]!["binariesVulns"] = JsonNode.Parse("""{"issuesData":{}}""")).Coverage.Errors);
        Assert.Contains(
            "binaries",
            Assert.Single(Fixture.Accept(File, root => root["docker"]!["binariesVulns"] = JsonNode.Parse("""{"issuesData":{"npm:node:1":{}}}""")).Coverage.Errors),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 0, VulnerabilityCoverage.Empty)]
    [InlineData(40, 0, VulnerabilityCoverage.Scanned)]
    [InlineData(40, 3, VulnerabilityCoverage.NotScanned)]
    public void Without_findings_what_is_counted_tells(int packages, int findings, VulnerabilityCoverage expected) => Assert.Equal(
        expected,
        Fixture.Accept(File, root =>
        {
            root["vulnerabilities"] = new JsonArray();
            (root["dependencyCount"], root["uniqueCount"], root["applications"], root["filtered"]) = (packages, findings, null, null);
        }).Coverage.Vulnerabilities);

    [Fact]
    public void A_project_is_no_image() => Assert.Contains(
        "a project, not of a container image",
        Fixture.Refuse(Fixture.Edit(File, root => root.Remove("docker")), ReasonCode.ReportFormat).Message,
        StringComparison.Ordinal);

    private static ScanReport Accept(params JsonObject[] documents) =>
        Fixture.Accept(Encoding.UTF8.GetBytes(new JsonArray([.. documents]).ToJsonString()));

    private static JsonObject Application()
    {
        var application = Fixture.Node(File)["applications"]![0]!.DeepClone().AsObject();
        application.Remove("docker");
        application["targetFile"] = "/list/package.json";
        application["vulnerabilities"]![0]!["version"] = "9.0.0";
        return application;
    }

    private static JsonObject Row(JsonObject root) => root["vulnerabilities"]![0]!.AsObject();
}
