// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;

namespace SupplyChain.Sigstore.Tests;

/// <summary>A private key of a test, with its public half as the product reads it.</summary>
internal sealed class TestSigner
{
    private readonly Func<ToBeSigned, byte[]> _sign;

    private TestSigner(byte[] spki, Func<ToBeSigned, byte[]> sign, SigningAlgorithm? algorithm)
    {
        _sign = sign;
        Assert.True(PublicKey.TryReadSpki(spki, out var key, out var problem), problem);
        Key = algorithm is { } named ? key.With(named) : key;
    }

    public static TestSigner P256 { get; } = Ecdsa(ECCurve.NamedCurves.nistP256, SigningAlgorithm.EcdsaP256Sha256);

    public static TestSigner OtherP256 { get; } = Ecdsa(ECCurve.NamedCurves.nistP256, SigningAlgorithm.EcdsaP256Sha256);

    public PublicKey Key { get; }

    public static IEnumerable<SigningAlgorithm> Algorithms => Enum.GetValues<SigningAlgorithm>();

    public static TestSigner Of(SigningAlgorithm algorithm) => algorithm switch
    {
        SigningAlgorithm.EcdsaP256Sha256 => Ecdsa(ECCurve.NamedCurves.nistP256, algorithm),
        SigningAlgorithm.EcdsaP384Sha384 or SigningAlgorithm.EcdsaP384Sha256 => Ecdsa(ECCurve.NamedCurves.nistP384, algorithm),
        SigningAlgorithm.EcdsaP521Sha512 or SigningAlgorithm.EcdsaP521Sha256 => Ecdsa(ECCurve.NamedCurves.nistP521, algorithm),
        SigningAlgorithm.RsaPkcs1Sha256 => Rsa(RSASignaturePadding.Pkcs1, algorithm),
        SigningAlgorithm.RsaPssSha256 => Rsa(RSASignaturePadding.Pss, algorithm),
        _ => Edwards(),
    };

    public byte[] Sign(ToBeSigned message) => _sign(message);

    public Envelope Envelope(byte[] payload, string payloadType = Sigstore.Envelope.InTotoPayloadType, string keyId = "") =>
        new(payloadType, payload, Sign(Sigstore.Envelope.ToBeSigned(payloadType, payload)), keyId);

    public string SignPayload(byte[] payload) => Convert.ToBase64String(Sign(new ToBeSigned([], payload)));

    private static TestSigner Ecdsa(ECCurve curve, SigningAlgorithm algorithm)
    {
        var key = ECDsa.Create(curve);
        return new TestSigner(
            key.ExportSubjectPublicKeyInfo(),
            message => key.SignHash(message.DigestFor(algorithm), DSASignatureFormat.Rfc3279DerSequence), algorithm);
    }

    private static TestSigner Rsa(RSASignaturePadding padding, SigningAlgorithm algorithm)
    {
        var key = RSA.Create(2048);
        return new TestSigner(
            key.ExportSubjectPublicKeyInfo(),
            message => key.SignHash(message.DigestFor(algorithm).ToArray(), HashAlgorithmName.SHA256, padding), algorithm);
    }

    private static TestSigner Edwards()
    {
        var key = Ed25519.ImportPrivate(RandomNumberGenerator.GetBytes(Ed25519.PrivateKeySize));
        return new TestSigner(
            SubjectPublicKeyInfo.WrapEd25519(Ed25519.ExportPublic(key)),
            message => Ed25519.Sign(key, message.Message), SigningAlgorithm.Ed25519);
    }
}
