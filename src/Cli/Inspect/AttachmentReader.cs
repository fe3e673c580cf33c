// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Oci;
using SupplyChain.Policy;
using SupplyChain.Sigstore;

namespace SupplyChain.Cli.Inspect;

/// <summary>
/// Reads one attachment and finds out which of the known keys, if any, has signed it for the image, or who did with a certificate.
/// </summary>
internal sealed class AttachmentReader(IReadOnlyList<KnownKey> known, IReadOnlyList<TrustRootDefinition> roots)
{
    private const string BundlePrefix = "application/vnd.dev.sigstore.bundle";

    private readonly SignerCandidates _candidates = new([.. known.Select(key => key.Key).Distinct()], [.. roots.Select(root => root.Root)]);

    /// <summary>Reads a manifest that a referrers list names: one attachment, or one for each layer where it holds what the tag layout does.</summary>
    public async Task<IReadOnlyList<Attachment>> ReadReferrerAsync(
        IRegistry registry, Repository repository, Digest image, Descriptor listed, CancellationToken cancellationToken)
    {
        var attachment = new Attachment
        {
            Layout = AttachmentLayout.Referrer,
            Digest = listed.Digest,
            Type = listed.ArtifactType ?? listed.MediaType,
            Size = listed.Size,
            Kind = "other",
        };
        try
        {
            var manifest = await registry.FetchManifestAsync(repository, listed.Digest, cancellationToken);
            if (manifest is null)
                return [Broken(attachment, ReasonCode.BlobMissing, "it is listed, but the registry does not have it")];

            // The list's type is a hint that old clients get wrong; the manifest knows.
            attachment = attachment with
            {
                Type = manifest.ArtifactType ?? manifest.Config?.MediaType ?? manifest.MediaType,
                Size = manifest.Layers.Count == 1 ? manifest.Layers[0].Size : manifest.Content.Length,
            };
            if (manifest.Subject?.Digest != image)
            {
                return
                [
                    Broken(
                        attachment, ReasonCode.SubjectMismatch,
                        $"it is listed here, but refers to {manifest.Subject?.Digest.ToString() ?? "nothing"}"),
                ];
            }

            if (attachment.Type is MediaTypes.CosignSignature or MediaTypes.InTotoReferrer)
            {
                return await Task.WhenAll(manifest.Layers.Take(Limits.SignaturesPerImage).Select(one => ReadContentAsync(
                    registry, repository, image, one, attachment with { Digest = one.Digest, Type = one.MediaType, Size = one.Size }, cancellationToken)));
            }

            if (manifest.Layers is not [{ } layer]
                || !layer.MediaType.StartsWith(BundlePrefix, StringComparison.Ordinal))
            {
                return [attachment with { Kind = KindOfType(attachment.Type) }];
            }

            var content = await registry.FetchBlobAsync(repository, layer, Limits.AttestationBytes, cancellationToken);
            return [content is null ? Missing(attachment, layer) : ReadBundle(attachment, image, layer.Digest, content)];
        }
        catch (RegistryException fault)
        {
            return [Broken(attachment, fault.Reason, fault.Message)];
        }
    }

    /// <summary>Reads a layer under one of the image's tags.</summary>
    public Task<Attachment> ReadLayerAsync(
        IRegistry registry, Repository repository, Digest image, string tag, Descriptor layer,
        CancellationToken cancellationToken) => ReadContentAsync(registry, repository, image, layer, new Attachment
        {
            Layout = AttachmentLayout.Tag,
            Tag = tag,
            Digest = layer.Digest,
            Type = layer.MediaType,
            Size = layer.Size,
            Kind = tag.EndsWith(TagLayout.Sboms, StringComparison.Ordinal) ? "sbom" : "other",
        }, cancellationToken);

    private async Task<Attachment> ReadContentAsync(
        IRegistry registry, Repository repository, Digest image, Descriptor layer, Attachment attachment, CancellationToken cancellationToken)
    {
        if (layer.MediaType is not (MediaTypes.SimpleSigning or MediaTypes.DsseEnvelope))
            return attachment;

        try
        {
            var content = await registry.FetchBlobAsync(repository, layer, Limits.AttestationBytes, cancellationToken);
            if (content is null)
                return Missing(attachment, layer);

            return layer.MediaType is MediaTypes.SimpleSigning
                ? ReadSimpleSigning(attachment, image, layer, content)
                : ReadEnvelope(attachment, image, layer, content);
        }
        catch (RegistryException fault)
        {
            return Broken(attachment, fault.Reason, fault.Message);
        }
    }

    private static Attachment Missing(Attachment attachment, Descriptor layer) =>
        Broken(attachment, ReasonCode.BlobMissing, $"the registry does not have its content {layer.Digest}");

    private Attachment ReadBundle(Attachment attachment, Digest image, Digest stored, byte[] content)
    {
        if (!Bundle.TryReadWithMaterial(content, out var bundle, out var problem))
            return Broken(attachment with { IsSigned = true }, problem);

        attachment = WithClaim(attachment with { IsSigned = true, KeyHint = bundle.KeyHint }, bundle.Material);
        if (bundle.Envelope is not { } envelope)
            return attachment with { Summary = "a signature over a file's bytes, which says nothing about an image" };

        return EnvelopeVerifier.TryVerify(bundle, image, _candidates, stored, out var verified, out problem)
            ? Verified(attachment, verified)
            : Unverified(attachment, envelope, problem);
    }

    private Attachment ReadEnvelope(Attachment attachment, Digest image, Descriptor layer, byte[] content)
    {
        attachment = attachment with { IsSigned = true };
        if (!Envelope.TryRead(content, out var envelope, out var problem) || !TagMaterial.TryRead(layer.Annotations, out var material, out problem))
            return Broken(attachment, problem);

        attachment = WithClaim(attachment with { KeyHint = NullIfEmpty(envelope.KeyId) }, material);
        return EnvelopeVerifier.TryVerify(content, material, image, _candidates, layer.Digest, out var verified, out problem)
            ? Verified(attachment, verified)
            : Unverified(attachment, envelope, problem);
    }

    private Attachment Verified(Attachment attachment, VerifiedStatement verified) => WithSigner(attachment, verified.Signer) with
    {
        PredicateType = verified.PredicateType,
        Kind = KindOf(verified.PredicateType),
        Summary = Summarise(verified),
    };

    // Shown for orientation only, and marked as what it is.
    private static Attachment Unverified(Attachment attachment, Envelope envelope, SignatureProblem problem)
    {
        if (Statement.TryReadUnverified(envelope.Payload, out var claimed, out _))
            attachment = attachment with { PredicateType = claimed.PredicateType, Kind = KindOf(claimed.PredicateType) };

        return IsUnknownSigner(problem) ? attachment : Broken(attachment, problem);
    }

    private Attachment ReadSimpleSigning(Attachment attachment, Digest image, Descriptor layer, byte[] content)
    {
        attachment = attachment with { Kind = "signature", IsSigned = true };
        if (!layer.Annotations.TryGetValue(SimpleSigning.SignatureAnnotation, out var signature))
        {
            return Broken(
                attachment with { IsSigned = false }, ReasonCode.SignatureMalformed,
                $"its annotation {SimpleSigning.SignatureAnnotation} is missing");
        }

        if (!TagMaterial.TryRead(layer.Annotations, out var material, out var problem))
            return Broken(attachment, problem);

        attachment = WithClaim(attachment, material);
        if (SimpleSigning.TryVerify(content, signature, material, image, _candidates, out var verified, out problem))
        {
            return WithSigner(attachment, verified.Signer) with
            {
                Summary = verified.Repository is { } named ? $"for {named}" : null,
            };
        }

        return IsUnknownSigner(problem) ? attachment : Broken(attachment, problem);
    }

    // With no key to try, or none that fits, nothing is wrong with an attachment: it is somebody else's.
    private static bool IsUnknownSigner(SignatureProblem problem) =>
        problem.Reason == ReasonCode.KeyNotTrusted || problem.Reason == ReasonCode.SignatureInvalid;

    private static Attachment Broken(Attachment attachment, SignatureProblem problem) =>
        Broken(attachment, problem.Reason, problem.Message);

    private static Attachment Broken(Attachment attachment, ReasonCode reason, string message) =>
        attachment with { Problem = new InspectionProblem(reason, message) };

    private static Attachment WithClaim(Attachment attachment, BundleMaterial? material) =>
        material?.Certificate is { } certificate && CertificateIdentity.TryRead(certificate, out var identity, out _)
            ? attachment with { Certificate = identity.ToString() }
            : attachment;

    private Attachment WithSigner(Attachment attachment, Sigstore.Signer signer) => signer.Identity is { } identity
        ? attachment with
        {
            Certificate = identity.ToString(),
            Witnesses = string.Create(
                CultureInfo.InvariantCulture, $"logs {signer.Material.Max(material => material.LogOperators)}, timestamps {signer.Material.Max(material => material.TimestampOperators)}, certificate logs {signer.Material.Max(material => material.CertificateLogs.Count)}"),
            CertifiedBy = string.Join(", ", roots.Where(root => signer.Material.Any(material => material.Root == root.Root)).Select(root => root.Name)),
        }
        : attachment with { SignedBy = known.First(candidate => candidate.Key.Equals(signer.Key)) };

    private static string? Summarise(VerifiedStatement statement) => statement.PredicateType switch
    {
        PredicateTypes.VerificationSummary when VerificationSummary.TryRead(statement, out var summary, out _) =>
            $"{summary.Result.ToString().ToUpperInvariant()} {summary.PolicyUri}, by {summary.VerifierId}",
        PredicateTypes.ImageSignature when VerifiedSignature.TryFromStatement(statement, out var signature, out _)
            && signature.Repository is { } named => $"for {named}",
        _ => null,
    };

    private static string KindOf(string type) => type switch
    {
        PredicateTypes.ImageSignature => "signature",
        PredicateTypes.VerificationSummary => "approval",
        _ => "attestation",
    };

    private static string KindOfType(string type) =>
        type.Contains("spdx", StringComparison.Ordinal) || type.Contains("cyclonedx", StringComparison.Ordinal)
            ? "sbom"
            : "other";

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}
