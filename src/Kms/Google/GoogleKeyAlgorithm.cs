// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using SupplyChain.Model;
using SupplyChain.Sigstore;

namespace SupplyChain.Kms.Google;

/// <summary>What Google Cloud KMS calls the algorithm of a key version, checked against the key itself.</summary>
internal static class GoogleKeyAlgorithm
{
    private static readonly (string Name, SigningAlgorithm Algorithm, int RsaBits)[] Known =
    [
        ("EC_SIGN_P256_SHA256", SigningAlgorithm.EcdsaP256Sha256, 0),
        ("EC_SIGN_P384_SHA384", SigningAlgorithm.EcdsaP384Sha384, 0),
        ("EC_SIGN_ED25519", SigningAlgorithm.Ed25519, 0),
        ("RSA_SIGN_PKCS1_2048_SHA256", SigningAlgorithm.RsaPkcs1Sha256, 2048),
        ("RSA_SIGN_PKCS1_3072_SHA256", SigningAlgorithm.RsaPkcs1Sha256, 3072),
        ("RSA_SIGN_PKCS1_4096_SHA256", SigningAlgorithm.RsaPkcs1Sha256, 4096),
        ("RSA_SIGN_PSS_2048_SHA256", SigningAlgorithm.RsaPssSha256, 2048),
        ("RSA_SIGN_PSS_3072_SHA256", SigningAlgorithm.RsaPssSha256, 3072),
        ("RSA_SIGN_PSS_4096_SHA256", SigningAlgorithm.RsaPssSha256, 4096),
    ];

    /// <summary>The public key, which signs with the version's one algorithm and no other.</summary>
    /// <exception cref="KmsException">KEY_UNUSABLE: the key does not sign here, or is not what it is said to be.</exception>
    public static PublicKey Read(string pem, string algorithm, string name)
    {
        var known = Known.FirstOrDefault(known => string.Equals(known.Name, algorithm, StringComparison.Ordinal));
        if (known.Name is null)
        {
            throw KmsException.Unusable(
                $"{name} cannot sign here: expected an algorithm of {string.Join(", ", Known.Select(known => known.Name))}, "
                + $"found {Printable.Escape(algorithm)}");
        }

        if (!PublicKey.TryParsePem(pem, out var key, out var problem))
            throw KmsException.Unusable($"the public key of {name} cannot be used: {problem}");
        if (!key.Algorithms.Contains(known.Algorithm) || (known.RsaBits > 0 && RsaBits(key) != known.RsaBits))
            throw KmsException.Unusable($"{name} is not what it is said to be: expected {known.Name}, found a public key for {key.Algorithm.Name()}");

        return key.LimitedTo(known.Algorithm);
    }

    /// <summary>What the service calls the digest that an algorithm signs.</summary>
    public static string DigestNameOf(SigningAlgorithm algorithm) =>
        algorithm.DigestAlgorithm() == HashAlgorithmName.SHA384 ? "sha384" : "sha256";

    private static int RsaBits(PublicKey key)
    {
        using var rsa = RSA.Create();
        rsa.ImportSubjectPublicKeyInfo(key.Spki.Span, out _);
        return rsa.KeySize;
    }
}
