// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Sigstore;

/// <summary>Reads one <see cref="JointEnvelope"/> from JSON that passed <see cref="StrictScan"/>.</summary>
internal sealed class JointEnvelopeReader
{
    private readonly List<ReadOnlyMemory<byte>> _signatures = [];
    private string? _payloadType;
    private byte[]? _payload;

    public bool TryRead(
        ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out JointEnvelope? envelope, [NotNullWhen(false)] out SignatureProblem? problem)
    {
        envelope = null;
        var reader = new Utf8JsonReader(utf8);
        problem = ReadMembers(ref reader) ?? FindMissing();
        if (problem is not null)
            return false;

        envelope = new JointEnvelope(_payloadType!, _payload!, _signatures);
        return true;
    }

    private SignatureProblem? ReadMembers(ref Utf8JsonReader reader)
    {
        var problem = reader.BeginObject() ? null : Malformed("is not an object");
        while (problem is null && reader.NextMember())
        {
            if (reader.ValueTextEquals("payload"u8))
                problem = reader.TryReadBase64(out _payload) ? null : Malformed("has a payload that is not canonical base64");
            else if (reader.ValueTextEquals("payloadType"u8))
                problem = reader.TryReadText(out _payloadType) ? null : Malformed("has a payloadType that is not text");
            else if (reader.ValueTextEquals("signatures"u8))
                problem = ReadSignatures(ref reader);
            else
                problem = Unknown(ref reader);
        }

        return problem;
    }

    private SignatureProblem? FindMissing() => _payload is null ? Malformed("has no payload")
        : string.IsNullOrEmpty(_payloadType) ? Malformed("has no payloadType")
        : _signatures.Count == 0 ? Malformed("has no signature; expected at least one")
        : null;

    private SignatureProblem? ReadSignatures(ref Utf8JsonReader reader)
    {
        if (!reader.BeginArray())
            return Malformed("has signatures that are not an array");

        SignatureProblem? problem = null;
        while (problem is null && reader.NextElement())
        {
            if (reader.TokenType != JsonTokenType.StartObject)
                problem = Malformed("has a signature that is not an object");
            else if (_signatures.Count == Limits.JointSignatures)
                problem = new SignatureProblem(
                    ReasonCode.TooManySignatures, $"the envelope has more than {Limits.JointSignatures} signatures");
            else
                problem = ReadSignature(ref reader);
        }

        return problem;
    }

    private SignatureProblem? ReadSignature(ref Utf8JsonReader reader)
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
                if (!reader.TryReadOptionalText(out var keyId) || keyId?.Length > Limits.KeyIdLength)
                    return Malformed($"has a keyid that is not text of at most {Limits.KeyIdLength} characters");
            }
            else
            {
                return Unknown(ref reader);
            }
        }

        if (signature is not { Length: > 0 })
            return Malformed("has a signature without a value");

        _signatures.Add(signature);
        return null;
    }

    private static SignatureProblem Unknown(ref Utf8JsonReader reader) =>
        Malformed($"has an unknown member '{Printable.Escape(reader.GetString())}'");

    private static SignatureProblem Malformed(string what) => SignatureProblem.Malformed($"the envelope {what}");
}
