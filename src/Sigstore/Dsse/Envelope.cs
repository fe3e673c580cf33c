// SPDX-License-Identifier: Apache-2.0

using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using SupplyChain.Model;

namespace SupplyChain.Sigstore;

/// <summary>
/// A DSSE envelope with exactly one signature: content, the content's type, and a signature over both (DSSE 1.0,
/// protocol.md and envelope.md).
/// </summary>
/// <param name="PayloadType">What the payload is; covered by the signature.</param>
/// <param name="Payload">The decoded content: the bytes that are verified are the bytes that are read.</param>
/// <param name="Signature">The decoded signature.</param>
/// <param name="KeyId">A hint of whoever wrote the envelope, often empty. It is not signed and selects nothing.</param>
public sealed record Envelope(
    string PayloadType, ReadOnlyMemory<byte> Payload, ReadOnlyMemory<byte> Signature, string KeyId)
{
    /// <summary>The payload type of in-toto statements.</summary>
    public const string InTotoPayloadType = "application/vnd.in-toto+json";

    /// <summary>The media type of a stored envelope.</summary>
    public const string MediaType = "application/vnd.dsse.envelope.v1+json";

    // Base64 is full of '+', and nothing here is ever put into HTML.
    internal static readonly JsonWriterOptions PlainJson = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>
    /// Reads an envelope. Members that DSSE does not define are ignored, as it asks; duplicates, several signatures and
    /// base64 that is not canonical are refused.
    /// </summary>
    /// <param name="utf8">The envelope; must not change while the result is in use.</param>
    /// <param name="envelope">The envelope, when the result is <see langword="true"/>.</param>
    /// <param name="problem">SIGNATURE_MALFORMED or EVIDENCE_LIMIT, when it is not.</param>
    public static bool TryRead(
        ReadOnlyMemory<byte> utf8, [NotNullWhen(true)] out Envelope? envelope,
        [NotNullWhen(false)] out SignatureProblem? problem)
    {
        envelope = null;
        if (utf8.Length > Limits.AttestationBytes)
        {
            problem = SignatureProblem.Limit(
                $"an envelope has at most {Limits.AttestationBytes} bytes, found {utf8.Length}");
            return false;
        }

        if (!StrictScan.TryCheck(utf8, out var malformed))
        {
            problem = SignatureProblem.Malformed($"the envelope is malformed: {malformed}");
            return false;
        }

        var reader = new Utf8JsonReader(utf8.Span);
        return EnvelopeReader.TryRead(ref reader, out envelope, out problem);
    }

    /// <summary>
    /// What a signature over this payload covers: the pre-authentication encoding of type and payload.
    /// </summary>
    public static ToBeSigned ToBeSigned(string payloadType, ReadOnlyMemory<byte> payload)
    {
        ArgumentNullException.ThrowIfNull(payloadType);
        // Lengths count bytes, not characters.
        var typeLength = Encoding.UTF8.GetByteCount(payloadType);
        return new ToBeSigned(Encoding.UTF8.GetBytes($"DSSEv1 {typeLength} {payloadType} {payload.Length} "), payload);
    }

    /// <summary>What this envelope's signature covers.</summary>
    public ToBeSigned ToBeSigned() => ToBeSigned(PayloadType, Payload);

    /// <summary>The envelope as JSON.</summary>
    public byte[] Write()
    {
        var buffer = new ArrayBufferWriter<byte>(EncodedLength);
        using (var writer = new Utf8JsonWriter(buffer, PlainJson))
            Write(writer);
        return buffer.WrittenSpan.ToArray();
    }

    internal int EncodedLength => 512 + (Payload.Length / 3 * 4);

    internal void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteBase64String("payload"u8, Payload.Span);
        writer.WriteString("payloadType"u8, PayloadType);
        writer.WriteStartArray("signatures"u8);
        writer.WriteStartObject();
        writer.WriteBase64String("sig"u8, Signature.Span);
        if (KeyId.Length > 0)
            writer.WriteString("keyid"u8, KeyId);
        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
