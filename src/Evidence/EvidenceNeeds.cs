// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using SupplyChain.Policy;
using SupplyChain.Sigstore;
using SignedTypes = SupplyChain.Sigstore.PredicateTypes;

namespace SupplyChain.Evidence;

/// <summary>
/// What can count for one rule: made once when a policy comes into force. Whatever is left out can only lead to a no,
/// since no requirement asks for the absence of something.
/// </summary>
public sealed record EvidenceNeeds
{
    private EvidenceNeeds()
    {
    }

    /// <summary>The keys of every attestor the rule names, and the trust roots that they ask; distinct.</summary>
    public required SignerCandidates Signers { get; init; }

    /// <summary>The predicate types that statements are wanted of, image signatures included.</summary>
    public required IReadOnlySet<string> PredicateTypes { get; init; }

    /// <summary>Where evidence may lie.</summary>
    public required IReadOnlyList<StorageLayout> Layouts { get; init; }

    /// <summary>What <paramref name="rule"/> can count.</summary>
    public static EvidenceNeeds Of(AdmissionRule rule, PolicySet policies)
    {
        ArgumentNullException.ThrowIfNull(rule);
        ArgumentNullException.ThrowIfNull(policies);
        var leaves = rule.Require.Flatten().OfType<SignedRequirement>().ToList();
        var attestors = leaves.Select(leaf => leaf.Attestor).ToList();
        return new EvidenceNeeds
        {
            Signers = new SignerCandidates([.. policies.KeysOf(attestors).Distinct()], policies.RootsOf(attestors)),
            PredicateTypes = leaves.Select(PredicateTypeOf).ToHashSet(StringComparer.Ordinal),
            Layouts = rule.Layouts,
        };
    }

    private static string PredicateTypeOf(SignedRequirement leaf) => leaf switch
    {
        ApprovalRequirement => SignedTypes.VerificationSummary,
        SignatureRequirement => SignedTypes.ImageSignature,
        AttestationRequirement attestation => attestation.Type,
        _ => throw new UnreachableException(),
    };
}
