// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Policy;
using SupplyChain.Sigstore;

namespace SupplyChain.Evidence;

/// <summary>
/// Gathers what an admission rule judges: what lies beside the image and was signed by keys of the rule's attestors, or with certificates that
/// their trust roots speak for. The image's own manifest is not fetched: statements are bound to the digest that will be pulled.
/// </summary>
public sealed class AdmissionEvidence(AttachmentReader attachments) : IEvidenceSource
{
    /// <inheritdoc/>
    public async ValueTask<EvidenceSet> GatherAsync(
        Repository repository, Digest digest, EvidenceNeeds needs, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(needs);
        var wanted = WantedOf(needs);
        var found = await attachments.ReadAsync(repository, digest, wanted, new AttachmentBudget(), cancellationToken);
        var verified = AttachmentVerifier.Verify(found, digest, wanted, needs.Signers);
        return new EvidenceSet
        {
            Origin = EvidenceOrigin.Live,
            Subject = ImageSubject.Unresolved(repository, digest),
            Scans = [],
            Statements = verified.Statements,
            Signatures = verified.Signatures,
            Problems = [.. found.Problems, .. verified.Problems],
        };
    }

    private static AttachmentNeeds WantedOf(EvidenceNeeds needs)
    {
        // Approvals are always bundles, so a rule that asks for nothing else needs no tag at all.
        var bundles = needs.Layouts.Contains(StorageLayout.Bundle)
            ? needs.PredicateTypes
            : Types(needs.PredicateTypes.Where(type => type is PredicateTypes.VerificationSummary));
        var attestations = Types(needs.PredicateTypes
            .Where(type => type is not (PredicateTypes.ImageSignature or PredicateTypes.VerificationSummary)));
        var signatures = needs.PredicateTypes.Contains(PredicateTypes.ImageSignature);
        var tags = needs.Layouts.Contains(StorageLayout.Tag);
        var referrers = needs.Layouts.Contains(StorageLayout.Referrer);
        return new AttachmentNeeds
        {
            BundleTypes = bundles,
            EnvelopeTypes = tags ? attestations : Types([]),
            TagSignatures = tags && signatures,
            ReferrerTypes = referrers ? attestations : Types([]),
            ReferrerSignatures = referrers && signatures,
            // Approvals and signatures are small; only an attestation may carry a report.
            LargestAttachment = attestations.Count > 0 ? Limits.AttestationBytes : Limits.SignaturePayloadBytes,
        };
    }

    private static HashSet<string> Types(IEnumerable<string> types) => types.ToHashSet(StringComparer.Ordinal);
}
