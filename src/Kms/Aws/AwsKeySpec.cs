// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using Amazon.KeyManagementService;
using Amazon.KeyManagementService.Model;
using SupplyChain.Model;
using SupplyChain.Sigstore;

namespace SupplyChain.Kms.Aws;

/// <summary>What AWS KMS says about a key, checked against the key itself.</summary>
internal static class AwsKeySpec
{
    private static readonly (string Spec, SigningAlgorithm Algorithm, int RsaBits)[] Known =
    [
        ("ECC_NIST_P256", SigningAlgorithm.EcdsaP256Sha256, 0),
        ("ECC_NIST_P384", SigningAlgorithm.EcdsaP384Sha384, 0),
        ("ECC_NIST_P521", SigningAlgorithm.EcdsaP521Sha512, 0),
        ("ECC_NIST_EDWARDS25519", SigningAlgorithm.Ed25519, 0),
        ("RSA_2048", SigningAlgorithm.RsaPkcs1Sha256, 2048),
        ("RSA_3072", SigningAlgorithm.RsaPkcs1Sha256, 3072),
        ("RSA_4096", SigningAlgorithm.RsaPkcs1Sha256, 4096),
    ];

    private static readonly Dictionary<SigningAlgorithm, SigningAlgorithmSpec> Names = new()
    {
        [SigningAlgorithm.EcdsaP256Sha256] = SigningAlgorithmSpec.ECDSA_SHA_256,
        [SigningAlgorithm.EcdsaP384Sha384] = SigningAlgorithmSpec.ECDSA_SHA_384,
        [SigningAlgorithm.EcdsaP521Sha512] = SigningAlgorithmSpec.ECDSA_SHA_512,
        [SigningAlgorithm.RsaPkcs1Sha256] = SigningAlgorithmSpec.RSASSA_PKCS1_V1_5_SHA_256,
        [SigningAlgorithm.RsaPssSha256] = SigningAlgorithmSpec.RSASSA_PSS_SHA_256,
        [SigningAlgorithm.Ed25519] = SigningAlgorithmSpec.ED25519_SHA_512,
    };

    /// <summary>Reads the public half out of the service's answer.</summary>
    /// <exception cref="KmsException">KEY_UNUSABLE: the key does not sign here. KMS_UNAVAILABLE: the answer makes no sense.</exception>
    public static PublicKey Read(GetPublicKeyResponse answer, string name)
    {
        if (answer.KeyUsage != KeyUsageType.SIGN_VERIFY)
        {
            throw KmsException.Unusable(
                $"{name} is not made to sign: expected usage SIGN_VERIFY, found {Printable.Escape(answer.KeyUsage?.Value)}");
        }

        var known = Known.FirstOrDefault(known => string.Equals(known.Spec, answer.KeySpec?.Value, StringComparison.Ordinal));
        if (known.Spec is null)
        {
            throw KmsException.Unusable(
                $"{name} cannot sign here: expected a key spec of {string.Join(", ", Known.Select(known => known.Spec))}, "
                + $"found {Printable.Escape(answer.KeySpec?.Value)}");
        }

        if (answer.PublicKey is null)
            throw KmsException.Unavailable($"AWS KMS answered for {name} without a public key");
        if (!PublicKey.TryReadSpki(answer.PublicKey.ToArray(), out var key, out var problem))
            throw KmsException.Unusable($"the public key of {name} cannot be used: {problem}");
        if (key.Algorithm != known.Algorithm || (known.RsaBits > 0 && RsaBits(key) != known.RsaBits))
        {
            throw KmsException.Unusable(
                $"{name} is not what it is said to be: expected {known.Spec}, found a public key for {key.Algorithm.Name()}");
        }

        SigningAlgorithm[] offered =
        [
            .. key.Algorithms.Where(algorithm => Names.TryGetValue(algorithm, out var spec)
                && answer.SigningAlgorithms?.Contains(spec.Value, StringComparer.Ordinal) == true),
        ];
        return offered.Length > 0
            ? key.LimitedTo(offered)
            : throw KmsException.Unusable(
                $"{name} does not sign with {NameOf(key.Algorithm).Value}; it offers "
                + Printable.Escape(string.Join(", ", answer.SigningAlgorithms ?? [])));
    }

    /// <summary>What the service calls an algorithm.</summary>
    public static SigningAlgorithmSpec NameOf(SigningAlgorithm algorithm) => Names[algorithm];

    private static int RsaBits(PublicKey key)
    {
        using var rsa = RSA.Create();
        rsa.ImportSubjectPublicKeyInfo(key.Spki.Span, out _);
        return rsa.KeySize;
    }
}
