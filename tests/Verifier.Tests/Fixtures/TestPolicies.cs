// SPDX-License-Identifier: Apache-2.0

using System.Text;
using SupplyChain.Policy;

namespace SupplyChain.Verifier.Tests;

/// <summary>Policies as users write them.</summary>
internal static class TestPolicies
{
    public const string SignedByRelease = "require: { signature: { attestor: release } }";

    public static PolicySet Load(params string[] documents)
    {
        var result = PolicyLoader.Load(
            [.. documents.Select((text, i) => new PolicyFile($"policy{i}.yaml", Encoding.UTF8.GetBytes(text)))]);
        Assert.True(result.IsUsable, string.Join('\n', result.Problems));
        return result.Set;
    }

    public static string Attestor(TestSigner signer, string name = "release", string more = "") =>
        $$"""
        apiVersion: supplychain/v1
        kind: Attestor
        metadata: { name: {{name}} }
        spec:
          purpose: approval
          members:
            - publicKey: {{System.Text.Json.JsonSerializer.Serialize(signer.PublicKey.ToPem())}}
              {{more}}
        """;

    /// <summary>An admission policy with rules in YAML, each a line or several.</summary>
    public static string Admission(string rules, string? fallback = SignedByRelease, string name = "production") =>
        $$"""
        apiVersion: supplychain/v1
        kind: AdmissionPolicy
        metadata: { name: {{name}} }
        spec:
          registries: [registry.example.com, registry.k8s.io]
          exempt: [{ images: [registry.k8s.io/**], reason: control plane }]
          {{(rules.Length == 0 ? "" : "rules:\n" + rules)}}
          {{(fallback is null ? "" : "default: { " + fallback + " }")}}
        """;
}
