// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;

namespace SupplyChain.Scanning.Tests;

/// <summary>
/// One format, or one scanner's dialect of it, as the tests that hold for all of them see it: a fixture, and how to change
/// in it what the attack is about. Its first row is CVE-2026-0001, critical, in openssl 3.0.11-1.
/// </summary>
internal sealed partial record FormatCase(string File)
{
    /// <summary>The version of the package that the first row is about; empty where the format has no place for it.</summary>
    public string Version { get; init; } = "3.0.11-1";

    /// <summary>Takes every finding out, in each way in which the report could then look like a clean one and be none.</summary>
    public required IReadOnlyList<Action<JsonObject>> Emptied { get; init; }

    /// <summary>Gives the first row another word for its severity, or none.</summary>
    public required Action<JsonObject, JsonNode?> SetSeverity { get; init; }

    /// <summary>Gives the first row another id.</summary>
    public required Action<JsonObject, string> SetId { get; init; }

    /// <summary>Sets the first row aside, in the report's own way.</summary>
    public Action<JsonObject>? SetAside { get; init; }

    /// <summary>Gives the scan another time.</summary>
    public Action<JsonObject, JsonNode?>? SetTime { get; init; }

    /// <summary>Gives the first row another score.</summary>
    public Action<JsonObject, JsonNode?>? SetScore { get; init; }

    /// <summary>Makes the scan one that failed.</summary>
    public Action<JsonObject>? Fail { get; init; }

    /// <summary>Gives the scanner another name.</summary>
    public Action<JsonObject>? Rename { get; init; }

    public static IReadOnlyList<FormatCase> All { get; } =
    [
        Trivy,
        new("grype.json")
        {
            Emptied =
            [
                root => root["matches"] = null,
                root =>
                {
                    root["matches"] = new JsonArray();
                    root["ignoredMatches"] = null;
                    root["source"] = new JsonObject { ["type"] = "unknown" };
                },
            ],
            SetSeverity = (root, word) => root.GrypeRow()["vulnerability"]!["severity"] = word,
            SetId = (root, id) => root.GrypeRow()["vulnerability"]!["id"] = id,
            SetAside = root =>
            {
                var row = root.GrypeRow().DeepClone();
                root["matches"]!.AsArray().RemoveAt(0);
                root["ignoredMatches"]!.AsArray().Add(row);
            },
            SetTime = (root, time) => root["descriptor"]!["timestamp"] = time,
            SetScore = (root, score) => root.GrypeRow()["vulnerability"]!["cvss"] =
                new JsonArray(new JsonObject { ["metrics"] = new JsonObject { ["baseScore"] = score } }),
            Fail = root => root["descriptor"]!["db"]!["error"] = "stale",
            Rename = root => root["descriptor"]!["name"] = "xeol",
        },
        Sarif("sarif.json") with
        {
            SetSeverity = (root, word) => Replace(Result(root)["message"]!, "Severity: CRITICAL", $"Severity: {word}"),
            SetId = (root, id) =>
            {
                Result(root)["ruleId"] = id;
                Rule(root)["id"] = id;
                root["runs"]![0]!["results"]!.AsArray().RemoveAt(1);
            },
            SetTime = (root, time) => root["runs"]![0]!["invocations"] = new JsonArray(new JsonObject { ["executionSuccessful"] = true, ["endTimeUtc"] = time }),
        },
        Sarif("sarif-grype.json") with
        {
            SetSeverity = (root, word) => Replace(Rule(root)["help"]!, "Severity: critical", $"Severity: {word}"),
            SetId = (root, id) =>
            {
                Replace(Rule(root)["help"]!, "Vulnerability CVE-2026-0001", $"Vulnerability {id}");
                Rule(root)["id"] = $"{id}-openssl";
                Result(root)["ruleId"] = $"{id}-openssl";
            },
        },
        Sarif("sarif-snyk.json") with
        {
            SetSeverity = (root, word) => Rule(root)["shortDescription"]!["text"] = $"{word} severity - Made for tests vulnerability in openssl",
            SetId = (root, id) => (Rule(root)["id"], Result(root)["ruleId"]) = (id, id),
        },
        Sarif("sarif-scout.json") with
        {
            SetSeverity = (root, word) => Rule(root)["properties"]!["cvssV3_severity"] = word ?? "",
            SetId = (root, id) => (Rule(root)["id"], Result(root)["ruleId"]) = (id, id),
        },
        new("cyclonedx.json")
        {
            Emptied =
            [
                root => root.Remove("vulnerabilities"), root => root["vulnerabilities"] = null, root => root["vulnerabilities"] = new JsonArray(),
                root => root["vulnerabilities"]!.AsArray().RemoveRange(0, 2),
            ],
            SetSeverity = (root, word) => Vulnerability(root)["ratings"] = new JsonArray(new JsonObject { ["severity"] = word }),
            SetId = (root, id) => Vulnerability(root)["id"] = id,
            SetAside = root => Vulnerability(root)["analysis"] = new JsonObject { ["state"] = "false_positive" },
            SetTime = (root, time) => root["metadata"]!["timestamp"] = time,
            SetScore = (root, score) => Vulnerability(root)["ratings"]![1]!["score"] = score,
        },
        .. FormatCases.OfRegistries,
        .. FormatCases.OfClair,
        .. Wrappers,
        .. Images,
    ];

    public static FormatCase Of(string file) => All.Single(format => format.File == file);

    public override string ToString() => File;

    private static FormatCase Trivy => new("trivy.json")
    {
        Emptied =
        [
            root => root.Remove("Results"), root => root["Results"] = new JsonArray(), root => root["Results"] = null,
            root => Keep(root["Results"]!.AsArray(), result => (string?)result["Class"] is "secret" or "config" or "license"),
        ],
        SetSeverity = (root, word) => root.TrivyRow()["Severity"] = word,
        SetId = (root, id) => root.TrivyRow()["VulnerabilityID"] = id,
        SetAside = root =>
        {
            var row = root.TrivyRow().DeepClone();
            root["Results"]![0]!["Vulnerabilities"]!.AsArray().RemoveAt(0);
            root["Results"]![0]!["ExperimentalModifiedFindings"] =
                new JsonArray(new JsonObject { ["Type"] = "vulnerability", ["Status"] = "ignored", ["Finding"] = row });
        },
        SetTime = (root, time) => root["CreatedAt"] = time,
        SetScore = (root, score) => root.TrivyRow()["CVSS"] = new JsonObject { ["nvd"] = new JsonObject { ["V3Score"] = score } },
    };

    private static FormatCase Sarif(string file) => new(file)
    {
        Emptied =
        [
            root => root["runs"]!.AsArray().ToList().ForEach(run => run!["results"] = new JsonArray()),
            root => root["runs"]!.AsArray().ToList().ForEach(run => run!.AsObject().Remove("results")),
            root => root["runs"]![0]!["results"] = null,
        ],
        SetSeverity = (_, _) => { },
        SetId = (_, _) => { },
        SetAside = root => Result(root)["suppressions"] = new JsonArray(new JsonObject { ["kind"] = "external" }),
        Fail = root => root["runs"]![0]!["invocations"] = new JsonArray(new JsonObject { ["executionSuccessful"] = false }),
        Rename = root => root["runs"]!.AsArray()[^1]!["tool"]!["driver"]!["name"] = "CodeQL",
    };

    private static JsonObject Result(JsonObject root) => root["runs"]![0]!["results"]![0]!.AsObject();

    private static JsonObject Rule(JsonObject root) => root["runs"]![0]!["tool"]!["driver"]!["rules"]![0]!.AsObject();

    private static JsonObject Vulnerability(JsonObject root) => root["vulnerabilities"]![0]!.AsObject();

    private static void Replace(JsonNode text, string from, string to)
    {
        var before = (string)text["text"]!;
        Assert.Contains(from, before, StringComparison.Ordinal);
        text["text"] = before.Replace(from, to, StringComparison.Ordinal);
    }

    private static void Keep(JsonArray array, Func<JsonNode, bool> keep)
    {
        foreach (var item in array.Where(item => !keep(item!)).ToList())
            array.Remove(item);
    }
}
