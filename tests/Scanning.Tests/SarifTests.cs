// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Scanning.Tests;

public sealed class SarifTests
{
    private static readonly Digest Manifest = Digest.Compute("made for tests: manifest"u8);

    [Fact]
    public void Trivys_log_is_read_whole()
    {
        var report = Fixture.Accept("sarif.json");

        Assert.Equal(new ScannerIdentity("trivy", "0.58.1"), report.Scanner);
        Assert.Equal("SARIF 2.1.0", report.Format);
        Assert.Equal(new DateTimeOffset(2026, 11, 20, 8, 30, 0, TimeSpan.Zero), report.Time);
        Assert.Equal(
            [
                new ReportSubject(SubjectRole.Repository, Manifest, "registry.example.com/made-for-tests/app"),
                new ReportSubject(SubjectRole.Config, Digest.Compute("made for tests: config"u8), null),
            ],
            report.Subjects);
        Assert.Equal(["openssl 3.0.11-1 3.0.20-1 Critical", "libssl3 3.0.11-1  High"], report.Findings.Select(Describe), StringComparer.Ordinal);
        Assert.Equal(["made-for-tests/app"], report.Findings[0].Locations);
        Assert.Null(report.Findings[0].Cvss);
        var suppressed = Assert.Single(report.Suppressed);
        Assert.Equal(("CVE-2026-0002", "suppressed", "external", "made for tests"), (suppressed.Finding.Id, suppressed.Status, suppressed.Origin, suppressed.Statement));
        Assert.Equal(new OtherFinding(OtherFindingKind.Secret, "private-key", Severity.High, "a key", "made-for-tests/app"), Assert.Single(report.OtherFindings));
        Assert.Equal(1, report.Coverage.Secrets);
    }

    [Fact]
    public void Grypes_rules_come_after_its_results_and_name_package_and_vulnerability()
    {
        var report = Fixture.Accept("sarif-grype.json");

        Assert.Equal(new ScannerIdentity("grype", "0.87.0"), report.Scanner);
        Assert.Equal(["openssl 3.0.11-1 3.0.20-1 Critical", "zlib1g 1:1.2.13  Unknown"], report.Findings.Select(Describe), StringComparer.Ordinal);
        Assert.Equal(["CVE-2026-0001", "CVE-2026-0002"], report.Findings.Select(finding => finding.Id), StringComparer.Ordinal);
        Assert.Equal("low", report.Findings[1].SeverityWord);
        Assert.Contains("low, negligible or unknown", Assert.Single(report.Notes), StringComparison.Ordinal);
        Assert.Empty(report.Subjects);
    }

    [Fact]
    public void Snyks_second_run_counts_and_what_it_cannot_tell_counts_as_fixable()
    {
        var report = Fixture.Accept("sarif-snyk.json");

        Assert.Equal(["openssl/libssl3 3.0.11-1  Critical", "left-pad 1.0.0  Low"], report.Findings.Select(Describe), StringComparer.Ordinal);
        Assert.Equal(["CVE-2026-0001", "CVE-2026-0009"], report.Findings[0].Aliases, StringComparer.Ordinal);
        Assert.All(report.Findings, finding => Assert.True(finding is { IsFixUnknown: true, IsFixable: true, FixedVersion: null }));
        Assert.Equal(new ReportSubject(SubjectRole.Repository, Manifest, "registry.example.com/made-for-tests/app"), Assert.Single(report.Subjects));
    }

    [Fact]
    public void Docker_Scouts_packages_are_package_URLs()
    {
        var report = Fixture.Accept("sarif-scout.json");

        Assert.Equal(new ScannerIdentity("docker-scout", "1.15.0"), report.Scanner);
        Assert.Equal(["debian/openssl 3.0.11-1 3.0.20-1 Critical", "@scope/left-pad 1.0.0  Unknown"], report.Findings.Select(Describe), StringComparer.Ordinal);
        Assert.False(report.Findings[1].IsFixable);
        Assert.Empty(report.Notes);
    }

    public static TheoryData<string, Action<JsonObject>, string> Refused => new()
    {
        { "another version", root => root["version"] = "2.0.0", "only 2.1.0 is accepted, this is '2.0.0'" },
        { "no version", root => root.Remove("version"), "only 2.1.0" },
        { "no run", root => root["runs"] = new JsonArray(), "no run" },
        { "runs of two scanners", root => root["runs"]!.AsArray().Add(Fixture.Node("sarif-grype.json")["runs"]![0]!.DeepClone()), "of Trivy and of grype" },
        { "a rule index beyond the rules", root => Result(root)["ruleIndex"] = 9, "another rule than it names" },
        { "a rule index of another rule", root => Result(root)["ruleIndex"] = 1, "another rule than it names" },
        { "two rules of one id", root => Rules(root).Add(Rules(root)[0]!.DeepClone()), "two rules have the id 'CVE-2026-0001'" },
        { "a result of no rule", root => { Result(root).Remove("ruleId"); Result(root).Remove("ruleIndex"); }, "names no vulnerability" },
    };

    [Theory, MemberData(nameof(Refused))]
    public void What_does_not_hang_together_is_refused(string because, Action<JsonObject> edit, string expected)
    {
        var problem = Fixture.Refuse(Fixture.Edit("sarif.json", edit), ReasonCode.ReportFormat);

        Assert.True(problem.Message.Contains(expected, StringComparison.Ordinal), $"{because}: {problem.Message}");
    }

    [Fact]
    public void A_rule_of_Grypes_without_its_vulnerability_is_refused() => Fixture.Refuse(
        Fixture.Edit("sarif-grype.json", root => Rules(root)[0]!["help"]!["text"] = "Severity: low"), ReasonCode.ReportFormat);

    [Theory]
    [InlineData("Acme Linter")]
    [InlineData("Trivy ")]
    [InlineData("Snyk Code")]
    [InlineData(null)]
    public void Another_tool_is_refused_by_its_name(string? driver)
    {
        var problem = Fixture.Refuse(
            Fixture.Edit("sarif.json", root => root["runs"]![0]!["tool"]!["driver"]!["name"] = driver), ReasonCode.ReportScannerNotAccepted);

        Assert.StartsWith($"this is SARIF of '{driver ?? "(none)"}'; SARIF is accepted of Trivy,", problem.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, Action<JsonObject>> Partial => new()
    {
        { "a run that was not successful", root => Run(root)["invocations"]![0]!["executionSuccessful"] = false },
        { "a run that does not tell", root => Run(root)["invocations"]![0]!["executionSuccessful"] = null },
        { "an error of the tool", root => Run(root)["invocations"]![0]!["toolExecutionNotifications"] = new JsonArray(new JsonObject { ["level"] = "error" }) },
        { "results elsewhere", root => Run(root)["externalPropertyFileReferences"] = new JsonObject { ["results"] = new JsonArray() } },
        { "results beside the runs", root => root["inlineExternalProperties"] = new JsonArray() },
        { "a second run without results", root => root["runs"]!.AsArray().Add(new JsonObject { ["tool"] = Run(root)["tool"]!.DeepClone() }) },
    };

    [Theory, MemberData(nameof(Partial))]
    public void A_log_that_is_not_whole_is_no_scan(string because, Action<JsonObject> edit)
    {
        var coverage = Fixture.Accept("sarif.json", edit).Coverage;

        Assert.True(coverage.Vulnerabilities == VulnerabilityCoverage.NotScanned, because);
        Assert.Equal(coverage.Because, Assert.Single(coverage.Errors));
    }

    public static TheoryData<string, Action<JsonObject>> Live => new()
    {
        { "level none", root => Result(root)["level"] = "none" },
        { "kind pass", root => Result(root)["kind"] = "pass" },
        { "baseline absent", root => Result(root)["baselineState"] = "absent" },
        { "no suppression", root => Result(root)["suppressions"] = new JsonArray() },
        { "a rejected suppression", root => Result(root)["suppressions"] = Suppressions("rejected") },
        { "a suppression under review", root => Result(root)["suppressions"] = Suppressions("accepted", "underReview") },
    };

    [Theory, MemberData(nameof(Live))]
    public void A_result_stays_live(string because, Action<JsonObject> edit)
    {
        var report = Fixture.Accept("sarif.json", edit);

        Assert.True(report.Findings is [{ Severity: Severity.Critical, Package.Name: "openssl" }, ..], because);
        Assert.Equal(2, report.Rows);
    }

    [Fact]
    public void A_severity_that_is_said_twice_is_unknown() => Assert.Equal(
        Severity.Unknown,
        Fixture.Accept("sarif.json", root => Result(root)["message"]!["text"] = "Package: x\nSeverity: LOW\nVulnerability CVE-2026-0001\nSeverity: CRITICAL").Findings[0].Severity);

    [Fact]
    public void A_text_that_the_tool_does_not_need_may_be_longer_than_what_is_kept()
    {
        var report = Fixture.Accept("sarif.json", root => Rules(root)[0]!["fullDescription"] = Long());

        Assert.Equal(Fixture.Accept("sarif.json").Findings.Count, report.Findings.Count);
    }

    public static TheoryData<string, string, Action<JsonObject>> TooLong => new()
    {
        { "trivy's message", "sarif.json", root => Result(root)["message"] = Long() },
        { "grype's help", "sarif-grype.json", root => Rules(root)[0]!["help"] = Long() },
        { "snyk's full description", "sarif-snyk.json", root => Rules(root)[0]!["fullDescription"] = Long() },
        { "a tool that is named after its rules", "sarif.json", root =>
            {
                var driver = Run(root)["tool"]!["driver"]!.AsObject();
                Rules(root)[0]!["fullDescription"] = Long();
                driver.Remove("name", out var name);
                driver.Add("name", name);
            }
        },
    };

    [Theory, MemberData(nameof(TooLong))]
    public void A_text_that_is_needed_or_may_be_has_to_be_within_the_limit(string because, string fixture, Action<JsonObject> edit)
    {
        var problem = Fixture.Refuse(Fixture.Edit(fixture, edit), ReasonCode.ReportLimit);

        Assert.True(problem.Message.Contains($"longer than {Limits.ReportStringLength} bytes", StringComparison.Ordinal), $"{because}: {problem.Message}");
    }

    [Fact]
    public void Secrets_alone_are_no_scan_for_vulnerabilities() => Assert.Equal(
        VulnerabilityCoverage.NotScanned,
        Fixture.Accept("sarif.json", root => Run(root)["results"]!.AsArray().RemoveRange(0, 3)).Coverage.Vulnerabilities);

    [Fact]
    public void A_place_by_which_Grype_names_a_digest_is_the_image()
    {
        var report = Fixture.Accept("sarif-grype.json", root => Result(root)["locations"]![0]!["logicalLocations"] =
            new JsonArray(new JsonObject { ["fullyQualifiedName"] = $"app@{Manifest}@sha256:{new string('0', 64)}:/x" }));

        Assert.Equal(new ReportSubject(SubjectRole.Repository, Manifest, "app"), Assert.Single(report.Subjects));
    }

    private static JsonObject Long() => new() { ["text"] = new string('x', Limits.ReportStringLength + 1) };

    private static JsonObject Run(JsonObject root) => root["runs"]![0]!.AsObject();

    private static JsonObject Result(JsonObject root) => Run(root)["results"]![0]!.AsObject();

    private static JsonArray Rules(JsonObject root) => Run(root)["tool"]!["driver"]!["rules"]!.AsArray();

    private static JsonArray Suppressions(params string[] statuses) =>
        [.. statuses.Select(status => (JsonNode)new JsonObject { ["kind"] = "external", ["status"] = status })];

    private static string Describe(Finding finding) =>
        $"{finding.Package.Name} {finding.Package.Version} {finding.FixedVersion} {finding.Severity}";
}
