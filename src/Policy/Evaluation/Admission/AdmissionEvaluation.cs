// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Sigstore;

namespace SupplyChain.Policy;

/// <summary>Judges whether an image may run.</summary>
public static class AdmissionEvaluation
{
    /// <summary>
    /// Judges <paramref name="evidence"/> by the rule that was selected: one check for each thing it requires, one for each
    /// combination of them. Only what is there can satisfy a requirement; removing evidence never helps.
    /// </summary>
    /// <param name="policy">The policy the rule is of.</param>
    /// <param name="rule">The rule.</param>
    /// <param name="policies">The set that knows the attestors.</param>
    /// <param name="evidence">What was gathered.</param>
    /// <param name="time">The server's time.</param>
    public static Evaluation Evaluate(
        AdmissionPolicy policy, AdmissionRule rule, PolicySet policies, EvidenceSet evidence, DateTimeOffset time)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(rule);
        ArgumentNullException.ThrowIfNull(policies);
        ArgumentNullException.ThrowIfNull(evidence);

        var context = new AdmissionContext(rule, policies, evidence, time);
        var root = new RequirementEvaluation(context).Evaluate(rule.Require);
        List<CheckResult> checks =
            [.. context.Problems.Fatal, .. RequirementWords.ToChecks(root), .. context.Problems.ToNotes()];
        if (!policy.AllowsRegistry(evidence.Subject.Repository))
            checks.Insert(0, AdmissionPreflight.RegistryNotAllowed(policy, evidence.Subject.Repository));

        return new Evaluation
        {
            Checks = checks,
            Evidence = Describe(root, context),
            Expires = rule.Until is { } end && time < end && !(root.Expires < end) ? end : root.Expires,
        };
    }

    private static IReadOnlyList<DecisionEvidence> Describe(RequirementResult root, AdmissionContext context)
    {
        var used = root.Used.ToHashSet();
        var rejections = root.AllCandidates.Where(candidate => !candidate.Holds)
            .GroupBy(candidate => (candidate.Digest, candidate.Signer.Key))
            .ToDictionary(
                group => group.Key, group => group.MaxBy(candidate => candidate.FailedAt)!.Rejection!.Message);
        var statements = context.Evidence.Statements.Select(stored => Describe(
            stored.Statement.Digest, stored.Statement.Signer, KindOf(stored.Statement), TimeOf(stored.Statement)));
        var signatures = context.Evidence.Signatures.Select(stored =>
            Describe(stored.Signature.Digest, stored.Signature.Signer, "signature", null));
        return
        [
            .. statements.Concat(signatures).Distinct()
                .OrderBy(line => line.Digest.ToString(), StringComparer.Ordinal)
                .ThenBy(line => line.Kind, StringComparer.Ordinal)
                .ThenBy(line => line.Producer, StringComparer.Ordinal),
        ];

        DecisionEvidence Describe(Digest digest, Signer signer, string kind, DateTimeOffset? time) => new()
        {
            Digest = digest,
            Kind = kind,
            Producer = Producer(signer, context),
            SignedBy = signer.Key.Id,
            Time = time,
            Used = used.Contains(digest),
            Note = used.Contains(digest)
                ? null
                : rejections.GetValueOrDefault((digest, signer.Key), "the rule does not ask for it"),
        };
    }

    // Keys of certificates are made for one signature, so that whom the certificate was given to says more.
    private static string Producer(Signer signer, AdmissionContext context)
    {
        var names = context.MembershipsOf(signer).Select(membership => membership.Attestor.Name).ToList();
        var whom = signer.Identity?.ToString();
        return names.Count == 0
            ? whom ?? $"key {signer.Key.Id}"
            : string.Join(", ", names) + (whom is null ? "" : $" ({whom})");
    }

    private static string KindOf(VerifiedStatement statement) =>
        statement.PredicateType is PredicateTypes.VerificationSummary ? "approval" : "attestation";

    private static DateTimeOffset? TimeOf(VerifiedStatement statement) =>
        statement.PredicateType is PredicateTypes.VerificationSummary
            && VerificationSummary.TryRead(statement, out var summary, out _)
            ? summary.TimeVerified
            : null;
}
