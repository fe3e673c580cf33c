// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using SupplyChain.Policy;
using SupplyChain.Scanning;

namespace SupplyChain.Bench;

/// <summary>What comes after reading: a policy is read, every kind of check is made, and the decision is written.</summary>
internal static class DecisionBenchmarks
{
    private const int Findings = 150;
    private const double AllowedMilliseconds = 5;

    // Statements are verified when they are gathered; here the checks that want one find none.
    private const string Checks =
        """
        - name: no-serious-vulnerabilities
          vulnerabilities: { maximumFixableSeverity: MEDIUM, maximumUnfixableSeverity: HIGH }
        - name: no-secrets
          secrets: { maximumCount: 0 }
        - name: no-misconfigurations
          misconfigurations: { maximumCount: 0 }
        - name: licenses
          licenses: { maximumCount: 0, denied: [AGPL-3.0-only] }
        - name: runs-unprivileged
          imageConfig: { user: nonRoot, deniedPorts: [22] }
        - name: built-lately
          freshness: { maximumBuildAge: 30d }
        - name: approved-base
          baseImage: { approved: ["registry.example.com/base/debian@sha256:7777777777777777777777777777777777777777777777777777777777777777"] }
        - name: built-by-ci
          provenance: { signedBy: [builder], builders: ["https://builder.example.com/v1"] }
        - name: has-a-bill-of-materials
          sbom: { signedBy: [builder], formats: [cyclonedx, spdx] }
        - name: was-tested
          predicate: { type: "https://example.com/test/v1", signedBy: [builder] }
        """;

    /// <summary>The whole way from bytes to bytes. There is no floor to compare with, so an allowance stands for it.</summary>
    public static async Task<Result> EvaluateAsync()
    {
        var files = SampleEvidence.PolicyFiles(Checks);
        var evidence = SampleEvidence.Of(
            1, [.. Enumerable.Range(0, Findings).Select(row => SampleEvidence.FindingOf(1, row, row % 4 == 0 ? Severity.High : Severity.Low))]);
        var nanoseconds = await Pairing.MeasureAsync(() =>
        {
            Decide();
            return ValueTask.CompletedTask;
        });
        var bytes = Pairing.BytesOf(Decide);
        return new Result(
            "Decision.Evaluate", AllowedMilliseconds * 1e6 / nanoseconds, 1.0, nanoseconds / 1e6,
            string.Create(CultureInfo.InvariantCulture, $"ms-of-processor-time-from-policy-to-decision-of-{Findings}-findings,{bytes}-bytes-allocated"));

        void Decide()
        {
            var loaded = PolicyLoader.Load(files);
            if (!loaded.IsUsable)
                throw new InvalidOperationException(loaded.Problems[0].ToString());

            var policy = loaded.Set.SigningPolicies[0];
            var evaluation = SigningEvaluation.Evaluate(policy, loaded.Set, evidence, SampleEvidence.Now);
            if (SampleEvidence.Decide("bench", policy, evidence, evaluation).ToJson().Length == 0)
                throw new InvalidOperationException("nothing was written");
        }
    }
}
