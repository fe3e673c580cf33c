// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;

namespace SupplyChain.Scanning.Tests;

/// <summary>The formats of registries and of Clair.</summary>
internal static class FormatCases
{
    public const string HarborKey = "application/vnd.security.vulnerability.report; version=1.1";

    public static IReadOnlyList<FormatCase> OfRegistries { get; } =
    [
        new("harbor.json")
        {
            Emptied =
            [
                root => Harbor(root).Remove("vulnerabilities"), root => Harbor(root)["vulnerabilities"] = null,
                root => Harbor(root)["vulnerabilities"] = new JsonArray(),
                root =>
                {
                    Harbor(root)["vulnerabilities"] = new JsonArray();
                    Harbor(root)["severity"] = "None";
                    Harbor(root).Remove("artifact");
                },
            ],
            SetSeverity = (root, word) => Row(Harbor(root), "vulnerabilities")["severity"] = word,
            SetId = (root, id) => Row(Harbor(root), "vulnerabilities")["id"] = id,
            SetTime = (root, time) => Harbor(root)["generated_at"] = time,
            SetScore = (root, score) =>
            {
                Row(Harbor(root), "vulnerabilities").Remove("vendor_attributes");
                Row(Harbor(root), "vulnerabilities")["preferred_cvss"]!["score_v3"] = score;
            },
        },
        new("ecr.json")
        {
            Emptied =
            [
                root => root.Remove("imageScanFindings"), root => Ecr(root)["findings"] = null, root => Ecr(root)["findings"] = new JsonArray(),
                root =>
                {
                    Ecr(root)["findings"] = new JsonArray();
                    Ecr(root).Remove("findingSeverityCounts");
                    root.Remove("imageId");
                },
            ],
            SetSeverity = (root, word) => Row(Ecr(root), "findings")["severity"] = word,
            SetId = (root, id) => Row(Ecr(root), "findings")["name"] = id,
            SetTime = (root, time) => Ecr(root)["imageScanCompletedAt"] = time,
            SetScore = (root, score) => Row(Ecr(root), "findings")["attributes"]![3]!["value"] =
                score!.GetValueKind() == System.Text.Json.JsonValueKind.String ? score : score.ToJsonString(),
            Fail = root => root["imageScanStatus"]!["status"] = "FAILED",
        },
        Inspector("ecr-enhanced.json", root => Row(Ecr(root), "enhancedFindings")) with
        {
            Emptied =
            [
                root => root.Remove("imageScanFindings"), root => Ecr(root)["enhancedFindings"] = null,
                root => Ecr(root)["enhancedFindings"] = new JsonArray(),
            ],
            SetTime = (root, time) => Ecr(root)["imageScanCompletedAt"] = time,
            Fail = root => root["imageScanStatus"]!["status"] = "SCAN_ELIGIBILITY_EXPIRED",
        },
        Inspector("inspector.json", root => Row(root, "findings")) with
        {
            Emptied =
            [
                root => root["findings"]!.AsArray().RemoveRange(0, 2),
                root => root["findings"]!.AsArray().ToList().ForEach(finding => finding!["resources"] = new JsonArray(
                    new JsonObject { ["type"] = "AWS_EC2_INSTANCE", ["id"] = "i-0123456789abcdef0" })),
            ],
            SetTime = (root, time) => root["findings"]!.AsArray().ToList().ForEach(finding => finding!["lastObservedAt"] = time?.DeepClone()),
            Fail = root => root["nextToken"] = "made for tests",
            Rename = root => Row(root, "findings")["findingArn"] = "arn:aws:guardduty:eu-west-1:111122223333:finding/1",
        },
        new("security-hub.json")
        {
            Emptied =
            [
                root => root["Findings"]!.AsArray().ToList().ForEach(finding => finding!["Resources"] = new JsonArray(
                    new JsonObject { ["Type"] = "AwsEc2Instance", ["Id"] = "arn:aws:ec2:eu-west-1:111122223333:instance/i-0123456789abcdef0" })),
            ],
            SetSeverity = (root, word) =>
            {
                Row(root, "Findings")["Severity"]!["Label"] = word;
                Row(root, "Findings")["FindingProviderFields"]!["Severity"]!["Label"] = word?.DeepClone();
            },
            SetId = (root, id) => Row(root, "Findings")["Vulnerabilities"]![0]!["Id"] = id,
            SetAside = root => Row(root, "Findings")["Workflow"]!["Status"] = "SUPPRESSED",
            SetTime = (root, time) => root["Findings"]!.AsArray().ToList().ForEach(finding => finding!["LastObservedAt"] = time?.DeepClone()),
            SetScore = (root, score) => Row(root, "Findings")["Vulnerabilities"]![0]!["Cvss"]![0]!["BaseScore"] = score,
            Fail = root => root["NextToken"] = "made for tests",
            Rename = root => (Row(root, "Findings")["ProductArn"], Row(root, "Findings")["ProductName"]) =
                ("arn:aws:securityhub:eu-west-1::product/acme/scanner", "Acme"),
        },
        new("artifact-analysis.json")
        {
            Emptied =
            [
                root => root.Remove("package_vulnerability_summary"), root => root["package_vulnerability_summary"] = null,
                root => root["package_vulnerability_summary"] = new JsonObject { ["vulnerabilities"] = null },
            ],
            SetSeverity = (root, word) =>
            {
                Occurrence(root)["severity"] = word;
                Occurrence(root)["effectiveSeverity"] = word?.DeepClone();
                Occurrence(root)["packageIssue"]![0]!["effectiveSeverity"] = word?.DeepClone();
            },
            SetId = (root, id) => Row(Summary(root), "CRITICAL")["noteName"] = $"projects/goog-vulnz/notes/{id}",
            SetAside = root => Occurrence(root)["vexAssessment"] = new JsonObject { ["state"] = "NOT_AFFECTED" },
            SetTime = (root, time) => root["discovery_summary"]!["discovery"]![0]!["discovery"]!["lastScanTime"] = time,
            SetScore = (root, score) =>
            {
                Occurrence(root).Remove("cvssv3");
                Occurrence(root)["cvssScore"] = score;
            },
            Fail = root => root["discovery_summary"]!["discovery"]![0]!["discovery"]!["analysisStatus"] = "FINISHED_FAILED",
        },
    ];

    public static IReadOnlyList<FormatCase> OfClair { get; } =
    [
        new("clair.json")
        {
            Emptied =
            [
                root =>
                {
                    root.Remove("package_vulnerabilities");
                    root.Remove("vulnerabilities");
                },
                root => (root["package_vulnerabilities"], root["vulnerabilities"]) = (null, null),
                root => (root["package_vulnerabilities"], root["vulnerabilities"], root["packages"]) = (new JsonObject(), new JsonObject(), new JsonObject()),
            ],
            SetSeverity = (root, word) => root["vulnerabilities"]!["100"]!["normalized_severity"] = word,
            SetId = (root, id) => root["vulnerabilities"]!["100"]!["name"] = id,
            SetScore = (root, score) => root["enrichments"]!.AsObject().First().Value![0]!["100"]![0]!["baseScore"] = score,
        },
        new("clair-layer.json")
        {
            Emptied =
            [
                root => Layer(root).Remove("Features"), root => Layer(root)["Features"] = null, root => Layer(root)["Features"] = new JsonArray(),
                root => root["data"] = null,
            ],
            SetSeverity = (root, word) => Row(Row(Layer(root), "Features"), "Vulnerabilities")["Severity"] = word,
            SetId = (root, id) => Row(Row(Layer(root), "Features"), "Vulnerabilities")["Name"] = id,
            Fail = root => root["status"] = "queued",
        },
        new("klar.json")
        {
            Emptied =
            [
                root => root.Remove("Vulnerabilities"), root => root["Vulnerabilities"] = null, root => root["Vulnerabilities"] = new JsonObject(),
                root => root["Vulnerabilities"]!["Critical"] = new JsonArray(),
            ],
            SetSeverity = (root, word) => Row(root["Vulnerabilities"]!.AsObject(), "Critical")["Severity"] = word,
            SetId = (root, id) => Row(root["Vulnerabilities"]!.AsObject(), "Critical")["Name"] = id,
        },
        new("clair-scanner.json")
        {
            Emptied =
            [
                root => root.Remove("vulnerabilities"), root => root["vulnerabilities"] = null, root => root["vulnerabilities"] = new JsonArray(),
                root => (root["vulnerabilities"], root["unapproved"], root["image"]) = (new JsonArray(), new JsonArray(), null),
            ],
            SetSeverity = (root, word) => Row(root, "vulnerabilities")["severity"] = word,
            SetId = (root, id) => Row(root, "vulnerabilities")["vulnerability"] = id,
        },
    ];

    public static JsonObject Harbor(JsonObject root) => root[HarborKey]!.AsObject();

    public static JsonObject Ecr(JsonObject root) => root["imageScanFindings"]!.AsObject();

    public static JsonObject Row(JsonObject root, string list) => root[list]![0]!.AsObject();

    public static JsonObject Summary(JsonObject root) => root["package_vulnerability_summary"]!["vulnerabilities"]!.AsObject();

    public static JsonObject Occurrence(JsonObject root) => Row(Summary(root), "CRITICAL")["vulnerability"]!.AsObject();

    public static JsonObject Layer(JsonObject root) => root["data"]!["Layer"]!.AsObject();

    private static FormatCase Inspector(string file, Func<JsonObject, JsonObject> finding) => new(file)
    {
        Emptied = [],
        SetSeverity = (root, word) => finding(root)["severity"] = word,
        SetId = (root, id) => finding(root)["packageVulnerabilityDetails"]!["vulnerabilityId"] = id,
        SetAside = root => finding(root)["status"] = "SUPPRESSED",
        SetScore = (root, score) => finding(root)["packageVulnerabilityDetails"]!["cvss"]![0]!["baseScore"] = score,
    };
}
