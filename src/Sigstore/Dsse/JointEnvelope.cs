// SPDX-License-Identifier: Apache-2.0

using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Sigstore;

/// <summary>
/// A DSSE envelope that several may sign: one payload, one or more signatures over it (DSSE 1.0, envelope.md). For documents of our own;
/// attestations of images have exactly one signature, see <see cref="Envelope"/>.
/// </summary>
/// <param name="PayloadType">What the payload is; covered by every signature.</param>
/// <param name="Payload">The decoded content: the bytes that are verified are the bytes that are read.</param>
/// <param name="Signatures">The decoded signatures, in the order in which they stand; at most <see cref="Limits.JointSignatures"/>.</param>
public sealed record JointEnvelope(
    string PayloadType, ReadOnlyMemory<byte> Payload, IReadOnlyList<ReadOnlyMemory<byte>> Signatures)
{
    /// <summary>
    /// Reads an envelope. Members that DSSE does not define, duplicates and base64 that is not canonical are refused; <c>keyid</c> is a
    /// hint that selects nothing, and is not kept.
    /// </summary>
    /// <param name="utf8">The envelope; must not change while the result is in use.</param>
    /// <param name="envelope">The envelope, when the result is <see langword="true"/>.</param>
    /// <param name="problem">SIGNATURE_MALFORMED, EVIDENCE_LIMIT or TOO_MANY_SIGNATURES, when it is not.</param>
    public static bool TryRead(
        ReadOnlyMemory<byte> utf8, [NotNullWhen(true)] out JointEnvelope? envelope, [NotNullWhen(false)] out SignatureProblem? problem)
    {
        envelope = null;
        if (utf8.Length > Limits.JointEnvelopeBytes)
        {
            problem = SignatureProblem.Limit($"such an envelope has at most {Limits.JointEnvelopeBytes} bytes");
            return false;
        }

        if (!StrictScan.TryCheck(utf8, out var malformed))
        {
            problem = SignatureProblem.Malformed($"the envelope is malformed: {malformed}");
            return false;
        }

        return new JointEnvelopeReader().TryRead(utf8.Span, out envelope, out problem);
    }

    /// <summary>What each signature covers.</summary>
    public ToBeSigned ToBeSigned() => Envelope.ToBeSigned(PayloadType, Payload);

    /// <summary>
    /// Verifies the envelope: its payload type is the expected one, and at least one of the keys has signed. A signature by nobody of
    /// them counts for nothing. Which keys those are is the caller's policy; nothing in the envelope adds to them or chooses among them.
    /// </summary>
    /// <param name="payloadType">What the payload has to be.</param>
    /// <param name="keys">The keys that may have signed, each with the algorithm it is trusted for.</param>
    /// <param name="payload">The content and who signed it, when the result is <see langword="true"/>.</param>
    /// <param name="problem">
    /// When it is not: PAYLOAD_TYPE, KEY_NOT_TRUSTED (no keys given), TOO_MANY_SIGNATURES (more signatures times keys than are tried) or
    /// SIGNATURE_INVALID.
    /// </param>
    public bool TryVerify(
        string payloadType, IReadOnlyList<PublicKey> keys,
        [NotNullWhen(true)] out VerifiedPayload? payload, [NotNullWhen(false)] out SignatureProblem? problem)
    {
        ArgumentNullException.ThrowIfNull(payloadType);
        ArgumentNullException.ThrowIfNull(keys);
        payload = null;
        problem = ProblemOf(payloadType, keys);
        if (problem is not null)
            return false;

        var message = ToBeSigned();
        var signers = keys.Where(key => Signatures.Any(signature => key.Verify(message, signature.Span))).Distinct().ToList();
        if (signers.Count == 0)
        {
            problem = SignerSearch.NotSigned(keys);
            return false;
        }

        payload = new VerifiedPayload(Payload, signers);
        return true;
    }

    /// <summary>The envelope as JSON.</summary>
    public byte[] Write()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Envelope.PlainJson))
        {
            writer.WriteStartObject();
            writer.WriteString("payloadType"u8, PayloadType);
            writer.WriteBase64String("payload"u8, Payload.Span);
            writer.WriteStartArray("signatures"u8);
            foreach (var signature in Signatures)
            {
                writer.WriteStartObject();
                writer.WriteBase64String("sig"u8, signature.Span);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private SignatureProblem? ProblemOf(string payloadType, IReadOnlyList<PublicKey> keys)
    {
        if (!string.Equals(PayloadType, payloadType, StringComparison.Ordinal))
        {
            return new SignatureProblem(ReasonCode.PayloadType, "the envelope carries something else")
            {
                Expected = payloadType,
                Actual = Printable.Escape(PayloadType),
            };
        }

        if (keys.Count == 0)
            return new SignatureProblem(ReasonCode.KeyNotTrusted, "no key is trusted for this");

        return (long)Signatures.Count * keys.Count > Limits.KeyTrials
            ? new SignatureProblem(
                ReasonCode.TooManySignatures,
                $"{Signatures.Count} signatures and {keys.Count} keys are candidates; at most {Limits.KeyTrials} pairs are tried")
            : null;
    }
}
