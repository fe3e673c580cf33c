// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Policy;
using SupplyChain.Sigstore;

namespace SupplyChain.Verifier;

/// <summary>Gathers and verifies what is known about an image. Another process stands behind it: the registry.</summary>
public interface IEvidenceSource
{
    /// <summary>Gathers the evidence about one image once, live.</summary>
    /// <param name="repository">Where the image is deployed from.</param>
    /// <param name="digest">The image.</param>
    /// <param name="needs">What can count at all.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>
    /// The evidence, of origin <see cref="EvidenceOrigin.Live"/>. An attachment that could not be had is one of its
    /// problems with <see cref="EvidenceProblem.IsError"/>: error is not absence.
    /// </returns>
    /// <exception cref="Oci.RegistryException">The image itself cannot be had or judged.</exception>
    ValueTask<EvidenceSet> GatherAsync(
        Repository repository, Digest digest, EvidenceNeeds needs, CancellationToken cancellationToken);
}

/// <summary>
/// What can count for one rule: made once when a policy comes into force. Whatever is left out can only lead to a no,
/// since no requirement asks for the absence of something.
/// </summary>
public sealed record EvidenceNeeds
{
    private EvidenceNeeds()
    {
    }

    /// <summary>The keys of every attestor the rule names; distinct.</summary>
    public required IReadOnlyList<PublicKey> Keys { get; init; }

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
        return new EvidenceNeeds
        {
            Keys = [.. policies.KeysOf(leaves.Select(leaf => leaf.Attestor)).Distinct()],
            PredicateTypes = leaves.Select(PredicateTypeOf).ToHashSet(StringComparer.Ordinal),
            Layouts = rule.Layouts,
        };
    }

    private static string PredicateTypeOf(SignedRequirement leaf) => leaf switch
    {
        ApprovalRequirement => Sigstore.PredicateTypes.VerificationSummary,
        SignatureRequirement => Sigstore.PredicateTypes.ImageSignature,
        AttestationRequirement attestation => attestation.Type,
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
