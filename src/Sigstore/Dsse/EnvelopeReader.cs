// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using SupplyChain.Model;

namespace SupplyChain.Sigstore;

/// <summary>
/// Reads an envelope that stands alone or inside a bundle, from JSON that passed <see cref="StrictScan"/>.
/// </summary>
internal static class EnvelopeReader
{
    /// <summary>Reads the object that the reader's next token begins.</summary>
    public static bool TryRead(
        ref Utf8JsonReader reader, [NotNullWhen(true)] out Envelope? envelope,
        [NotNullWhen(false)] out SignatureProblem? problem)
    {
        envelope = null;
        string? payloadType = null;
        byte[]? payload = null;
        var signatures = new Signatures();
        problem = null;
        if (!reader.BeginObject())
            problem = Malformed("is not an object");

        while (problem is null && reader.NextMember())
        {
            if (reader.ValueTextEquals("payload"u8))
                problem = reader.TryReadBase64(out payload)
                    ? null
                    : Malformed("has a payload that is not canonical base64");
            else if (reader.ValueTextEquals("payloadType"u8))
                problem = reader.TryReadText(out payloadType) ? null : Malformed("has a payloadType that is not text");
            else if (reader.ValueTextEquals("signatures"u8))
                problem = signatures.Read(ref reader);
            else
                reader.SkipValue();
        }

        problem ??= payload is null ? Malformed("has no payload")
            : string.IsNullOrEmpty(payloadType) ? Malformed("has no payloadType")
            : signatures.Count == 0 ? Malformed("has no signature; expected exactly one")
            : null;
        if (problem is not null)
            return false;

        envelope = new Envelope(payloadType!, payload!, signatures.Signature, signatures.KeyId);
        return true;
    }

    private static SignatureProblem Malformed(string what) => SignatureProblem.Malformed($"the envelope {what}");

    private struct Signatures()
    {
        public int Count { get; private set; }

        public byte[] Signature { get; private set; } = [];

        public string KeyId { get; private set; } = "";

        public SignatureProblem? Read(ref Utf8JsonReader reader)
        {
            if (!reader.BeginArray())
                return Malformed("has signatures that are not an array");

            while (reader.NextElement())
            {
                if (reader.TokenType != JsonTokenType.StartObject)
                    return Malformed("has a signature that is not an object");
                if (++Count > 1)
                    return Malformed("has several signatures; expected exactly one");
                if (ReadOne(ref reader) is { } problem)
                    return problem;
            }

            return null;
        }

        private SignatureProblem? ReadOne(ref Utf8JsonReader reader)
        {
            byte[]? signature = null;
            while (reader.NextMember())
            {
                if (reader.ValueTextEquals("sig"u8))
                {
                    if (!reader.TryReadBase64(out signature))
                        return Malformed("has a signature that is not canonical base64");
                }
                else if (reader.ValueTextEquals("keyid"u8))
                {
                    if (!reader.TryReadOptionalText(out var keyId))
                        return Malformed("has a keyid that is not text");
                    KeyId = keyId ?? "";
                    if (KeyId.Length > Limits.KeyIdLength)
                        return Malformed($"has a keyid of more than {Limits.KeyIdLength} characters");
                }
                else
                {
                    reader.SkipValue();
                }
            }

            Signature = signature ?? [];
            return Signature.Length == 0 ? Malformed("has a signature without a value") : null;
        }
    }
}
