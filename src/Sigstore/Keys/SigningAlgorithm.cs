// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using System.Security.Cryptography;

namespace SupplyChain.Sigstore;

/// <summary>
/// A signature scheme with its digest and padding fixed. A key has one by nature; no envelope, hint or header ever
/// chooses another.
/// </summary>
public enum SigningAlgorithm
{
    /// <summary>ECDSA on P-256 with SHA-256, DER signatures.</summary>
    EcdsaP256Sha256,

    /// <summary>ECDSA on P-384 with SHA-384, DER signatures.</summary>
    EcdsaP384Sha384,

    /// <summary>ECDSA on P-521 with SHA-512, DER signatures.</summary>
    EcdsaP521Sha512,

    /// <summary>ECDSA on P-384 with SHA-256, as older cosign releases sign; only where a policy names it.</summary>
    EcdsaP384Sha256,

    /// <summary>ECDSA on P-521 with SHA-256, as older cosign releases sign; only where a policy names it.</summary>
    EcdsaP521Sha256,

    /// <summary>RSASSA-PKCS1-v1_5 with SHA-256: what an RSA key means unless a policy names PSS.</summary>
    RsaPkcs1Sha256,

    /// <summary>
    /// RSASSA-PSS with SHA-256, MGF1 with SHA-256 and a salt of 32 bytes; only where a policy names it.
    /// </summary>
    RsaPssSha256,

    /// <summary>Pure Ed25519 (RFC 8032), over the message itself.</summary>
    Ed25519,
}

/// <summary>The names and digests of signing algorithms.</summary>
public static class SigningAlgorithms
{
    /// <summary>The name used in policies and messages, such as <c>ecdsa-p256-sha256</c>.</summary>
    public static string Name(this SigningAlgorithm algorithm) => algorithm switch
    {
        SigningAlgorithm.EcdsaP256Sha256 => "ecdsa-p256-sha256",
        SigningAlgorithm.EcdsaP384Sha384 => "ecdsa-p384-sha384",
        SigningAlgorithm.EcdsaP521Sha512 => "ecdsa-p521-sha512",
        SigningAlgorithm.EcdsaP384Sha256 => "ecdsa-p384-sha256",
        SigningAlgorithm.EcdsaP521Sha256 => "ecdsa-p521-sha256",
        SigningAlgorithm.RsaPkcs1Sha256 => "rsa-pkcs1-sha256",
        SigningAlgorithm.RsaPssSha256 => "rsa-pss-sha256",
        SigningAlgorithm.Ed25519 => "ed25519",
        _ => throw new UnreachableException(),
    };

    /// <summary>Finds an algorithm by its exact <see cref="Name"/>.</summary>
    public static bool TryParse(string? name, out SigningAlgorithm algorithm)
    {
        foreach (var candidate in Enum.GetValues<SigningAlgorithm>())
        {
            if (string.Equals(candidate.Name(), name, StringComparison.Ordinal))
            {
                algorithm = candidate;
                return true;
            }
        }

        algorithm = default;
        return false;
    }

    /// <summary>The digest that is signed.</summary>
    /// <exception cref="ArgumentException">Ed25519, which signs the message itself.</exception>
    public static HashAlgorithmName DigestAlgorithm(this SigningAlgorithm algorithm) => algorithm switch
    {
        SigningAlgorithm.EcdsaP384Sha384 => HashAlgorithmName.SHA384,
        SigningAlgorithm.EcdsaP521Sha512 => HashAlgorithmName.SHA512,
        SigningAlgorithm.Ed25519 => throw new ArgumentException(
            "Ed25519 signs the message, not a digest of it.", nameof(algorithm)),
        _ => HashAlgorithmName.SHA256,
    };
}
