// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using SupplyChain.Model;

namespace SupplyChain.Sigstore;

/// <summary>
/// A Sigstore bundle: an envelope or a message signature, and what tells who signed it (protobuf-specs, sigstore_bundle.proto, JSON form,
/// versions 0.1 to 0.3).
/// </summary>
/// <remarks>
/// <see cref="TryRead"/> is for bundles that were signed with a key that is known otherwise: the key's signature alone decides, log
/// entries and timestamps are counted, within limits, and otherwise ignored, and a bundle with a certificate is refused by name.
/// </remarks>
public sealed class Bundle
{
    /// <summary>The media type of version 0.3, the one this product writes.</summary>
    public const string MediaTypeV03 = "application/vnd.dev.sigstore.bundle.v0.3+json";

    internal Bundle(string mediaType, string? keyHint, Envelope? envelope, MessageSignature? message)
    {
        MediaType = mediaType;
        KeyHint = keyHint;
        Envelope = envelope;
        Message = message;
    }

    /// <summary>The bundle's own statement of its version; one of <see cref="MediaTypes"/>.</summary>
    public string MediaType { get; }

    /// <summary>Which key its author says it was signed with; not signed, and selects nothing.</summary>
    public string? KeyHint { get; }

    /// <summary>The signed envelope; null when the bundle holds a <see cref="Message"/> instead.</summary>
    public Envelope? Envelope { get; }

    /// <summary>
    /// The signature over an artifact's own bytes; null when the bundle holds an <see cref="Envelope"/>.
    /// </summary>
    public MessageSignature? Message { get; }

    /// <summary>
    /// What came along to tell who signed and when; null unless the bundle was read with it (<see cref="TryReadWithMaterial"/>).
    /// </summary>
    public BundleMaterial? Material { get; internal init; }

    /// <summary>Every media type that is read.</summary>
    public static IReadOnlyList<string> MediaTypes { get; } =
    [
        MediaTypeV03,
        "application/vnd.dev.sigstore.bundle+json;version=0.3",
        "application/vnd.dev.sigstore.bundle+json;version=0.2",
        "application/vnd.dev.sigstore.bundle+json;version=0.1",
    ];

    /// <summary>Reads a bundle.</summary>
    /// <param name="utf8">The bundle; must not change while the result is in use.</param>
    /// <param name="bundle">The bundle, when the result is <see langword="true"/>.</param>
    /// <param name="problem">
    /// SIGNATURE_MALFORMED, EVIDENCE_LIMIT, or KEY_NOT_TRUSTED for a certificate, when it is not.
    /// </param>
    public static bool TryRead(
        ReadOnlyMemory<byte> utf8, [NotNullWhen(true)] out Bundle? bundle,
        [NotNullWhen(false)] out SignatureProblem? problem) =>
        BundleReader.TryRead(utf8, withMaterial: false, out bundle, out problem);

    /// <summary>
    /// Reads a bundle of any kind with all that <see cref="BundleVerifier"/> needs: certificate, log entries and timestamps.
    /// </summary>
    /// <param name="utf8">The bundle; must not change while the result is in use.</param>
    /// <param name="bundle">The bundle, when the result is <see langword="true"/>.</param>
    /// <param name="problem">SIGNATURE_MALFORMED or EVIDENCE_LIMIT, when it is not.</param>
    public static bool TryReadWithMaterial(
        ReadOnlyMemory<byte> utf8, [NotNullWhen(true)] out Bundle? bundle,
        [NotNullWhen(false)] out SignatureProblem? problem) =>
        BundleReader.TryRead(utf8, withMaterial: true, out bundle, out problem);

    /// <summary>
    /// Writes an envelope as a version 0.3 bundle: the hint is the base64 SHA-256 of the key's SubjectPublicKeyInfo, as
    /// cosign writes it.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// The envelope names a key by another id, or the bundle would be too large to be read.
    /// </exception>
    public static byte[] Write(Envelope envelope, PublicKey key) => BundleWriter.Write(envelope, key, BundleMaterial.None);

    /// <summary>Writes an envelope as a version 0.3 bundle with what speaks for it. With a certificate that stands in the hint's place.</summary>
    /// <exception cref="ArgumentException">
    /// The envelope names a key by another id, the certificate is of another key, or the bundle would be too large to be read.
    /// </exception>
    public static byte[] Write(Envelope envelope, PublicKey key, BundleMaterial material) => BundleWriter.Write(envelope, key, material);

    /// <summary>Writes a signature over an artifact's own bytes as a version 0.3 bundle with what speaks for it.</summary>
    /// <param name="artifact">The artifact, by SHA-256.</param>
    /// <param name="signature">The signature.</param>
    /// <param name="key">The key that made it.</param>
    /// <param name="material">What speaks for it; <see cref="BundleMaterial.None"/> leaves the key's hint alone.</param>
    /// <exception cref="ArgumentException">The artifact is named by another digest, or the certificate is of another key.</exception>
    public static byte[] Write(Digest artifact, ReadOnlySpan<byte> signature, PublicKey key, BundleMaterial material) =>
        BundleWriter.Write(artifact, signature, key, material);
}
