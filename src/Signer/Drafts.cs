// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Sigstore;

namespace SupplyChain.Signer;

/// <summary>
/// The only things this product signs about an image, each with its bytes complete. Equal arguments give equal bytes, so
/// that work that was interrupted can be taken up.
/// </summary>
public static class Drafts
{
    /// <summary>The purpose of an image signature.</summary>
    public const string Signature = "signature";

    /// <summary>The purpose of an image signature in the tag layout.</summary>
    public const string TagSignature = "tag-signature";

    /// <summary>The purpose of an approval.</summary>
    public const string Approval = "approval";

    /// <summary>The start of the purpose of a scan attestation; the report's digest follows.</summary>
    public const string ScanAttestation = "scan-attestation:";

    /// <summary>The start of the purpose of an SBOM attestation; the digest of what was sent follows.</summary>
    public const string SbomAttestation = "sbom-attestation:";

    /// <summary>An image signature as cosign 3 writes it, with the repository as the subject's name.</summary>
    public static Draft OfSignature(Repository repository, Descriptor subject)
    {
        ArgumentNullException.ThrowIfNull(subject);
        return new Draft(
            Signature, DraftForm.Bundle, repository, subject, PredicateTypes.ImageSignature,
            StatementWriter.WriteImageSignature(subject.Digest, repository));
    }

    /// <summary>An image signature as cosign 2 writes it.</summary>
    public static Draft OfTagSignature(Repository repository, Descriptor subject)
    {
        ArgumentNullException.ThrowIfNull(subject);
        return new Draft(
            TagSignature, DraftForm.TagSignature, repository, subject, predicateType: null,
            SimpleSigning.WritePayload(repository, subject.Digest));
    }

    /// <summary>A scan report as an attestation about the manifest it covers.</summary>
    /// <param name="repository">Where the image lives.</param>
    /// <param name="subject">The manifest the report covers.</param>
    /// <param name="report">The digest of the report's bytes.</param>
    /// <param name="scan">The predicate with the report inside.</param>
    public static Draft OfScan(Repository repository, Descriptor subject, Digest report, VulnerabilityScan scan)
    {
        ArgumentNullException.ThrowIfNull(subject);
        ArgumentNullException.ThrowIfNull(scan);
        return new Draft(
            ScanAttestation + report, DraftForm.Bundle, repository, subject, PredicateTypes.VulnerabilityScan,
            StatementWriter.Write(
                [SubjectOf(repository, subject)], PredicateTypes.VulnerabilityScan, scan.Write, scan.Result.Length + 1024));
    }

    /// <summary>An SBOM as an attestation about the manifest it covers.</summary>
    /// <param name="repository">Where the image lives.</param>
    /// <param name="subject">The manifest that the SBOM covers.</param>
    /// <param name="sent">The digest of what was sent.</param>
    /// <param name="predicateType">The type that its format is attested as.</param>
    /// <param name="sbom">The SBOM, as strict JSON that is less deep than a statement may be.</param>
    public static Draft OfSbom(Repository repository, Descriptor subject, Digest sent, string predicateType, ReadOnlyMemory<byte> sbom)
    {
        ArgumentNullException.ThrowIfNull(subject);
        return new Draft(
            SbomAttestation + sent, DraftForm.Bundle, repository, subject, predicateType,
            StatementWriter.Write(
                [SubjectOf(repository, subject)], predicateType, writer => writer.WriteRawValue(sbom.Span), sbom.Length + 1024));
    }

    /// <summary>An approval: the verification summary of a policy that passed.</summary>
    public static Draft OfApproval(Repository repository, Descriptor subject, VerificationSummary summary)
    {
        ArgumentNullException.ThrowIfNull(subject);
        ArgumentNullException.ThrowIfNull(summary);
        return new Draft(
            Approval, DraftForm.Bundle, repository, subject, PredicateTypes.VerificationSummary,
            StatementWriter.Write([SubjectOf(repository, subject)], PredicateTypes.VerificationSummary, summary.Write));
    }

    private static StatementSubject SubjectOf(Repository repository, Descriptor subject) =>
        new(repository.ToString(), subject.Digest, new Dictionary<string, string>(StringComparer.Ordinal));
}
