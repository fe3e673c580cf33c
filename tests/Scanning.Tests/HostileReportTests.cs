// SPDX-License-Identifier: Apache-2.0

using System.IO.Compression;
using System.Text.Json.Nodes;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Scanning.Tests;

/// <summary>What somebody may edit into a report so that it looks clean, one edit each.</summary>
public sealed class HostileReportTests
{
    /// <summary>Why, fixture, edit: the first row, a critical one, is still a vulnerability afterwards.</summary>
    public static TheoryData<string, string, Action<JsonObject>> Disguises => new()
    {
        { "called a licence", "snyk.json", root => root["vulnerabilities"]![0]!["type"] = "license" },
        { "called a licence, its identifiers removed", "snyk.json", root => { root["vulnerabilities"]![0]!["type"] = "license"; root["vulnerabilities"]![0]!.AsObject().Remove("identifiers"); } },
        { "given a licence's id", "snyk.json", root => { root["vulnerabilities"]![0]!["type"] = "license"; root["vulnerabilities"]![0]!["id"] = "snyk:lic:npm:x:MIT"; } },
        { "its rule called a secret", "sarif.json", root => Rule(root)["name"] = "Secret" },
        { "its rule called a misconfiguration", "sarif.json", root => Rule(root)["name"] = "Misconfiguration" },
        { "its rule called a licence", "sarif.json", root => Rule(root)["name"] = "License" },
        { "set aside as a licence", "trivy.json", root => SetAside(root, "license") },
        { "set aside as a misconfiguration", "trivy.json", root => SetAside(root, "misconfiguration") },
        { "set aside as nothing known", "trivy.json", root => SetAside(root, "none") },
    };

    [Theory, MemberData(nameof(Disguises))]
    public void A_vulnerability_is_not_lost_by_being_called_something_else(string because, string file, Action<JsonObject> edit)
    {
        var report = Fixture.Accept(file, edit);

        var all = report.Findings.Concat(report.Suppressed.Select(aside => aside.Finding));
        Assert.True(all.Any(finding => finding is { Severity: Severity.Critical, Package.Version: "3.0.11-1" }), because);
    }

    [Theory]
    [InlineData("Secrets")]
    [InlineData("Misconfigurations")]
    [InlineData("Licenses")]
    public void A_vulnerability_in_a_list_of_something_else_is_refused(string list)
    {
        var problem = Fixture.Refuse(
            Fixture.Edit("trivy.json", root =>
            {
                var row = root.TrivyRow().DeepClone();
                root["Results"]![0]!["Vulnerabilities"]!.AsArray().RemoveAt(0);
                root["Results"]![0]![list] = new JsonArray(row);
            }),
            ReasonCode.ReportFormat);

        Assert.Equal($"a vulnerability stands in a list of something else in Results.{list}.VulnerabilityID", problem.Message);
    }

    /// <summary>Why, fixture, edit, part of what is said: the report then shows no scan, whatever else is in it.</summary>
    public static TheoryData<string, string, Action<JsonObject>, string> Unscanned => new()
    {
        { "no packages at all", "trivy.json", root => root["Results"] = JsonNode.Parse("""[{"Class":"os-pkgs","Type":"debian","Packages":[]}]"""), "packages are listed, and there are none" },
        { "an empty list of vulnerabilities among secrets", "trivy.json", root => root["Results"] = JsonNode.Parse("""[{"Class":"secret","Vulnerabilities":[]}]"""), "only these classes were scanned: secret" },
        { "an empty list of vulnerabilities in a class nobody knows", "trivy.json", root => root["Results"] = JsonNode.Parse("""[{"Vulnerabilities":[],"Class":"custom"}]"""), "only these classes were scanned: custom" },
        { "the results within the metadata", "trivy.json", root => Move(root, "Results", root["Metadata"]!.AsObject()), "no Results" },
        { "the vulnerabilities beside the results", "trivy.json", root => { root["Vulnerabilities"] = root["Results"]![0]!["Vulnerabilities"]!.DeepClone(); root["Results"] = new JsonArray(); }, "empty list" },
        { "nothing in an image without a system", "grype.json", root => { Empty(root); root["distro"] = JsonNode.Parse("""{"name":"","version":"","idLike":null}"""); }, "no operating system was recognised" },
        { "nothing in an image of no told system", "grype.json", root => { Empty(root); root.Remove("distro"); }, "no operating system was recognised" },
        { "a database that is not valid", "grype.json", root => root["descriptor"]!["db"]!["status"]!["valid"] = false, "it is not valid" },
        { "a database of which nobody says it is valid", "grype.json", root => root["descriptor"]!["db"]!["status"]!["valid"] = "yes", "it is not valid" },
        { "a system without advisories", "grype.json", root => Alert(root, "distro-unknown"), "no advisories for this operating system" },
        { "a system whose advisories were switched off", "grype.json", root => Alert(root, "distro-disabled"), "no advisories for this operating system" },
        { "no packages counted", "snyk.json", root => { Clean(root); root["dependencyCount"] = 0; }, "no packages were counted" },
        { "no count of packages", "snyk.json", root => { Clean(root); root.Remove("dependencyCount"); }, "no packages were counted" },
        { "a count that is no number", "snyk.json", root => { Clean(root); root["dependencyCount"] = "many"; }, "no packages were counted" },
    };

    [Theory, MemberData(nameof(Unscanned))]
    public void A_report_that_shows_no_scan_says_so(string because, string file, Action<JsonObject> edit, string expected)
    {
        var coverage = Fixture.Accept(file, edit).Coverage;

        Assert.True(coverage.Vulnerabilities != VulnerabilityCoverage.Scanned, because);
        Assert.Contains(expected, coverage.Because, StringComparison.Ordinal);
    }

    /// <summary>Fixture and where a count stands that a scanner writes.</summary>
    public static TheoryData<string, Action<JsonObject, JsonNode>> Counts => new()
    {
        { "snyk.json", (root, count) => root["dependencyCount"] = count },
        { "snyk.json", (root, count) => root["uniqueCount"] = count },
        { "twistcli.json", (root, count) => root["results"]![0]!["vulnerabilityDistribution"] = new JsonObject { ["total"] = count } },
        { "trivy-operator.json", (root, count) => root["report"]!["summary"]!["criticalCount"] = count },
        { "ecr.json", (root, count) => root["imageScanFindings"]!["findingSeverityCounts"] = new JsonObject { ["CRITICAL"] = count } },
    };

    [Theory, MemberData(nameof(Counts))]
    public void A_count_below_nothing_is_refused(string file, Action<JsonObject, JsonNode> set)
    {
        foreach (var count in new[] { "-1", "-1e400", "-0.5", "\"-1\"", "\"NaN\"" })
        {
            var problem = Fixture.Refuse(Fixture.Edit(file, root => set(root, JsonNode.Parse(count)!)), ReasonCode.ReportFormat);
            Assert.Contains("is not from 0", problem.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("-Infinity")]
    [InlineData("-0.1")]
    [InlineData("1e400")]
    [InlineData("1E+309")]
    public void A_score_in_text_has_to_be_on_the_scale_too(string score)
    {
        Fixture.Refuse(
            Fixture.Edit("trivy.json", root => root.TrivyRow()["CVSS"] = new JsonObject { ["nvd"] = new JsonObject { ["V3Score"] = score } }),
            ReasonCode.ReportFormat);
        Fixture.Refuse(
            Fixture.Edit("statement-vulns.json", root => root["predicate"]!["scanner"]!["result"]![0]!["severity"] =
                new JsonArray(new JsonObject { ["method"] = "cvss_score", ["score"] = score })),
            ReasonCode.ReportFormat);
    }

    [Theory]
    [InlineData("SHA256", "40f0d6a60cee7b96ab22cf8c258b2c3655c8ad28cd6d3e377282dccd2e49c04c")]
    [InlineData("sha-256", "40f0d6a60cee7b96ab22cf8c258b2c3655c8ad28cd6d3e377282dccd2e49c04c")]
    [InlineData("sha256", "40F0D6A60CEE7B96AB22CF8C258B2C3655C8AD28CD6D3E377282DCCD2E49C04C")]
    [InlineData("sha256", "sha256:40f0d6a60cee7b96ab22cf8c258b2c3655c8ad28cd6d3e377282dccd2e49c04c")]
    [InlineData("sha256", " 40f0d6a60cee7b96ab22cf8c258b2c3655c8ad28cd6d3e377282dccd2e49c04c")]
    [InlineData("sha256", "")]
    [InlineData("sha512", "40f0d6a60cee7b96ab22cf8c258b2c3655c8ad28cd6d3e377282dccd2e49c04c40f0d6a60cee7b96ab22cf8c258b2c3655c8ad28cd6d3e377282dccd2e49c04c")]
    [InlineData("md5", "d41d8cd98f00b204e9800998ecf8427e")]
    public void A_subject_by_another_algorithm_or_in_another_spelling_binds_to_nothing(string algorithm, string hex)
    {
        var report = Fixture.Accept("statement.json", root => root["subject"] = new JsonArray(
            new JsonObject { ["name"] = "x", ["digest"] = new JsonObject { [algorithm] = hex } }));

        var image = new BindingImage(report.Subjects[0].Digest, IsIndex: false, [new BindingPlatform(report.Subjects[0].Digest, null, null)]);
        Assert.Equal(ReasonCode.ReportUnbound, ReportBinding.Bind(report, image).Reason);
    }

    [Fact]
    public void A_packed_report_is_refused_whichever_way_it_is_packed()
    {
        foreach (var pack in new Func<Stream, Stream>[]
        {
            to => new GZipStream(to, CompressionLevel.Fastest), to => new ZLibStream(to, CompressionLevel.Fastest),
            to => new BrotliStream(to, CompressionLevel.Fastest),
        })
        {
            using var packed = new MemoryStream();
            using (var stream = pack(packed))
                stream.Write(Fixture.Bytes("trivy.json"));
            Fixture.Refuse(packed.ToArray(), ReasonCode.ReportMalformed);
        }
    }

    private static JsonObject Rule(JsonObject root) => root["runs"]![0]!["tool"]!["driver"]!["rules"]![0]!.AsObject();

    private static void SetAside(JsonObject root, string type)
    {
        var row = root.TrivyRow().DeepClone();
        root["Results"]![0]!["Vulnerabilities"]!.AsArray().RemoveAt(0);
        root["Results"]![0]!["ExperimentalModifiedFindings"] =
            new JsonArray(new JsonObject { ["Type"] = type, ["Status"] = "not_affected", ["Finding"] = row });
    }

    private static void Move(JsonObject from, string name, JsonObject to)
    {
        to[name] = from[name]!.DeepClone();
        from.Remove(name);
    }

    private static void Empty(JsonObject root) => (root["matches"], root["ignoredMatches"]) = (new JsonArray(), new JsonArray());

    private static void Clean(JsonObject root) =>
        (root["vulnerabilities"], root["uniqueCount"], root["applications"], root["filtered"]) = (new JsonArray(), null, null, null);

    private static void Alert(JsonObject root, string type) => root["alertsByPackage"] =
        new JsonArray(new JsonObject { ["alerts"] = new JsonArray(new JsonObject { ["type"] = type }) });
}
