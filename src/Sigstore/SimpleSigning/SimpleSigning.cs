// SPDX-License-Identifier: Apache-2.0

using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Sigstore;

/// <summary>
/// The image signature of the cosign tag layout: a small JSON payload that names an image, signed as it is, with the
/// signature in an annotation beside it (cosign SIGNATURE_SPEC, containers/image "simple signing").
/// </summary>
public static class SimpleSigning
{
    /// <summary>The media type of a stored payload.</summary>
    public const string MediaType = "application/vnd.dev.cosign.simplesigning.v1+json";

    /// <summary>The layer annotation that holds the signature.</summary>
    public const string SignatureAnnotation = "dev.cosignproject.cosign/signature";

    /// <summary>The one accepted <c>critical.type</c>.</summary>
    public const string PayloadKind = "cosign container image signature";

    /// <summary>Writes the payload for an image of a repository.</summary>
    /// <exception cref="ArgumentException">The image is not named by SHA-256.</exception>
    public static byte[] WritePayload(Repository repository, Digest image)
    {
        ArgumentNullException.ThrowIfNull(repository);
        ArgumentNullException.ThrowIfNull(image);
        if (!image.IsSha256)
            throw new ArgumentException("Images are signed by their SHA-256.", nameof(image));

        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer, Envelope.PlainJson))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("critical"u8);
            writer.WriteStartObject("identity"u8);
            writer.WriteString("docker-reference"u8, repository.ToString());
            writer.WriteEndObject();
            writer.WriteStartObject("image"u8);
            writer.WriteString("docker-manifest-digest"u8, image.ToString());
            writer.WriteEndObject();
            writer.WriteString("type"u8, PayloadKind);
            writer.WriteEndObject();
            writer.WriteNull("optional"u8);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>What a signature over a payload covers: the payload itself.</summary>
    /// <exception cref="ArgumentException">
    /// The bytes are no simple-signing payload. They carry no type of their own, so nothing else may be signed this
    /// way.
    /// </exception>
    public static ToBeSigned ToBeSigned(ReadOnlyMemory<byte> payload) =>
        SimpleSigningPayload.TryRead(payload, out _, out var problem)
            ? new ToBeSigned([], payload)
            : throw new ArgumentException(problem.Message, nameof(payload));

    /// <summary>Verifies a stored payload and its signature for one image.</summary>
    /// <param name="payload">The payload as stored; must not change while the result is in use.</param>
    /// <param name="signatureBase64">The value of <see cref="SignatureAnnotation"/>.</param>
    /// <param name="image">The image in question, by SHA-256.</param>
    /// <param name="keys">The keys that may have signed, each with the algorithm it is trusted for.</param>
    /// <param name="signature">The signature, when the result is <see langword="true"/>.</param>
    /// <param name="problem">
    /// When it is not: EVIDENCE_LIMIT, SIGNATURE_MALFORMED, KEY_NOT_TRUSTED (no keys given), TOO_MANY_SIGNATURES (more
    /// keys than are tried), SIGNATURE_INVALID, PAYLOAD_TYPE or SUBJECT_MISMATCH.
    /// </param>
    public static bool TryVerify(
        ReadOnlyMemory<byte> payload, string signatureBase64, Digest image, IReadOnlyList<PublicKey> keys,
        [NotNullWhen(true)] out VerifiedSignature? signature, [NotNullWhen(false)] out SignatureProblem? problem) =>
        TryVerify(payload, signatureBase64, material: null, image, SignerCandidates.Of(keys), out signature, out problem);

    /// <summary>Verifies a stored payload and its signature for one image, with the annotations that stood beside it.</summary>
    /// <param name="payload">The payload as stored; must not change while the result is in use.</param>
    /// <param name="signatureBase64">The value of <see cref="SignatureAnnotation"/>.</param>
    /// <param name="material">What stood beside it; null for a signature by a key alone.</param>
    /// <param name="image">The image in question, by SHA-256.</param>
    /// <param name="candidates">Who may have signed.</param>
    /// <param name="signature">The signature, when the result is <see langword="true"/>.</param>
    /// <param name="problem">
    /// When it is not: as for keys alone, and TLOG_MISMATCH, TIME_UNTRUSTED or CERT_INVALID for a certificate that no trust root speaks for.
    /// </param>
    public static bool TryVerify(
        ReadOnlyMemory<byte> payload, string signatureBase64, BundleMaterial? material, Digest image, SignerCandidates candidates,
        [NotNullWhen(true)] out VerifiedSignature? signature, [NotNullWhen(false)] out SignatureProblem? problem)
    {
        ArgumentNullException.ThrowIfNull(signatureBase64);
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(candidates);
        signature = null;
        if (payload.Length > Limits.SignaturePayloadBytes)
        {
            problem = SignatureProblem.Limit(
                $"a signature payload has at most {Limits.SignaturePayloadBytes} bytes, found {payload.Length}");
            return false;
        }

        if (!CanonicalBase64.TryDecode(signatureBase64, Limits.SignatureLength, out var value) || value.Length == 0)
        {
            problem = SignatureProblem.Malformed("the signature annotation is not canonical base64");
            return false;
        }

        var message = new ToBeSigned([], payload);
        var digest = Digest.Compute(payload.Span);
        if (!SignerSearch.TryFind(candidates, material, message, value, Describe, out var signer, out problem)
            || !SimpleSigningPayload.TryRead(payload, out var read, out problem))
        {
            return false;
        }

        if (!image.Equals(read.Image))
        {
            problem = new SignatureProblem(ReasonCode.SubjectMismatch, "the signature is for another image")
            {
                Expected = image.ToString(),
                Actual = read.Image.ToString(),
            };
            return false;
        }

        signature = new VerifiedSignature(signer, image, read.Repository, read.Annotations, digest);
        return true;

        LoggedSignature Describe(PublicKey key) =>
            new() { Signature = value, Key = key, Certificate = material?.Certificate, Artifact = digest };
    }
}
