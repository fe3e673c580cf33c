// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using SupplyChain.Policy.Yaml;

namespace SupplyChain.Policy.Tests;

/// <summary>Policies as users write them, and ways to change one field at a time.</summary>
internal static class PolicyText
{
    public static string ApprovalAttestor { get; } = Attestor("release", "approval", TestKey.Approval, "key: file:keys/release");

    public static string SecurityAttestor { get; } = Attestor("security", "approval", TestKey.Security);

    public static string QaAttestor { get; } = Attestor("qa", "approval", TestKey.Qa);

    public static string ScannerAttestor { get; } = Attestor("scanner-service", "evidence", TestKey.Scanner);

    public const string Signing = """
        apiVersion: supplychain/v1
        kind: SigningPolicy
        metadata:
          name: payments
          description: Before a payments image may run in production.
        spec:
          subjects: [registry.example.com/payments/**]
          requesters:
            - issuer: https://ci.example.com
              claims: { repository_id: "482193", ref: refs/heads/main }
          attestor: release
          evidence:
            scanners:
              - { name: trivy, source: submitted }
            maximumScanAge: 24h
            maximumDatabaseAge: { limit: 48h, whenMissing: accept }
          checks:
            - name: no-serious-vulnerabilities
              vulnerabilities:
                maximumFixableSeverity: LOW
                maximumUnfixableSeverity: MEDIUM
        """;

    public const string Admission = """
        apiVersion: supplychain/v1
        kind: AdmissionPolicy
        metadata: { name: production }
        spec:
          registries: [registry.example.com, registry.k8s.io]
          exempt: [{ images: [registry.k8s.io/**], reason: control plane }]
          rules:
            - name: payments
              scope: { cluster: prod-eu, namespace: payments }
              enforcement: enforce
              tags: deny
              repository: bound
              require: { approval: { attestor: release, maximumAge: 30d } }
          default: { require: { signature: { attestor: security } } }
        """;

    /// <summary>An attestor with one member.</summary>
    public static string Attestor(string name, string purpose, TestKey key, string? keyLine = null) => $$"""
        apiVersion: supplychain/v1
        kind: Attestor
        metadata: { name: {{name}} }
        spec:
          purpose: {{purpose}}
          members:
            - {{(keyLine is null ? "" : keyLine + "\n      ")}}publicKey: {{key.Block(6)}}
        """;

    /// <summary>The attestors and the signing policy, with changes to the policy.</summary>
    public static PolicySet LoadSigning(params (string Path, JsonNode? Value)[] changes) =>
        Load(Edit(Signing, changes), ApprovalAttestor, ScannerAttestor);

    /// <summary>The attestors and the admission policy, with changes to the policy.</summary>
    public static PolicySet LoadAdmission(params (string Path, JsonNode? Value)[] changes) =>
        Load(Edit(Admission, changes), ApprovalAttestor, SecurityAttestor, QaAttestor, ScannerAttestor);

    public static PolicySet Load(params string[] documents)
    {
        var result = TryLoad(documents);
        Assert.True(result.IsUsable, string.Join("\n", result.Problems));
        return result.Set;
    }

    public static PolicyLoadResult TryLoad(params string[] documents) =>
        PolicyLoader.Load([.. documents.Select((text, i) => File(text, i))]);

    public static PolicyFile File(string text, int number = 0) =>
        new($"policy-{number}.{(text.StartsWith('{') ? "json" : "yaml")}", Encoding.UTF8.GetBytes(text));

    /// <summary>The document as JSON with values replaced, added (also lists' ends, by [+]) or removed (null).</summary>
    public static string Edit(string yaml, params (string Path, JsonNode? Value)[] changes)
    {
        var root = ToJson(yaml);
        foreach (var (path, value) in changes)
            Change(root, path, value?.DeepClone());
        return root.ToJsonString();
    }

    public static JsonNode ToJson(string yaml)
    {
        Assert.True(StrictYaml.TryRead(Encoding.UTF8.GetBytes(yaml), out var node, out var problem), problem?.ToString());
        return JsonNode.Parse(YamlJson.Write(node))!;
    }

    private static void Change(JsonNode root, string path, JsonNode? value)
    {
        var steps = path.Replace("[", ".[", StringComparison.Ordinal).Split('.');
        var at = root;
        foreach (var step in steps[..^1])
        {
            var next = step[0] == '[' ? at[int.Parse(step[1..^1], CultureInfo.InvariantCulture)] : at[step];
            at = next ?? throw new InvalidOperationException($"{path}: there is no {step}");
        }

        var last = steps[^1];
        if (last == "[+]")
            at.AsArray().Add(value);
        else if (last[0] == '[')
            at[int.Parse(last[1..^1], CultureInfo.InvariantCulture)] = value;
        else if (value is null)
            Assert.True(at.AsObject().Remove(last), $"{path} is not there to be removed");
        else
            at[last] = value;
    }
}
