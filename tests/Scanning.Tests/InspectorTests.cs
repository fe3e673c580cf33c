// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Scanning.Tests;

/// <summary>Findings of Amazon Inspector, from its own API and from Security Hub.</summary>
public sealed class InspectorTests
{
    private static readonly Digest Manifest = Digest.Compute("made for tests: manifest"u8);

    [Fact]
    public void A_list_is_read_whole()
    {
        var report = Fixture.Accept("inspector.json");

        Assert.Equal((new ScannerIdentity("amazon-inspector", null), "Amazon Inspector JSON"), (report.Scanner, report.Format));
        Assert.Equal(new DateTimeOffset(2026, 11, 20, 8, 30, 0, TimeSpan.Zero), report.Time);
        Assert.Equal([new ReportSubject(SubjectRole.Repository, Manifest, null)], report.Subjects);
        Assert.Empty(report.MalformedSubjects);
        Assert.Equal(
            [
                "CVE-2026-0001 Critical openssl 3.0.11-1 0:3.0.15-1 ", "CVE-2026-0001 Critical libssl3 1:3.0.11-1 0:3.0.15-1 ",
                "CVE-2026-0002 Unknown left-pad 1.0.0  app/node_modules/left-pad/package.json",
            ],
            report.Findings.Select(finding =>
                $"{finding.Id} {finding.Severity} {finding.Package.Name} {finding.Package.Version} {finding.FixedVersion} {string.Join(',', finding.Locations)}"),
            StringComparer.Ordinal);
        Assert.All(report.Findings.Take(2), finding => Assert.Equal((new CvssScore(9.8, "CVSS:3.1/AV:N"), 0.25, "ACTIVE"), (finding.Cvss, finding.Epss, finding.Status)));
        Assert.False(report.Findings[2].IsFixable);
    }

    [Fact]
    public void A_finding_about_something_else_does_not_count_and_is_noted()
    {
        var report = Fixture.Accept("inspector.json");

        Assert.DoesNotContain(report.Findings, finding => finding.Id == "CVE-2026-0003");
        Assert.Equal("findings about something else than an image, which do not count: 1", Assert.Single(report.Notes));
    }

    [Fact]
    public void A_list_about_two_images_is_bound_to_neither()
    {
        var other = Digest.Compute("another image"u8);
        var report = Fixture.Accept("inspector.json", root => SetImage(root, 1, other.ToString()));

        Assert.Equal([Manifest, other], report.Subjects.Select(subject => subject.Digest));
        Assert.All([Manifest, other], digest => Assert.Equal(
            (BindingKind.Refused, ReasonCode.ReportSubjectMismatch), (Bind(report, digest).Kind, Bind(report, digest).Reason)));
        Assert.Equal(BindingKind.Proven, Bind(Fixture.Accept("inspector.json"), Manifest).Kind);
    }

    [Theory]
    [InlineData("hash")]
    [InlineData("name")]
    public void One_of_a_findings_two_digests_changed_alone_names_two_images(string which)
    {
        var report = Fixture.Accept("inspector.json", root =>
        {
            var resource = root["findings"]![0]!["resources"]![0]!;
            var other = Digest.Compute("another image"u8).ToString();
            if (which == "hash")
                resource["details"]!["awsEcrContainerImage"]!["imageHash"] = other;
            else
                resource["id"] = $"arn:aws:ecr:eu-west-1:111122223333:repository/other/{other}";
        });

        Assert.Equal(BindingKind.Refused, Bind(report, Manifest).Kind);
    }

    [Fact]
    public void A_finding_that_names_no_digest_counts_and_unbinds_the_list()
    {
        Action<JsonObject>[] edits =
        [
            root => root["findings"]![0]!["resources"] = new JsonArray(), root => root["findings"]![0]!.AsObject().Remove("resources"),
            root =>
            {
                root["findings"]![0]!["resources"]![0]!.AsObject().Remove("details");
                root["findings"]![0]!["resources"]![0]!["id"] = "arn";
            },
        ];
        foreach (var edit in edits)
        {
            var report = Fixture.Accept("inspector.json", edit);
            Assert.Equal(3, report.Rows);
            Assert.Equal("a finding names no image by its digest", Assert.Single(report.MalformedSubjects));
            Assert.Equal(ReasonCode.ReportUnbound, Bind(report, Manifest).Reason);
        }
    }

    [Fact]
    public void A_digest_that_is_none_unbinds_the_list() => Assert.Equal(
        ReasonCode.ReportUnbound, Bind(Fixture.Accept("inspector.json", root => SetImage(root, 0, "sha256:test")), Manifest).Reason);

    [Theory]
    [InlineData("AWS_LAMBDA_FUNCTION")]
    [InlineData(null)]
    public void What_has_the_digest_of_an_image_is_one_whatever_its_type(string? type)
    {
        var report = Fixture.Accept("inspector.json", root => root["findings"]![0]!["resources"]![0]!["type"] = type);

        Assert.Equal(3, report.Rows);
        Assert.Equal(BindingKind.Proven, Bind(report, Manifest).Kind);
    }

    [Fact]
    public void One_image_may_have_more_findings_than_a_report_may_have_digests()
    {
        static byte[] List(int count, Func<int, Digest> digest) => Fixture.Edit("inspector.json", root =>
        {
            var first = root["findings"]![0]!.DeepClone();
            root["findings"] = new JsonArray([.. Enumerable.Range(0, count).Select(_ => first.DeepClone())]);
            for (var i = 0; i < count; i++)
                SetImage(root, i, digest(i).ToString());
        });

        Assert.Single(Fixture.Accept(List(300, _ => Manifest)).Subjects);
        Assert.Contains("256 digests", Fixture.Refuse(List(257, i => Digest.Compute(BitConverter.GetBytes(i))), ReasonCode.ReportLimit).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_closed_finding_is_live()
    {
        var report = Fixture.Accept("inspector.json", root => root["findings"]![0]!["status"] = "CLOSED");

        Assert.Equal((3, "CLOSED"), (report.Rows, report.Findings[0].Status));
    }

    [Fact]
    public void A_suppressed_finding_is_set_aside_with_all_its_packages()
    {
        var report = Fixture.Accept("inspector.json", root => root["findings"]![0]!["status"] = "SUPPRESSED");

        Assert.Equal(1, report.Rows);
        Assert.Equal(["openssl", "libssl3"], report.Suppressed.Select(row => row.Finding.Package.Name));
        Assert.All(report.Suppressed, row => Assert.Equal(("SUPPRESSED", "suppression rule"), (row.Status, row.Origin)));
    }

    [Fact]
    public void A_fix_that_is_said_to_be_there_without_a_version_counts()
    {
        var report = Fixture.Accept("inspector.json", root => root["findings"]![1]!["fixAvailable"] = "YES");

        Assert.True(report.Findings[2] is { FixedVersion: null, IsFixable: true });
    }

    [Fact]
    public void An_exploit_that_was_seen_makes_it_exploited()
    {
        Assert.False(Fixture.Accept("inspector.json").Findings[0].IsKnownExploited);
        Assert.True(Fixture.Accept("inspector.json", root =>
            root["findings"]![0]!["exploitabilityDetails"] = new JsonObject { ["lastKnownExploitAt"] = "2026-11-01T00:00:00Z" }).Findings[0].IsKnownExploited);
        Assert.True(Fixture.Accept("security-hub.json", root =>
            root["Findings"]![0]!["Vulnerabilities"]![0]!["LastKnownExploitAt"] = "2026-11-01T00:00:00Z").Findings[0].IsKnownExploited);
    }

    [Fact]
    public void Related_vulnerabilities_are_aliases() => Assert.Equal(
        ["CVE-2026-0008"],
        Fixture.Accept("inspector.json", root => root["findings"]![0]!["packageVulnerabilityDetails"]!["relatedVulnerabilities"] = new JsonArray("cve-2026-0008")).Findings[1].Aliases);

    [Fact]
    public void A_finding_about_an_image_without_a_vulnerability_is_refused() => Fixture.Refuse(
        Fixture.Edit("inspector.json", root => root["findings"]![0]!.AsObject().Remove("packageVulnerabilityDetails")), ReasonCode.ReportFormat);

    [Fact]
    public void Resources_of_a_finding_end_at_the_limit() => Assert.Contains(
        "more than 256 resources",
        Fixture.Refuse(
            Fixture.Edit("inspector.json", root => root["findings"]![0]!["resources"] = new JsonArray([.. Enumerable.Range(0, 257).Select(_ => new JsonObject())])),
            ReasonCode.ReportLimit).Message,
        StringComparison.Ordinal);

    [Fact]
    public void Findings_of_Security_Hub_are_read_whole()
    {
        var report = Fixture.Accept("security-hub.json");

        Assert.Equal((new ScannerIdentity("amazon-inspector", null), "AWS Security Hub JSON"), (report.Scanner, report.Format));
        Assert.Equal(new DateTimeOffset(2026, 11, 20, 8, 30, 0, TimeSpan.Zero), report.Time);
        Assert.Equal([new ReportSubject(SubjectRole.Repository, Manifest, null)], report.Subjects);
        Assert.Equal(("openssl", "3.0.11-1", "0:3.0.15-1"), (report.Findings[0].Package.Name, report.Findings[0].Package.Version, report.Findings[0].FixedVersion));
        Assert.Equal((new CvssScore(9.8, "CVSS:3.1/AV:N"), 0.25, "ACTIVE"), (report.Findings[0].Cvss, report.Findings[0].Epss, report.Findings[0].Status));
        Assert.True(report.Findings[1] is { Severity: Severity.Unknown, SeverityWord: "INFORMATIONAL", FixedVersion: null });
    }

    [Fact]
    public void Packages_of_Security_Hub_have_all_that_Inspector_says_of_them()
    {
        var finding = Fixture.Accept("security-hub.json", root =>
        {
            var vulnerability = root["Findings"]![0]!["Vulnerabilities"]![0]!;
            vulnerability["RelatedVulnerabilities"] = new JsonArray("CVE-2026-0008");
            var package = vulnerability["VulnerablePackages"]![0]!;
            (package["Epoch"], package["FilePath"], package["FixedInVersion"]) = ("1", "app/x.jar", "NotAvailable");
        }).Findings[0];

        Assert.Equal(("1:3.0.11-1", "OS", null, true), (finding.Package.Version, finding.Package.Type, finding.FixedVersion, finding.IsFixable));
        Assert.Equal(["app/x.jar"], finding.Locations);
        Assert.Equal(["CVE-2026-0008"], finding.Aliases);
    }

    [Theory]
    [InlineData("INFORMATIONAL")]
    [InlineData(" informational")]
    [InlineData("Info")]
    public void What_Security_Hub_calls_informational_is_unknown(string word) => Assert.Equal(
        Severity.Unknown, Fixture.Accept("security-hub.json", root => FormatCase.Of("security-hub.json").SetSeverity(root, word)).Findings[0].Severity);

    [Fact]
    public void The_severity_is_the_providers_and_not_what_its_customer_made_of_it()
    {
        Assert.Equal(
            Severity.Critical, Fixture.Accept("security-hub.json", root => root["Findings"]![0]!["Severity"]!["Label"] = "LOW").Findings[0].Severity);
        Assert.Equal(
            Severity.High,
            Fixture.Accept("security-hub.json", root =>
            {
                root["Findings"]![0]!["Severity"]!["Label"] = "HIGH";
                root["Findings"]![0]!.AsObject().Remove("FindingProviderFields");
            }).Findings[0].Severity);
    }

    [Theory]
    [InlineData("Workflow", "SUPPRESSED", 1)]
    [InlineData("ProductFields", "SUPPRESSED", 1)]
    [InlineData("Workflow", "RESOLVED", 0)]
    [InlineData("RecordState", "ARCHIVED", 0)]
    public void Only_what_is_suppressed_is_set_aside(string member, string status, int count)
    {
        var report = Fixture.Accept("security-hub.json", root =>
        {
            var finding = root["Findings"]![0]!;
            if (member == "RecordState")
                finding[member] = status;
            else
                finding[member]![member == "Workflow" ? "Status" : "aws/inspector/FindingStatus"] = status;
        });

        Assert.Equal((2 - count, count), (report.Rows, report.Suppressed.Count));
    }

    [Fact]
    public void Another_version_of_Security_Hubs_form_is_refused() => Assert.Contains(
        "2018-10-08",
        Fixture.Refuse(Fixture.Edit("security-hub.json", root => root["Findings"]![1]!["SchemaVersion"] = "2026-01-01"), ReasonCode.ReportFormat).Message,
        StringComparison.Ordinal);

    private static void SetImage(JsonObject root, int finding, string digest)
    {
        var resource = root["findings"]![finding]!["resources"]![0]!;
        resource["details"]!["awsEcrContainerImage"]!["imageHash"] = digest;
        resource["id"] = $"arn:aws:ecr:eu-west-1:111122223333:repository/other/{digest}";
    }

    private static BindingResult Bind(ScanReport report, Digest manifest) => ReportBinding.Bind(
        report, new BindingImage(manifest, IsIndex: false, [new BindingPlatform(manifest, Digest.Compute("config"u8), null)]));
}
