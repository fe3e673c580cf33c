// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;

namespace SupplyChain.Scanning.Tests;

/// <content>What carries another scanner's report, and in-toto's list.</content>
internal sealed partial record FormatCase
{
    private static FormatCase[] Wrappers =>
    [
        Wrapper("statement.json", root => root["predicate"]!.AsObject()),
        Wrapper("cosign-predicate.json", root => root),
        new("statement-vulns.json")
        {
            Version = "",
            Emptied =
            [
                root => root["predicate"] = null, root => root["predicate"]!.AsObject().Remove("scanner"),
                root => root["predicate"]!["scanner"]!["result"] = null, root => root["predicate"]!["scanner"]!["result"] = new JsonArray(),
            ],
            SetSeverity = (root, word) => Listed(root)["severity"]![0]!["score"] = word,
            SetId = (root, id) => Listed(root)["id"] = id,
            SetTime = (root, time) => SetTimes(root["predicate"]!, time),
            SetScore = (root, score) => Listed(root)["severity"]![1]!["score"] = score,
        },
    ];

    private static FormatCase Wrapper(string file, Func<JsonObject, JsonObject> predicate)
    {
        JsonObject Inner(JsonObject root) => predicate(root)["scanner"]!["result"]!.AsObject();
        var trivy = Trivy;
        return new(file)
        {
            Emptied =
            [
                .. trivy.Emptied.Select(empty => (Action<JsonObject>)(root => empty(Inner(root)))),
                root => predicate(root)["scanner"]!["result"] = null, root => predicate(root).Remove("scanner"),
            ],
            SetSeverity = (root, word) => trivy.SetSeverity(Inner(root), word),
            SetId = (root, id) => trivy.SetId(Inner(root), id),
            SetAside = root => trivy.SetAside!(Inner(root)),
            SetScore = (root, score) => trivy.SetScore!(Inner(root), score),
            SetTime = (root, time) =>
            {
                SetTimes(predicate(root), time);
                Inner(root)["CreatedAt"] = time?.DeepClone();
            },
        };
    }

    private static void SetTimes(JsonNode predicate, JsonNode? time) => predicate["metadata"] =
        new JsonObject { ["scanStartedOn"] = time?.DeepClone(), ["scanFinishedOn"] = time?.DeepClone() };

    private static JsonObject Listed(JsonObject root) => root["predicate"]!["scanner"]!["result"]![0]!.AsObject();
}
