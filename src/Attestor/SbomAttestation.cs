// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Policy;
using SupplyChain.Signer;

namespace SupplyChain.Attestor;

/// <summary>
/// The SBOMs that a decision rests on and that only the request brought, to be signed and stored beside the image. The key that approves
/// signs them, and no policy takes that key's word for evidence: what was submitted stays submitted.
/// </summary>
internal static class SbomAttestation
{
    /// <summary>One draft for each platform that an SBOM was used for.</summary>
    public static IEnumerable<Draft> Plan(Grant grant, Judged judged, ImageSubject subject)
    {
        // Another check may use a document of the type without ever reading it as an SBOM.
        var checks = grant.Policy.Checks.OfType<SbomCheck>().Select(check => check.Name).ToHashSet(StringComparer.Ordinal);
        var used = judged.Decision.Checks.Where(check => check.Verdict == Verdict.Pass && checks.Contains(check.Name))
            .SelectMany(check => check.Evidence).ToHashSet();
        return
            from document in judged.Documents.DistinctBy(document => document.Digest)
            where used.Contains(document.Digest) && !judged.Stored.Contains(document.Digest)
            from platform in grant.Policy.Evidence.Judged(subject)
            where document.Images.Contains(platform.Manifest.Digest)
            select Drafts.OfSbom(
                grant.Repository, platform.Manifest, document.Digest, SbomCheck.GeneralTypeOf(document.PredicateType), document.PredicateContent);
    }
}
