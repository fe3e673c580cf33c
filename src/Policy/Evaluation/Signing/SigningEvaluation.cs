// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model.Decisions;

namespace SupplyChain.Policy;

/// <summary>Judges whether an image may be signed.</summary>
public static class SigningEvaluation
{
    /// <summary>
    /// Judges <paramref name="evidence"/> by <paramref name="policy"/>. Every check runs, whatever the others find: first
    /// what went wrong with evidence, then whether the reports that are needed are there, complete and fresh, then the
    /// policy's own checks in its order.
    /// </summary>
    /// <param name="policy">The policy.</param>
    /// <param name="policies">The set it is of, which knows the attestors.</param>
    /// <param name="evidence">What was gathered.</param>
    /// <param name="time">The server's time.</param>
    public static Evaluation Evaluate(
        SigningPolicy policy, PolicySet policies, EvidenceSet evidence, DateTimeOffset time)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(policies);
        ArgumentNullException.ThrowIfNull(evidence);

        var scans = ScanSelection.From(policy.Evidence, policies, evidence, time);
        List<CheckResult> checks =
        [
            .. EvidenceProblems.ToChecks(evidence.Problems),
            .. ReportsCheck.Evaluate(policy.Evidence, evidence.Subject, scans),
            CoverageCheck.Evaluate(scans),
            FreshnessCheck.Evaluate(policy.Evidence, scans, time),
        ];
        var vex = VexSelection.From(policy.Evidence, policies, evidence, time);
        var vulnerabilities = new VulnerabilityEvaluation(evidence, scans, vex, time);
        var context = new CheckContext(policy.Evidence, policies, evidence, scans.Counted, time);
        var applied = new List<AppliedStatement>();
        foreach (var check in policy.Checks)
        {
            if (check is VulnerabilityCheck vulnerability)
            {
                var judged = vulnerabilities.Evaluate(vulnerability);
                checks.Add(judged.Check);
                applied.AddRange(judged.Applied);
            }
            else
            {
                checks.Add(CheckEvaluation.Evaluate(check, context));
            }
        }

        if (policy.Checks.Count == 0)
            checks.Add(CheckResult.Fail("checks", "policy", ReasonCode.NoChecks, "the policy has no check"));

        return new Evaluation
        {
            Checks = checks,
            Evidence =
            [
                .. scans.Describe(evidence.Subject), .. AttestationLines.Describe(policy, policies, evidence, checks),
                .. vex.Describe(applied), .. ThreatWords.Describe(policy.Checks, evidence.ThreatData),
            ],
        };
    }

    /// <summary>
    /// Whether <paramref name="policy"/> accepts who vouches for <paramref name="scan"/>. A report that nobody it trusts for
    /// this scanner signed must not stand in the way of one that somebody did.
    /// </summary>
    public static bool IsVouched(SigningPolicy policy, PolicySet policies, ScanEvidence scan, DateTimeOffset time)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(policies);
        ArgumentNullException.ThrowIfNull(scan);
        return new ScanAcceptance(policy.Evidence, policies, time).IsVouched(scan);
    }
}
