// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using SupplyChain.Sigstore;

namespace SupplyChain.Testing.Sigstore;

/// <summary>Whether a key signed a digest, by the platform's own verification.</summary>
internal static class SignedDigests
{
    public static bool IsSigned(PublicKey key, byte[] digest, byte[] signature)
    {
        if (key.Algorithm is SigningAlgorithm.RsaPkcs1Sha256)
        {
            using var rsa = RSA.Create();
            rsa.ImportSubjectPublicKeyInfo(key.Spki.Span, out _);
            return rsa.VerifyHash(digest, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        }

        if (key.Algorithm is SigningAlgorithm.Ed25519 or SigningAlgorithm.RsaPssSha256)
            return false;
        using var ecdsa = ECDsa.Create();
        ecdsa.ImportSubjectPublicKeyInfo(key.Spki.Span, out _);
        return ecdsa.VerifyHash(digest, signature, DSASignatureFormat.Rfc3279DerSequence);
    }
}
