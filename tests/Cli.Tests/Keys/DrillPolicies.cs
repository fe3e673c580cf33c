// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Cli.Tests.Keys;

/// <summary>Who may have what signed by the attestor <c>release</c>, and that nothing runs without its approval.</summary>
internal static class DrillPolicies
{
    public const string Signing =
        """
        apiVersion: supplychain/v1
        kind: SigningPolicy
        metadata: { name: shop }
        spec:
          subjects: [registry.local/demo/**]
          requesters:
            - { issuer: "urn:supplychain:local", claims: { sub: ci } }
          attestor: release
          mode: enforce
          evidence:
            scanners: [{ name: trivy, source: submitted, binding: proven }]
            combine: union
            maximumScanAge: 24h
            maximumDatabaseAge: { limit: 48h, whenMissing: accept }
            platforms: all
          checks:
            - name: no-serious-vulnerabilities
              vulnerabilities: { maximumFixableSeverity: LOW, maximumUnfixableSeverity: MEDIUM, unknownSeverity: CRITICAL }
          produce: { signature: true, attestations: [vulnerabilities], validFor: 30d }
        """;

    public const string Admission =
        """
        apiVersion: supplychain/v1
        kind: AdmissionPolicy
        metadata: { name: production }
        spec:
          registries: [registry.local]
          default: { require: { approval: { attestor: release } } }
        """;
}
