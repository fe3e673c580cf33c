// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Sigstore;

/// <summary>
/// Turns an envelope into a <see cref="VerifiedStatement"/>: the payload type is in-toto's, one of the given keys has signed, or the key of a
/// certificate that one of the given trust roots speaks for, and the statement speaks of the image. Which keys and trust roots those are is the
/// policy's business; nothing in the envelope adds to them or chooses among them.
/// </summary>
public static class EnvelopeVerifier
{
    /// <summary>Verifies an envelope for one image.</summary>
    /// <param name="envelope">The envelope, standing alone or from a bundle.</param>
    /// <param name="image">The image in question, by SHA-256.</param>
    /// <param name="keys">The keys that may have signed, each with the algorithm it is trusted for.</param>
    /// <param name="stored">The digest of the stored bytes that the envelope was read from.</param>
    /// <param name="statement">The statement, when the result is <see langword="true"/>.</param>
    /// <param name="problem">
    /// When it is not: PAYLOAD_TYPE, KEY_NOT_TRUSTED (no keys given), TOO_MANY_SIGNATURES (more keys than are tried),
    /// SIGNATURE_INVALID, SIGNATURE_MALFORMED, EVIDENCE_LIMIT or SUBJECT_MISMATCH.
    /// </param>
    public static bool TryVerify(
        Envelope envelope, Digest image, IReadOnlyList<PublicKey> keys, Digest stored,
        [NotNullWhen(true)] out VerifiedStatement? statement, [NotNullWhen(false)] out SignatureProblem? problem) =>
        TryVerify(envelope, material: null, stamped: default, image, SignerCandidates.Of(keys), stored, out statement, out problem);

    /// <summary>Verifies a bundle's envelope for one image, with what came along to tell who signed and when.</summary>
    /// <param name="bundle">The bundle; of its material only what it was read with counts.</param>
    /// <param name="image">The image in question, by SHA-256.</param>
    /// <param name="candidates">Who may have signed.</param>
    /// <param name="stored">The digest of the bundle's bytes.</param>
    /// <param name="statement">The statement, when the result is <see langword="true"/>.</param>
    /// <param name="problem">
    /// When it is not: as for an envelope alone, PAYLOAD_TYPE for a bundle that holds none, and TLOG_MISMATCH, TIME_UNTRUSTED or
    /// CERT_INVALID for a certificate that no trust root speaks for.
    /// </param>
    public static bool TryVerify(
        Bundle bundle, Digest image, SignerCandidates candidates, Digest stored,
        [NotNullWhen(true)] out VerifiedStatement? statement, [NotNullWhen(false)] out SignatureProblem? problem)
    {
        ArgumentNullException.ThrowIfNull(bundle);
        if (bundle.Envelope is { } envelope)
            return TryVerify(envelope, bundle.Material, stamped: default, image, candidates, stored, out statement, out problem);

        statement = null;
        problem = new SignatureProblem(ReasonCode.PayloadType, "it signs an artifact's own bytes; images are signed by statement");
        return false;
    }

    /// <summary>Verifies an envelope of the tag layout for one image, with the annotations that stood beside it.</summary>
    /// <param name="content">The envelope's bytes as stored: what cosign has timestamps made of.</param>
    /// <param name="material">What stood beside it; null for a signature by a key alone.</param>
    /// <param name="image">The image in question, by SHA-256.</param>
    /// <param name="candidates">Who may have signed.</param>
    /// <param name="stored">The digest of <paramref name="content"/>.</param>
    /// <param name="statement">The statement, when the result is <see langword="true"/>.</param>
    /// <param name="problem">As for a bundle, when it is not.</param>
    public static bool TryVerify(
        ReadOnlyMemory<byte> content, BundleMaterial? material, Digest image, SignerCandidates candidates, Digest stored,
        [NotNullWhen(true)] out VerifiedStatement? statement, [NotNullWhen(false)] out SignatureProblem? problem)
    {
        statement = null;
        return Envelope.TryRead(content, out var envelope, out problem)
            && TryVerify(envelope, material, content, image, candidates, stored, out statement, out problem);
    }

    private static bool TryVerify(
        Envelope envelope, BundleMaterial? material, ReadOnlyMemory<byte> stamped, Digest image, SignerCandidates candidates, Digest stored,
        [NotNullWhen(true)] out VerifiedStatement? statement, [NotNullWhen(false)] out SignatureProblem? problem)
    {
        ArgumentNullException.ThrowIfNull(envelope);
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(candidates);
        ArgumentNullException.ThrowIfNull(stored);
        statement = null;
        problem = ExplainType(envelope);
        if (problem is not null)
            return false;

        if (!SignerSearch.TryFind(candidates, material, envelope.ToBeSigned(), envelope.Signature.Span, Describe, out var signer, out problem)
            || !StatementReader.TryRead(envelope.Payload, out var read, out problem))
        {
            return false;
        }

        if (read.SubjectsOf(image).Count == 0)
        {
            problem = read.NoSubjectIs(image);
            return false;
        }

        statement = new VerifiedStatement(read, signer, image, envelope, stored);
        return true;

        LoggedSignature Describe(PublicKey key) => new()
        {
            Signature = envelope.Signature,
            Key = key,
            Certificate = material?.Certificate,
            Envelope = envelope,
            Stamped = stamped,
        };
    }

    /// <summary>Reads what is said of an artifact in an envelope whose signature was verified.</summary>
    internal static SignatureProblem? ReadStatement(Envelope envelope, Artifact artifact, out Statement? statement)
    {
        statement = null;
        if (ExplainType(envelope) is { } another)
            return another;

        return StatementReader.TryRead(envelope.Payload, out statement, out var problem) ? statement.ExplainSubject(artifact) : problem;
    }

    private static SignatureProblem? ExplainType(Envelope envelope) =>
        string.Equals(envelope.PayloadType, Envelope.InTotoPayloadType, StringComparison.Ordinal)
            ? null
            : new SignatureProblem(ReasonCode.PayloadType, "the envelope carries no in-toto statement")
            {
                Expected = Envelope.InTotoPayloadType,
                Actual = Printable.Escape(envelope.PayloadType),
            };
}
