// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;

namespace SupplyChain.Sigstore;

/// <summary>The names that Sigstore's documents have for kinds of keys; protobuf-specs, PublicKeyDetails.</summary>
internal static class KeyDetails
{
    private const string Pkcs1 = "PKCS1_RSA_PKCS1V5";

    /// <summary>The algorithm that a name stands for; null for one that is not verified with here.</summary>
    public static SigningAlgorithm? Find(string details) => details switch
    {
        "PKIX_ECDSA_P256_SHA_256" => SigningAlgorithm.EcdsaP256Sha256,
        "PKIX_ECDSA_P384_SHA_384" => SigningAlgorithm.EcdsaP384Sha384,
        "PKIX_ECDSA_P521_SHA_512" => SigningAlgorithm.EcdsaP521Sha512,
        "PKIX_ECDSA_P384_SHA_256" => SigningAlgorithm.EcdsaP384Sha256,
        "PKIX_ECDSA_P521_SHA_256" => SigningAlgorithm.EcdsaP521Sha256,
        "PKIX_ED25519" => SigningAlgorithm.Ed25519,
        Pkcs1 or "PKIX_RSA_PKCS1V5" or "PKIX_RSA_PKCS1V15_2048_SHA256" or "PKIX_RSA_PKCS1V15_3072_SHA256" or "PKIX_RSA_PKCS1V15_4096_SHA256" =>
            SigningAlgorithm.RsaPkcs1Sha256,
        "PKIX_RSA_PSS_2048_SHA256" or "PKIX_RSA_PSS_3072_SHA256" or "PKIX_RSA_PSS_4096_SHA256" => SigningAlgorithm.RsaPssSha256,
        _ => null,
    };

    /// <summary>The name of a key as Rekor v2 writes it.</summary>
    public static string? NameOf(PublicKey key) => key.Algorithm switch
    {
        SigningAlgorithm.EcdsaP256Sha256 => "PKIX_ECDSA_P256_SHA_256",
        SigningAlgorithm.EcdsaP384Sha384 => "PKIX_ECDSA_P384_SHA_384",
        SigningAlgorithm.EcdsaP521Sha512 => "PKIX_ECDSA_P521_SHA_512",
        SigningAlgorithm.RsaPkcs1Sha256 => key.Material is RsaKey { Bits: 2048 or 3072 or 4096 } rsa ? $"PKIX_RSA_PKCS1V15_{rsa.Bits}_SHA256" : null,
        _ => null,
    };

    /// <summary>Reads a key, which is a SubjectPublicKeyInfo but for the oldest logs.</summary>
    public static bool TryReadKey(
        ReadOnlySpan<byte> content, string details, [NotNullWhen(true)] out PublicKey? key, [NotNullWhen(false)] out string? problem) =>
        PublicKey.TryReadSpki(details == Pkcs1 ? SubjectPublicKeyInfo.WrapRsa(content) : content, out key, out problem);
}
