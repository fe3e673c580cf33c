// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model.Decisions;
using SupplyChain.Sigstore;

namespace SupplyChain.Policy;

/// <summary>Tells what attestations the checks of a policy found beside an image.</summary>
internal static class AttestationLines
{
    /// <summary>
    /// One line a stored statement of the types and signers that a check asks for, by digest; used where a check that passed rests on it.
    /// </summary>
    internal static IReadOnlyList<DecisionEvidence> Describe(
        SigningPolicy policy, PolicySet policies, EvidenceSet evidence, IReadOnlyList<CheckResult> checks)
    {
        var asking = policy.Checks.OfType<AttestationCheck>().ToList();
        var used = checks.Where(check => check.Verdict == Verdict.Pass).SelectMany(check => check.Evidence).ToHashSet();
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
                   Binding = "proven",
                   Used = used.Contains(statement.Digest),
               },
        ];
    }

    private static string? FindSigner(List<AttestationCheck> checks, PolicySet policies, VerifiedStatement statement) => checks
        .Where(check => check.PredicateTypes.Contains(statement.PredicateType, StringComparer.Ordinal))
        .SelectMany(check => check.SignedBy)
        .FirstOrDefault(name => policies.FindAttestor(name)?.MemberOf(statement.Key) is not null);
}
