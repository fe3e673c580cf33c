// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json.Nodes;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Scanning.Tests;

public sealed class GrypeTests
{
    [Fact]
    public void A_report_is_read_whole()
    {
        var content = Fixture.Bytes("grype.json");
        var report = Fixture.Accept(content);

        Assert.Equal(new ScannerIdentity("grype", "0.94.0"), report.Scanner);
        Assert.Equal("Grype JSON", report.Format);
        Assert.Equal(new DateTimeOffset(2026, 11, 20, 9, 30, 0, 500, TimeSpan.Zero), report.Time);
        Assert.Equal(new DateTimeOffset(2026, 11, 19, 4, 12, 38, TimeSpan.Zero), report.DatabaseTime);
        Assert.Equal(new Platform("linux", "arm64"), report.Platform);
        Assert.Equal(Digest.Compute(content), report.Digest);
        Assert.Equal(3, report.Rows);
        Assert.Empty(report.MalformedSubjects);
        Assert.Equal(
            [SubjectRole.Repository, SubjectRole.Manifest, SubjectRole.Config],
            report.Subjects.Select(subject => subject.Role));
        Assert.Equal("registry.example.com/made-for-tests/app", report.Subjects[0].Name);
    }

    [Fact]
    public void A_match_becomes_a_finding()
    {
        var findings = Fixture.Accept("grype.json").Findings;

        Assert.Equal(
            new Package("openssl", "3.0.11-1", "pkg:deb/debian/openssl@3.0.11-1?arch=arm64", "deb"), findings[0].Package);
        Assert.Equal(Severity.Critical, findings[0].Severity);
        Assert.Equal("3.0.20-1, 3.1.0", findings[0].FixedVersion);
        Assert.Equal(["/var/lib/dpkg/status", "/usr/share/doc/openssl/copyright"], findings[0].Locations);
        Assert.Equal(Severity.Negligible, findings[1].Severity);
        Assert.Equal("wont-fix", findings[1].Status);
        Assert.False(findings[1].IsFixable);
        Assert.Equal(["CVE-2026-0005"], findings[2].Aliases);
    }

    [Fact]
    public void Ignored_matches_are_kept_apart_with_the_rule_that_applied()
    {
        var suppressed = Fixture.Accept("grype.json").Suppressed;

        Assert.Equal(["CVE-2026-0006", "CVE-2026-0007"], suppressed.Select(entry => entry.Finding.Id), StringComparer.Ordinal);
        Assert.Equal(("ignored", "ignore rule", null), (suppressed[0].Status, suppressed[0].Origin, suppressed[0].Statement));
        Assert.Equal(
            ("not_affected", "VEX document", "component_not_present"),
            (suppressed[1].Status, suppressed[1].Origin, suppressed[1].Statement));
    }

    [Fact]
    public void Moving_matches_to_the_ignored_ones_loses_none()
    {
        var report = Fixture.Accept("grype.json", root =>
        {
            foreach (var match in root["matches"]!.AsArray())
                root["ignoredMatches"]!.AsArray().Add(match!.DeepClone());
            root["matches"] = new JsonArray();
        });

        Assert.Empty(report.Findings);
        Assert.Equal(5, report.Suppressed.Count);
        Assert.Contains(report.Suppressed, entry => entry.Finding is { Id: "CVE-2026-0001", Severity: Severity.Critical });
    }

    [Fact]
    public void A_report_of_version_0_7_is_read()
    {
        var report = Fixture.Accept("grype-old.json");

        Assert.Equal("0.7.0", report.Scanner.Version);
        Assert.Null(report.Time);
        Assert.Null(report.DatabaseTime);
        Assert.Equal("2.0", Assert.Single(report.Findings).FixedVersion);
        Assert.Null(report.Coverage.Filters);
    }

    [Fact]
    public void The_platform_comes_from_the_configuration_it_carries_when_it_names_none()
    {
        Assert.Equal(new Platform("linux", "arm64", "v8"), Fixture.Accept("grype-old.json").Platform);
        Assert.Null(Fixture.Accept("grype-old.json", root => Target(root)["config"] = Base64("""{"os":"linux","architecture":"s390x"}""")).Platform);
    }

    [Fact]
    public void What_was_left_out_is_told()
    {
        Assert.Equal(
            new ScanFilters(false, false, false, 3, 0, 0, "squashed"), Fixture.Accept("grype.json").Coverage.Filters);

        var filtered = Fixture.Accept("grype.json", root =>
        {
            var configuration = root["descriptor"]!["configuration"]!;
            configuration["only-fixed"] = true;
            configuration["only-notfixed"] = true;
            configuration["ignore-wontfix"] = "true";
            configuration["ignore"] = null;
            configuration["exclude"] = new JsonArray("./usr/**", "./opt/**");
            configuration["vex-documents"] = new JsonArray("vex.json");
            configuration["search"]!["scope"] = "all-layers";
        });

        Assert.Equal(new ScanFilters(true, true, true, 0, 2, 1, "all-layers"), filtered.Coverage.Filters);
    }

    public static TheoryData<string, Action<JsonObject>, VulnerabilityCoverage> Coverages => new()
    {
        { "no matches in an image", root => Empty(root), VulnerabilityCoverage.Scanned },
        { "no matches, source unknown", root => { Empty(root); root["source"] = JsonNode.Parse("""{"type":"unknown","target":"unknown"}"""); }, VulnerabilityCoverage.Empty },
        { "no matches, source unnamed", root => { Empty(root); root["source"] = new JsonObject { ["target"] = "x" }; }, VulnerabilityCoverage.Empty },
        { "no matches in a directory", root => { Empty(root); root["source"] = JsonNode.Parse("""{"type":"directory","target":"/srv"}"""); }, VulnerabilityCoverage.Scanned },
        { "matches null", root => { Empty(root); root["matches"] = null; }, VulnerabilityCoverage.NotScanned },
        { "a database with an error", root => root["descriptor"]!["db"]!["error"] = "stale", VulnerabilityCoverage.NotScanned },
    };

    [Theory, MemberData(nameof(Coverages))]
    public void Coverage_tells_whether_anything_was_scanned(string because, Action<JsonObject> edit, VulnerabilityCoverage expected)
    {
        var coverage = Fixture.Accept("grype.json", edit).Coverage;

        Assert.True(expected == coverage.Vulnerabilities, $"{because}: {coverage.Vulnerabilities}, {coverage.Because}");
    }

    [Fact]
    public void A_distribution_at_its_end_of_life_is_told()
    {
        var report = Fixture.Accept("grype.json", root => root["alertsByPackage"] = JsonNode.Parse(
            """[{"package":{"name":"bash"},"alerts":[{"type":"distro-unknown"},{"type":"distro-eol","message":"x"}]}]"""));

        Assert.True(report.Coverage.OsEndOfLife);
        Assert.False(Fixture.Accept("grype.json").Coverage.OsEndOfLife);
    }

    [Theory]
    [InlineData("manifestDigest")]
    [InlineData("imageID")]
    public void A_digest_changed_alone_contradicts_what_the_report_carries(string member)
    {
        var report = Fixture.Accept("grype.json", root => Target(root)[member] = Digest.Compute("another"u8).ToString());

        Assert.Contains(report.MalformedSubjects, problem => problem.Contains(member, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("manifest")]
    [InlineData("config")]
    public void Carried_content_changed_alone_contradicts_the_digests(string member)
    {
        var report = Fixture.Accept("grype.json", root => Target(root)[member] = Base64("""{"config":{"digest":"sha256:00"}}"""));

        Assert.NotEmpty(report.MalformedSubjects);
    }

    [Theory]
    [InlineData("not base64 at all!")]
    [InlineData("e30")]
    [InlineData("")]
    public void Carried_content_that_cannot_be_read_is_passed_over(string content)
    {
        var report = Fixture.Accept("grype.json", root => Target(root)["config"] = content);

        Assert.Empty(report.MalformedSubjects);
        Assert.Equal(3, report.Subjects.Count);
    }

    public static TheoryData<string, string> MalformedDigests => new()
    {
        { "redacted", "REDACTED" },
        { "a word for a digest", "sha256:test" },
        { "forty digits", "sha256:" + new string('0', 40) },
        { "a letter beyond hexadecimal", "sha256:" + new string('g', 64) },
        { "capitals", "sha256:" + new string('A', 64) },
        { "another algorithm", "sha512:" + new string('0', 128) },
        { "percent-encoded", "sha256%3A" + new string('0', 64) },
        { "twice encoded", "sha256%253A" + new string('0', 64) },
    };

    [Theory, MemberData(nameof(MalformedDigests))]
    public void A_malformed_digest_is_kept_as_a_problem(string because, string digest)
    {
        foreach (var edit in new Action<JsonObject>[]
        {
            root => Target(root)["imageID"] = digest,
            root => Target(root)["manifestDigest"] = digest,
            root => Target(root)["repoDigests"] = new JsonArray("registry.example.com/a@" + digest),
            root => Target(root)["repoDigests"] = new JsonArray(digest),
        })
        {
            var report = Fixture.Accept("grype.json", edit);
            Assert.True(report.MalformedSubjects.Count > 0, because);
            Assert.Equal(2, report.Subjects.Count);
        }
    }

    public static TheoryData<string, Action<JsonObject>, string> Refused => new()
    {
        { "no descriptor", root => root.Remove("descriptor"), "descriptor" },
        { "no name in the descriptor", root => root["descriptor"]!.AsObject().Remove("name"), "descriptor" },
        { "no source", root => root.Remove("source"), "source" },
        { "matches in an object", root => root["matches"] = new JsonObject { ["x"] = 1 }, "where a list belongs" },
        { "a match without a vulnerability", root => root.GrypeRow().Remove("vulnerability"), "no vulnerability id" },
        { "a match without an id", root => root.GrypeRow()["vulnerability"]!.AsObject().Remove("id"), "no vulnerability id" },
        { "an ignored match without an id", root => root["ignoredMatches"]![0]!.AsObject().Remove("vulnerability"), "no vulnerability id" },
        { "a related id that is none", root => root.GrypeRow(2)["relatedVulnerabilities"]![0]!["id"] = "CVE 2026 5", "not an id" },
    };

    [Theory, MemberData(nameof(Refused))]
    public void What_is_not_the_format_is_refused(string because, Action<JsonObject> edit, string expected)
    {
        var problem = Fixture.Refuse(Fixture.Edit("grype.json", edit), ReasonCode.ReportFormat);

        Assert.True(problem.Message.Contains(expected, StringComparison.Ordinal), $"{because}: {problem.Message}");
    }

    [Theory]
    [InlineData("xeol")]
    [InlineData("Grype")]
    [InlineData("grype ")]
    [InlineData("gr\u0443pe")]
    public void A_look_alike_of_another_scanner_is_refused_by_its_name(string name)
    {
        var problem = Fixture.Refuse(
            Fixture.Edit("grype.json", root => root["descriptor"]!["name"] = name), ReasonCode.ReportScannerNotAccepted);

        Assert.Contains($"'{name}'", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_look_alike_is_told_by_its_name_also_when_its_rows_are_foreign()
    {
        Fixture.Refuse(
            """{"matches":[{"Cycle":{"x":1},"artifact":{"name":"a"}}],"source":{"type":"image","target":{}},"descriptor":{"name":"xeol"}}""",
            ReasonCode.ReportScannerNotAccepted);
    }

    private static JsonObject Target(JsonObject root) => root["source"]!["target"]!.AsObject();

    private static void Empty(JsonObject root)
    {
        root["matches"] = new JsonArray();
        root.Remove("ignoredMatches");
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
