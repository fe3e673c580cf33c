// SPDX-License-Identifier: Apache-2.0

using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using SupplyChain.Model;

namespace SupplyChain.Hosting.Identity;

/// <summary>
/// A signed token in compact form, taken apart and not yet believed. Of its header only the algorithm and the key's id
/// are read; keys and URLs that a header carries (<c>jwk</c>, <c>jku</c>, <c>x5u</c>, <c>x5c</c>) are never looked at.
/// </summary>
/// <remarks>RFC 7515, sections 3.1, 4.1 and 7.1.</remarks>
internal sealed class JsonWebSignature
{
    private JsonWebSignature(string algorithm, string? keyId, byte[] signingInput, byte[] payload, byte[] signature)
    {
        Algorithm = algorithm;
        KeyId = keyId;
        SigningInput = signingInput;
        Payload = payload;
        Signature = signature;
    }

    internal string Algorithm { get; }

    internal string? KeyId { get; }

    /// <summary>The exact bytes that were signed.</summary>
    internal byte[] SigningInput { get; }

    internal byte[] Payload { get; }

    internal byte[] Signature { get; }

    internal static bool TryRead(
        string token, [NotNullWhen(true)] out JsonWebSignature? jws, [NotNullWhen(false)] out string? problem)
    {
        jws = null;
        var parts = token.Split('.', 4);
        if (parts.Length != 3)
        {
            problem = $"a token has three parts, this one {(parts.Length > 3 ? "more" : parts.Length)}";
            return false;
        }

        if (!TryDecode(parts[0], out var header) || !TryDecode(parts[1], out var payload)
            || !TryDecode(parts[2], out var signature))
        {
            problem = "a part of the token is not base64url";
            return false;
        }

        if (!StrictJson.TryParse(header, out var document, out problem))
        {
            problem = $"the token's header: {problem}";
            return false;
        }

        using (document)
        {
            if (!TryReadHeader(document.RootElement, out var algorithm, out var keyId, out problem))
                return false;

            jws = new JsonWebSignature(
                algorithm, keyId, Encoding.ASCII.GetBytes(token, 0, token.LastIndexOf('.')), payload, signature);
            return true;
        }
    }

    private static bool TryReadHeader(
        JsonElement header, [NotNullWhen(true)] out string? algorithm, out string? keyId,
        [NotNullWhen(false)] out string? problem)
    {
        algorithm = keyId = problem = null;
        if (header.ValueKind != JsonValueKind.Object || !header.TryGetProperty("alg", out var alg)
            || alg.ValueKind != JsonValueKind.String)
        {
            problem = "the token's header names no algorithm";
            return false;
        }

        // Extensions that must be understood: none is.
        if (header.TryGetProperty("crit", out _))
        {
            problem = "the token's header demands extensions";
            return false;
        }

        if (header.TryGetProperty("kid", out var kid))
        {
            if (kid.ValueKind != JsonValueKind.String)
            {
                problem = "the token's key id is not text";
                return false;
            }

            keyId = kid.GetString();
        }

        algorithm = alg.GetString()!;
        return true;
    }

    /// <summary>Decodes the one spelling that RFC 7515 allows: no padding, no white space, no stray bits.</summary>
    internal static bool TryDecode(string text, out byte[] bytes)
    {
        bytes = new byte[Base64Url.GetMaxDecodedLength(text.Length)];
        if (Base64Url.DecodeFromChars(text, bytes, out _, out var length) != OperationStatus.Done)
            return false;

        bytes = bytes[..length];
        return string.Equals(Base64Url.EncodeToString(bytes), text, StringComparison.Ordinal);
    }
}
