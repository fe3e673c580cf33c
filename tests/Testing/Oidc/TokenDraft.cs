// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace SupplyChain.Testing.Oidc;

/// <summary>A token before it is signed; a test changes one thing and signs.</summary>
public sealed class TokenDraft(TokenKey key, JsonObject header, JsonObject claims)
{
    /// <summary>The header: <c>alg</c>, <c>kid</c> and <c>typ</c> of a proper token.</summary>
    public JsonObject Header { get; } = header;

    /// <summary>The claims of a proper token.</summary>
    public JsonObject Claims { get; } = claims;

    /// <summary>The key that signs.</summary>
    public TokenKey Key { get; set; } = key;

    /// <summary>The algorithm that is really used; null means the one the header names.</summary>
    public string? SignAs { get; set; }

    /// <summary>The exact header bytes, instead of <see cref="Header"/>.</summary>
    public string? RawHeader { get; set; }

    /// <summary>The exact payload bytes, instead of <see cref="Claims"/>.</summary>
    public string? RawPayload { get; set; }

    /// <summary>Signs with an HMAC of the key's public half: the classical confusion of key kinds.</summary>
    public bool SignWithPublicKeyAsSecret { get; set; }

    /// <summary>Leaves the signature empty.</summary>
    public bool LeaveUnsigned { get; set; }

    /// <summary>The token in compact form.</summary>
    public string ToToken()
    {
        var input = Encode(RawHeader ?? Header.ToJsonString()) + "." + Encode(RawPayload ?? Claims.ToJsonString());
        var bytes = Encoding.ASCII.GetBytes(input);
        var signature = LeaveUnsigned ? []
            : SignWithPublicKeyAsSecret ? HMACSHA256.HashData(Key.ExportSpki(), bytes)
            : Key.Sign(bytes, SignAs ?? Header["alg"]?.GetValue<string>() ?? Key.Algorithm);
        return input + "." + Base64Url.EncodeToString(signature);
    }

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
}
