// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using SupplyChain.Kms.Http;
using SupplyChain.Model;
using SupplyChain.Sigstore;

namespace SupplyChain.Kms.Azure;

/// <summary>A key as vaults show it: a JSON Web Key with what may be done with it, and when.</summary>
internal static class AzureJsonKey
{
    private static readonly (string Name, ECCurve Curve, int Width)[] Curves =
    [
        ("P-256", ECCurve.NamedCurves.nistP256, 32),
        ("P-384", ECCurve.NamedCurves.nistP384, 48),
        ("P-521", ECCurve.NamedCurves.nistP521, 66),
    ];

    private static readonly Dictionary<SigningAlgorithm, string> Names = new()
    {
        [SigningAlgorithm.EcdsaP256Sha256] = "ES256",
        [SigningAlgorithm.EcdsaP384Sha384] = "ES384",
        [SigningAlgorithm.EcdsaP521Sha512] = "ES512",
        [SigningAlgorithm.RsaPkcs1Sha256] = "RS256",
        [SigningAlgorithm.RsaPssSha256] = "PS256",
    };

    /// <summary>What vaults call an algorithm.</summary>
    public static string NameOf(SigningAlgorithm algorithm) => Names[algorithm];

    /// <summary>Reads which version an answer is about, and its public half.</summary>
    /// <exception cref="KmsException">KEY_UNUSABLE: the key does not sign here, or not now. KMS_UNAVAILABLE: the answer makes no sense.</exception>
    public static (AzureKeyUri Version, PublicKey Key) Read(JsonElement answer, AzureKeyUri asked, DateTimeOffset now)
    {
        if (!answer.TryGetProperty("key", out var key) || key.ValueKind is not JsonValueKind.Object
            || !answer.TryGetProperty("attributes", out var attributes) || attributes.ValueKind is not JsonValueKind.Object)
        {
            throw KmsException.Unavailable($"Azure Key Vault answered for {asked} without a key");
        }

        var version = AzureKeyUri.OfIdentifier(key.Text("kid"));
        if (version?.IsOf(asked) != true)
            throw KmsException.Unavailable($"Azure Key Vault answered for {asked} with another key, {Printable.Escape(key.Text("kid"))}");

        CheckUse(key, attributes, version, now);
        var spki = ReadSpki(key, version);
        return PublicKey.TryReadSpki(spki, out var publicKey, out var problem)
            ? (version, publicKey.LimitedTo(Names.Keys))
            : throw KmsException.Unusable($"the public key of {version} cannot be used: {problem}");
    }

    private static void CheckUse(JsonElement key, JsonElement attributes, AzureKeyUri version, DateTimeOffset now)
    {
        if (!attributes.TryGetProperty("enabled", out var enabled) || enabled.ValueKind is not JsonValueKind.True)
            throw KmsException.Unusable($"{version} is disabled");
        if (TimeOf(attributes, "nbf") is { } from && now < from)
            throw KmsException.Unusable($"{version} is not valid before {from:u}");
        if (TimeOf(attributes, "exp") is { } until && now >= until)
            throw KmsException.Unusable($"{version} expired at {until:u}");

        var uses = key.TryGetProperty("key_ops", out var given) && given.ValueKind is JsonValueKind.Array
            ? given.EnumerateArray().Select(use => use.ValueKind is JsonValueKind.String ? use.GetString() : null).ToArray()
            : [];
        if (!uses.Contains("sign", StringComparer.Ordinal))
            throw KmsException.Unusable($"{version} is not made to sign: expected sign among its key_ops, found {Printable.Escape(string.Join(", ", uses))}");
    }

    private static DateTimeOffset? TimeOf(JsonElement attributes, string member) =>
        attributes.TryGetProperty(member, out var time) && time.ValueKind is JsonValueKind.Number && time.TryGetInt64(out var seconds)
            && seconds is >= 0 and <= 253_402_300_799
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : null;

    private static byte[] ReadSpki(JsonElement key, AzureKeyUri version)
    {
        try
        {
            return key.Text("kty") switch
            {
                "EC" or "EC-HSM" => ReadEcdsa(key, version),
                "RSA" or "RSA-HSM" => ReadRsa(key),
                var kind => throw KmsException.Unusable(
                    $"{version} cannot sign here: expected a key of type EC, EC-HSM, RSA or RSA-HSM, found {Printable.Escape(kind)}"),
            };
        }
        catch (Exception invalid) when (invalid is FormatException or CryptographicException)
        {
            throw KmsException.Unusable($"the public key of {version} cannot be used: {Printable.Escape(invalid.Message)}", invalid);
        }
    }

    private static byte[] ReadEcdsa(JsonElement key, AzureKeyUri version)
    {
        var name = key.Text("crv");
        var (_, curve, width) = Curves.FirstOrDefault(known => string.Equals(known.Name, name, StringComparison.Ordinal));
        if (width == 0)
        {
            throw KmsException.Unusable(
                $"{version} cannot sign here: expected a key on {string.Join(", ", Curves.Select(known => known.Name))}, found {Printable.Escape(name)}");
        }

        var point = new ECPoint { X = Bytes(key, "x"), Y = Bytes(key, "y") };
        if (point.X.Length != width || point.Y.Length != width)
            throw new FormatException($"a coordinate of {name} has {width} bytes, found {point.X.Length} and {point.Y.Length}");

        using var ecdsa = ECDsa.Create(new ECParameters { Curve = curve, Q = point });
        return ecdsa.ExportSubjectPublicKeyInfo();
    }

    private static byte[] ReadRsa(JsonElement key)
    {
        using var rsa = RSA.Create(new RSAParameters { Modulus = Bytes(key, "n"), Exponent = Bytes(key, "e") });
        return rsa.ExportSubjectPublicKeyInfo();
    }

    private static byte[] Bytes(JsonElement key, string member) =>
        Base64Url.DecodeFromChars(key.Text(member) ?? throw new FormatException($"it has no member {member}"));
}
