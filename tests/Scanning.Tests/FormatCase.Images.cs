// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;

namespace SupplyChain.Scanning.Tests;

/// <content>Other scanners of images and files.</content>
internal sealed partial record FormatCase
{
    private static FormatCase[] Images =>
    [
        new("trivy-operator.json")
        {
            Emptied =
            [
                root => root["report"]!.AsObject().Remove("vulnerabilities"), root => root["report"]!["vulnerabilities"] = null,
                root => root["report"]!["vulnerabilities"] = new JsonArray(),
                root =>
                {
                    root["report"]!["vulnerabilities"] = new JsonArray();
                    root["report"]!.AsObject().Remove("summary");
                    root["report"]!["os"] = new JsonObject { ["family"] = "" };
                },
            ],
            SetSeverity = (root, word) => root["report"]!["vulnerabilities"]![0]!["severity"] = word,
            SetId = (root, id) => root["report"]!["vulnerabilities"]![0]!["vulnerabilityID"] = id,
            SetTime = (root, time) => root["report"]!["updateTimestamp"] = time,
            SetScore = (root, score) => root["report"]!["vulnerabilities"]![0]!["score"] = score,
            Rename = root => root["report"]!["scanner"]!["name"] = "OtherScanner",
        },
        new("snyk.json")
        {
            Emptied =
            [
                root => root.Remove("vulnerabilities"), root => root["vulnerabilities"] = null,
                root => root["applications"]![0]!.AsObject().Remove("vulnerabilities"), EmptySnyk,
                root =>
                {
                    EmptySnyk(root);
                    (root["uniqueCount"], root["applications"]) = (0, null);
                    root["dependencyCount"] = 0;
                },
            ],
            SetSeverity = (root, word) => (root["vulnerabilities"]![0]!["severity"], root["vulnerabilities"]![0]!["severityWithCritical"]) = (word, word?.DeepClone()),
            SetId = (root, id) => root["vulnerabilities"]![0]!["id"] = id,
            SetAside = root =>
            {
                var row = root["vulnerabilities"]![0]!.DeepClone();
                root["vulnerabilities"]!.AsArray().RemoveAt(0);
                root["filtered"]!["ignore"]!.AsArray().Add(row);
            },
            SetScore = (root, score) => root["vulnerabilities"]![0]!["cvssScore"] = score,
            Fail = root => root["docker"]!["baseImageRemediation"]!["code"] = "UNTRACKED_NEW_OS",
        },
        new("osv-scanner.json")
        {
            Emptied =
            [
                root => root["results"] = null, root => root["results"] = new JsonArray(), root => root["results"]![0]!["packages"] = null,
                root => root["results"]![0]!["packages"]![0]!["vulnerabilities"] = new JsonArray(),
            ],
            SetSeverity = (root, word) => Advisory(root)["database_specific"]!["severity"] = word,
            SetId = (root, id) => Advisory(root)["id"] = id,
            SetScore = (root, score) => root["results"]![0]!["packages"]![0]!["groups"]![0]!["max_severity"] = score,
        },
        new("twistcli.json")
        {
            Emptied =
            [
                root => root["results"] = new JsonArray(), root => root["results"]![0]!["vulnerabilities"] = new JsonArray(),
                root => root["results"]![0]!["vulnerabilities"] = null,
                root =>
                {
                    root["results"]![0]!.AsObject().Remove("vulnerabilities");
                    root["results"]![0]!.AsObject().Remove("vulnerabilityDistribution");
                },
                root =>
                {
                    root["results"]![0]!.AsObject().Remove("packages");
                    root["results"]![0]!["vulnerabilities"] = new JsonArray();
                    root["results"]![0]!["vulnerabilityDistribution"]!["total"] = 0;
                },
            ],
            SetSeverity = (root, word) => root["results"]![0]!["vulnerabilities"]![0]!["severity"] = word,
            SetId = (root, id) => root["results"]![0]!["vulnerabilities"]![0]!["id"] = id,
            SetTime = (root, time) => root["results"]![0]!["scanTime"] = time,
            SetScore = (root, score) => root["results"]![0]!["vulnerabilities"]![0]!["cvss"] = score,
        },
        new("gitlab.json")
        {
            Emptied =
            [
                root => root.Remove("vulnerabilities"), root => root["vulnerabilities"] = null, root => root["vulnerabilities"] = new JsonArray(),
            ],
            SetSeverity = (root, word) => root["vulnerabilities"]![0]!["severity"] = word,
            SetId = (root, id) => root["vulnerabilities"]![0]!["identifiers"]![0]!["value"] = id,
            SetTime = (root, time) => (root["scan"]!["start_time"], root["scan"]!["end_time"]) = (time, time?.DeepClone()),
            Fail = root => root["scan"]!["status"] = "failure",
        },
    ];

    private static void EmptySnyk(JsonObject root)
    {
        root["vulnerabilities"] = new JsonArray();
        root["filtered"] = null;
        root["applications"]![0]!["vulnerabilities"] = new JsonArray();
    }

    private static JsonObject Advisory(JsonObject root) => root["results"]![0]!["packages"]![0]!["vulnerabilities"]![0]!.AsObject();
}
