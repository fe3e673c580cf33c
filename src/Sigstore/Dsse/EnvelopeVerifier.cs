// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Sigstore;

/// <summary>
/// Turns an envelope into a <see cref="VerifiedStatement"/>: the payload type is in-toto's, one of the given keys has
/// signed, and the statement speaks of the image. Which keys those are is the policy's business; nothing in the
/// envelope adds to them or chooses among them.
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
        [NotNullWhen(true)] out VerifiedStatement? statement, [NotNullWhen(false)] out SignatureProblem? problem)
    {
        ArgumentNullException.ThrowIfNull(envelope);
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(stored);
        statement = null;
        problem = ExplainType(envelope);
        if (problem is not null)
            return false;

        if (!SignerSearch.TryFind(keys, envelope.ToBeSigned(), envelope.Signature.Span, out var key, out problem)
            || !StatementReader.TryRead(envelope.Payload, out var read, out problem))
        {
            return false;
        }

        if (read.SubjectsOf(image).Count == 0)
        {
            problem = read.NoSubjectIs(image);
            return false;
        }

        statement = new VerifiedStatement(read, key, image, envelope, stored);
        return true;
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
