// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using SupplyChain.Policy.Yaml;
using SupplyChain.Testing;
using SupplyChain.Verifier.Kubernetes;

namespace SupplyChain.Verifier.Tests.Kubernetes;

/// <summary>The webhook that is shipped leaves no gap that a test of the code would not see.</summary>
public sealed class ShippedManifestTests
{
    private static readonly string FilePath = Path.Combine(SharedFiles.RepositoryRoot, "deploy", "kubernetes", "verifier.yaml");

    private readonly JsonNode _webhook = ReadWebhook();

    [Fact]
    public void It_is_asked_about_every_kind_whose_images_are_known_and_about_debug_containers()
    {
        var asked = _webhook["rules"]!.AsArray().SelectMany(rule =>
            from @group in Texts(rule!["apiGroups"])
            from version in Texts(rule["apiVersions"])
            from resource in Texts(rule["resources"])
            select $"{@group}/{version}/{resource}").Order(StringComparer.Ordinal);
        var known = WorkloadKind.Supported
            .Select(kind => $"{kind.Group}/{kind.Version}/{kind.Kind.ToLowerInvariant()}s")
            .Append("/v1/pods/ephemeralcontainers").Order(StringComparer.Ordinal);
        Assert.Equal(known, asked, StringComparer.Ordinal);
        Assert.All(_webhook["rules"]!.AsArray(), rule => Assert.Equal(["CREATE", "UPDATE"], Texts(rule!["operations"]), StringComparer.Ordinal));
    }

    [Fact]
    public void It_is_closed_when_the_verifier_is_silent_and_exempts_by_name_only()
    {
        Assert.Equal("Fail", _webhook["failurePolicy"]!.GetValue<string>());
        Assert.Equal("Equivalent", _webhook["matchPolicy"]!.GetValue<string>());
        Assert.InRange(_webhook["timeoutSeconds"]!.GetValue<int>(), 9, 30);
        Assert.Null(_webhook["objectSelector"]);
        Assert.Null(_webhook["matchConditions"]);
        var expression = Assert.Single(_webhook["namespaceSelector"]!["matchExpressions"]!.AsArray())!;
        Assert.Equal("kubernetes.io/metadata.name", expression["key"]!.GetValue<string>());
        Assert.Null(_webhook["namespaceSelector"]!["matchLabels"]);
    }

    [Fact]
    public void Its_own_workload_is_pinned_by_digest()
    {
        var read = Manifests.Read([new ManifestFile("verifier.yaml", File.ReadAllBytes(FilePath))], null);
        Assert.Empty(read.Problems);
        Assert.Empty(read.Warnings);
        Assert.Contains("@sha256:", Assert.Single(Assert.Single(read.Workloads).Workload.Images).Reference, StringComparison.Ordinal);
    }

    private static JsonNode ReadWebhook()
    {
        Assert.True(StrictYaml.TryReadAll(File.ReadAllBytes(FilePath), out var documents, out var problem), problem?.ToString());
        return documents.Select(document => JsonNode.Parse(YamlJson.Write(document))!)
            .Single(document => document["kind"]!.GetValue<string>() == "ValidatingWebhookConfiguration")["webhooks"]![0]!;
    }

    private static IEnumerable<string> Texts(JsonNode? list) => list!.AsArray().Select(text => text!.GetValue<string>());
}
