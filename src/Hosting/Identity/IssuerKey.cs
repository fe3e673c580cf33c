// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.IdentityModel.Tokens;
using SupplyChain.Model;

namespace SupplyChain.Hosting.Identity;

/// <summary>
/// A public key of an identity issuer. What it may verify is fixed by the key itself, never by a token: its kind, its
/// curve, and <c>alg</c>, <c>use</c> and <c>key_ops</c> where the issuer states them (RFC 7517, section 4).
/// </summary>
internal sealed class IssuerKey
{
    private const int ShortestRsa = 2048;
    private const int LongestRsa = 8192;

    private static readonly CryptoProviderFactory Providers = new() { CacheSignatureProviders = false };

    private readonly Dictionary<string, SignatureProvider> _verifiers = new(StringComparer.Ordinal);

    private IssuerKey(string? keyId, SecurityKey key, IEnumerable<string> algorithms)
    {
        KeyId = keyId;
        foreach (var algorithm in algorithms)
            _verifiers.Add(algorithm, Providers.CreateForVerifying(key, algorithm));
    }

    internal string? KeyId { get; }

    /// <summary>Whether the signature is one of this key under an algorithm that the key allows.</summary>
    internal bool Verify(JsonWebSignature jws) =>
        jws.Signature.Length > 0
        && _verifiers.TryGetValue(jws.Algorithm, out var verifier) && verifier.Verify(jws.SigningInput, jws.Signature);

    /// <summary>Reads a key set; keys for other uses or of unknown kinds are left out, as RFC 7517 section 5 asks.</summary>
    internal static bool TryReadSet(
        ReadOnlyMemory<byte> utf8, [NotNullWhen(true)] out IReadOnlyList<IssuerKey>? keys,
        [NotNullWhen(false)] out string? problem)
    {
        keys = null;
        if (!StrictJson.TryParse(utf8, out var document, out problem))
            return false;

        using (document)
        {
            if (document.RootElement.ValueKind != JsonValueKind.Object
                || !document.RootElement.TryGetProperty("keys", out var list) || list.ValueKind != JsonValueKind.Array)
            {
                problem = "the document is not a key set";
                return false;
            }

            if (list.GetArrayLength() > Limits.IssuerKeys)
            {
                problem = $"the key set has {list.GetArrayLength()} keys; at most {Limits.IssuerKeys} are read";
                return false;
            }

            var read = list.EnumerateArray().Select(Read).OfType<IssuerKey>().ToList();
            if (read.Count == 0)
            {
                problem = "the key set has no key that can verify a token";
                return false;
            }

            keys = read;
            return true;
        }
    }

    /// <summary>Reads one key; null if it is not one that verifies tokens.</summary>
    internal static IssuerKey? Read(JsonElement jwk)
    {
        if (jwk.ValueKind != JsonValueKind.Object || !IsForVerifying(jwk))
            return null;

        var key = Text(jwk, "kty") switch { "RSA" => ReadRsa(jwk), "EC" => ReadCurve(jwk), _ => default };
        var stated = jwk.TryGetProperty("alg", out _) ? Text(jwk, "alg") ?? "" : null;
        string[] algorithms = [.. (key.Algorithms ?? []).Where(algorithm => stated is null || stated == algorithm)];
        return key.Key is null || algorithms.Length == 0 ? null : new IssuerKey(Text(jwk, "kid"), key.Key, algorithms);
    }

    private static bool IsForVerifying(JsonElement jwk)
    {
        if (jwk.TryGetProperty("use", out _) && Text(jwk, "use") is not "sig")
            return false;

        return !jwk.TryGetProperty("key_ops", out var operations)
            || (operations.ValueKind == JsonValueKind.Array
                && operations.EnumerateArray().Any(IsVerify));

        static bool IsVerify(JsonElement operation) =>
            operation.ValueKind == JsonValueKind.String && operation.ValueEquals("verify");
    }

    private static (SecurityKey? Key, string[]? Algorithms) ReadRsa(JsonElement jwk)
    {
        if (Number(jwk, "n") is not { } modulus || Number(jwk, "e") is not { Length: > 0 and <= 8 } exponent)
            return default;

        var bits = modulus.AsSpan().TrimStart((byte)0).Length * 8;
        if (bits is < ShortestRsa or > LongestRsa)
            return default;

        var key = new RsaSecurityKey(new RSAParameters { Modulus = modulus, Exponent = exponent });
        return (key, ["RS256", "RS384", "RS512", "PS256"]);
    }

    private static (SecurityKey? Key, string[]? Algorithms) ReadCurve(JsonElement jwk)
    {
        var (curve, size, algorithm) = Text(jwk, "crv") switch
        {
            "P-256" => (ECCurve.NamedCurves.nistP256, 32, "ES256"),
            "P-384" => (ECCurve.NamedCurves.nistP384, 48, "ES384"),
            _ => default,
        };
        if (algorithm is null || Number(jwk, "x") is not { } x || Number(jwk, "y") is not { } y
            || x.Length != size || y.Length != size)
        {
            return default;
        }

        try
        {
            var key = ECDsa.Create(new ECParameters { Curve = curve, Q = new ECPoint { X = x, Y = y } });
            return (new ECDsaSecurityKey(key), [algorithm]);
        }
        catch (CryptographicException notOnCurve)
        {
            _ = notOnCurve.Message;
            return default;
        }
    }

    private static string? Text(JsonElement jwk, string name) =>
        jwk.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String ? member.GetString() : null;

    private static byte[]? Number(JsonElement jwk, string name) =>
        Text(jwk, name) is { } text && JsonWebSignature.TryDecode(text, out var bytes) ? bytes : null;
}
