// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json.Nodes;
using SupplyChain.Verifier.Kubernetes;

namespace SupplyChain.Verifier.Tests.Kubernetes;

/// <summary>Builds reviews the way the API server sends them.</summary>
internal static class Reviews
{
    public const string Good = "registry.example.com/team/good@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    public static IReadOnlyList<string> Lists { get; } = ["containers", "initContainers", "ephemeralContainers", "volumes"];

    public static JsonObject Pod(params string[] images) => Object("v1", "Pod", PodSpec(images));

    public static JsonObject PodSpec(params string[] images) => new()
    {
        ["containers"] = new JsonArray([.. images.Select((image, i) => Container($"c{i}", image))]),
        ["serviceAccountName"] = "builder",
        ["serviceAccount"] = "builder",
    };

    public static JsonObject Container(string name, string image) => new() { ["name"] = name, ["image"] = image };

    /// <summary>An object of the kind with that pod spec where the kind keeps it.</summary>
    public static JsonObject Object(string apiVersion, string kind, JsonObject podSpec)
    {
        var made = new JsonObject
        {
            ["kind"] = kind,
            ["apiVersion"] = apiVersion,
            ["metadata"] = new JsonObject { ["name"] = "thing", ["namespace"] = "elsewhere" },
        };
        var template = kind == "Pod" ? podSpec : new JsonObject { ["spec"] = podSpec };
        switch (kind)
        {
            case "PodTemplate":
                made["template"] = template;
                break;
            case "Pod":
                made["spec"] = template;
                break;
            case "CronJob":
                made["spec"] = new JsonObject
                {
                    ["jobTemplate"] = new JsonObject { ["spec"] = new JsonObject { ["template"] = template } },
                };
                break;
            default:
                made["spec"] = new JsonObject { ["replicas"] = 3, ["template"] = template };
                break;
        }

        return made;
    }

    public static JsonObject Of(JsonObject? @object, string operation = "CREATE", JsonObject? old = null)
    {
        var shown = @object ?? old ?? throw new ArgumentNullException(nameof(@object));
        var apiVersion = shown["apiVersion"]!.GetValue<string>().Split('/');
        return new JsonObject
        {
            ["kind"] = "AdmissionReview",
            ["apiVersion"] = "admission.k8s.io/v1",
            ["request"] = new JsonObject
            {
                ["uid"] = "0b4f1c2e-0000-4000-8000-000000000001",
                ["kind"] = new JsonObject
                {
                    ["group"] = apiVersion.Length == 2 ? apiVersion[0] : "",
                    ["version"] = apiVersion[^1],
                    ["kind"] = shown["kind"]!.GetValue<string>(),
                },
                ["name"] = "thing",
                ["namespace"] = "team",
                ["operation"] = operation,
                ["userInfo"] = new JsonObject { ["username"] = "admin" },
                ["object"] = @object,
                ["oldObject"] = old,
                ["dryRun"] = false,
            },
        };
    }

    public static byte[] Bytes(JsonNode review) => Encoding.UTF8.GetBytes(review.ToJsonString());

    public static AdmissionReview Read(JsonNode review) => Read(Bytes(review));

    public static AdmissionReview Read(byte[] review)
    {
        Assert.True(AdmissionReview.TryRead(review, out var read, out var problem), problem);
        return read;
    }

    public static string Refusal(byte[] review)
    {
        Assert.False(AdmissionReview.TryRead(review, out _, out var problem));
        return problem;
    }

    public static string Refusal(string review) => Refusal(Encoding.UTF8.GetBytes(review));
}
