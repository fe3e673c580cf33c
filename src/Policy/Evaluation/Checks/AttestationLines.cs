// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Sigstore;

namespace SupplyChain.Policy;

/// <summary>Tells what attestations and documents the checks of a policy had before them.</summary>
internal static class AttestationLines
{
    /// <summary>
    /// One line a statement of the types and signers that a check asks for, and one a document that was sent, by digest; used where a check
    /// that passed rests on it. Last come the statements with certificates that nothing speaks for, with the reason.
    /// </summary>
    internal static IReadOnlyList<DecisionEvidence> Describe(
        SigningPolicy policy, PolicySet policies, EvidenceSet evidence, IReadOnlyList<CheckResult> checks)
    {
        var asking = policy.Checks.OfType<AttestationCheck>().ToLookup(check => check.Source);
        var attested = DescribeAttested(policy, [.. asking[EvidenceSource.Attested]], policies, evidence, checks);
        return
        [
            .. attested, .. DescribeSubmitted([.. asking[EvidenceSource.Submitted]], [.. attested.Select(line => line.Digest)], evidence, checks),
            .. EvidenceProblems.Sort(evidence.Unproven).Select(Describe),
        ];
    }

    private static List<DecisionEvidence> DescribeAttested(
        SigningPolicy policy, List<AttestationCheck> asking, PolicySet policies, EvidenceSet evidence, IReadOnlyList<CheckResult> checks)
    {
        var used = UsedBy(asking, checks);
        return
        [
            .. from statement in evidence.Statements.Select(stored => stored.Statement)
                   .DistinctBy(statement => statement.Digest).OrderBy(statement => statement.Digest.Hex, StringComparer.Ordinal)
               let signer = FindSigner(asking, policies, statement)
               where signer is not null
               select new DecisionEvidence
               {
                   Digest = statement.Digest,
                   Kind = VouchingRule.Attestation,
                   Producer = signer,
                   Source = "attested",
                   SignedBy = statement.Key.Id,
                   Identity = statement.Signer.Identity is { } identity ? new DecisionIdentity(identity.Issuer, identity.Subject) : null,
                   Trust = IsWitnessed(asking, policies, statement) ? SignerTrust.Of(policy, policies) : null,
                   Binding = "proven",
                   Used = used.Contains(statement.Digest),
               },
        ];
    }

    // What was sent is told even where nobody asked for it; what counts as attested is told once, unless it counts as sent as well.
    private static IEnumerable<DecisionEvidence> DescribeSubmitted(
        List<AttestationCheck> asking, HashSet<Digest> attested, EvidenceSet evidence, IReadOnlyList<CheckResult> checks)
    {
        var used = UsedBy(asking, checks);
        return
            from document in evidence.Documents.DistinctBy(document => document.Digest).OrderBy(document => document.Digest.Hex, StringComparer.Ordinal)
            let isAsked = asking.Exists(check => Claims.IsOf(check, document))
            where isAsked || !attested.Contains(document.Digest)
            select new DecisionEvidence
            {
                Digest = document.Digest,
                Kind = document.IsBare ? VouchingRule.Sbom : VouchingRule.Attestation,
                Source = "submitted",
                Binding = document.Binding == EvidenceBinding.Proven ? "proven" : "asserted",
                Used = used.Contains(document.Digest),
                Note = isAsked ? null : "no check of the policy takes it from a requester",
            };
    }

    private static DecisionEvidence Describe(EvidenceProblem unproven) => new()
    {
        Digest = unproven.Evidence!,
        Kind = VouchingRule.Attestation,
        Used = false,
        Note = $"{unproven.Message} ({unproven.Reason})"
            + (unproven.Expected is null ? "" : $"; expected {unproven.Expected}") + (unproven.Actual is null ? "" : $"; found {unproven.Actual}"),
    };

    private static HashSet<Digest> UsedBy(List<AttestationCheck> asking, IReadOnlyList<CheckResult> checks)
    {
        var names = asking.Select(check => check.Name).ToHashSet(StringComparer.Ordinal);
        return [.. checks.Where(check => check.Verdict == Verdict.Pass && names.Contains(check.Name)).SelectMany(check => check.Evidence)];
    }

    private static string? FindSigner(List<AttestationCheck> checks, PolicySet policies, VerifiedStatement statement) => checks
        .Where(check => check.PredicateTypes.Contains(statement.PredicateType, StringComparer.Ordinal))
        .SelectMany(check => check.SignedBy)
        .FirstOrDefault(name => policies.FindAttestor(name)?.MembersOf(statement.Signer).Any() == true);

    private static bool IsWitnessed(List<AttestationCheck> checks, PolicySet policies, VerifiedStatement statement) => checks
        .SelectMany(check => check.SignedBy).Select(policies.FindAttestor).OfType<AttestorDefinition>()
        .SelectMany(attestor => attestor.MembersOf(statement.Signer)).Any(member => member.Witnesses is not null);
}
