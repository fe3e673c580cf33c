// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using SupplyChain.Kms.Http;
using SupplyChain.Model;
using SupplyChain.Sigstore;

namespace SupplyChain.Kms.Vault;

/// <summary>One version of a key as the transit engine describes it, checked against the key itself.</summary>
/// <param name="Version">The version.</param>
/// <param name="PublicKey">Its public half.</param>
/// <param name="MayNotSign">Why this version does not sign, if it does not.</param>
internal sealed record VaultKeyData(int Version, PublicKey PublicKey, string? MayNotSign)
{
    private static readonly (string Type, SigningAlgorithm Algorithm, int RsaBits)[] Known =
    [
        ("ecdsa-p256", SigningAlgorithm.EcdsaP256Sha256, 0),
        ("ecdsa-p384", SigningAlgorithm.EcdsaP384Sha384, 0),
        ("ecdsa-p521", SigningAlgorithm.EcdsaP521Sha512, 0),
        ("ed25519", SigningAlgorithm.Ed25519, 0),
        ("rsa-2048", SigningAlgorithm.RsaPkcs1Sha256, 2048),
        ("rsa-3072", SigningAlgorithm.RsaPkcs1Sha256, 3072),
        ("rsa-4096", SigningAlgorithm.RsaPkcs1Sha256, 4096),
    ];

    private static readonly byte[] Ed25519Header = Convert.FromHexString("302A300506032B6570032100");

    /// <summary>Reads the answer about a key.</summary>
    /// <param name="data">The answer's data.</param>
    /// <param name="asked">The version that was asked for, or the latest.</param>
    /// <param name="name">The key as messages name it.</param>
    /// <exception cref="KmsException">KEY_UNUSABLE: it does not sign here. KMS_UNAVAILABLE: the answer makes no sense.</exception>
    public static VaultKeyData Read(JsonElement data, int? asked, string name)
    {
        var type = data.Text("type");
        var known = Known.FirstOrDefault(known => string.Equals(known.Type, type, StringComparison.Ordinal));
        if (known.Type is null)
        {
            throw KmsException.Unusable(
                $"{name} cannot sign here: expected a key of type {string.Join(", ", Known.Select(known => known.Type))}, "
                + $"found {Printable.Escape(type)}");
        }

        if (VaultJson.Flag(data, "derived") is not false)
            throw KmsException.Unusable($"{name} derives a key for each context; expected a key made with derived=false");
        if (VaultJson.Flag(data, "supports_signing") is false)
            throw KmsException.Unusable($"{name} does not support signing");

        var version = asked ?? VaultJson.Number(data, "latest_version")
            ?? throw KmsException.Unavailable($"Vault answered for {name} without its latest version");
        var key = ReadPublicKey(data, version, known.Type, name);
        if (key.Algorithm != known.Algorithm || (known.RsaBits > 0 && RsaBits(key) != known.RsaBits))
        {
            throw KmsException.Unusable(
                $"{name} is not what it is said to be: expected {known.Type}, found a public key for {key.Algorithm.Name()}");
        }

        var oldest = VaultJson.Number(data, "min_encryption_version") ?? 0;
        return new VaultKeyData(version, key, version < oldest
            ? $"version {version} of {name} signs no longer: its min_encryption_version is {oldest}"
            : null);
    }

    private static PublicKey ReadPublicKey(JsonElement data, int version, string type, string name)
    {
        if (!VaultJson.TryGet(data, "keys", out var keys))
            throw KmsException.Unavailable($"Vault answered for {name} without its versions");
        if (!VaultJson.TryGet(keys, version.ToString(CultureInfo.InvariantCulture), out var entry))
        {
            throw KmsException.Unusable(
                $"{name} has no version {version}, or no longer: its latest_version is {VaultJson.Number(data, "latest_version")}, "
                + $"its min_decryption_version {VaultJson.Number(data, "min_decryption_version")}");
        }

        var text = entry.Text("public_key")
            ?? throw KmsException.Unavailable($"Vault answered for {name} without the public key of version {version}");
        if (TryRead(text, type, out var key, out var problem))
            return key;

        throw KmsException.Unusable($"the public key of version {version} of {name} cannot be used: {problem}");
    }

    private static bool TryRead(
        string text, string type, [NotNullWhen(true)] out PublicKey? key, [NotNullWhen(false)] out string? problem)
    {
        if (type is not "ed25519")
            return PublicKey.TryParsePem(text, out key, out problem);
        if (CanonicalBase64.TryDecode(text, Limits.KeyBytes, out var raw) && raw.Length == Ed25519.PublicKeySize)
            return PublicKey.TryReadSpki([.. Ed25519Header, .. raw], out key, out problem);

        (key, problem) = (null, $"expected base64 of {Ed25519.PublicKeySize} bytes");
        return false;
    }

    private static int RsaBits(PublicKey key)
    {
        using var rsa = RSA.Create();
        rsa.ImportSubjectPublicKeyInfo(key.Spki.Span, out _);
        return rsa.KeySize;
    }
}
