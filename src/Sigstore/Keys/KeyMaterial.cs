// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;

namespace SupplyChain.Sigstore;

/// <summary>A public key as its kind of mathematics sees it. Thread-safe.</summary>
internal abstract class KeyMaterial
{
    /// <summary>What the key may be used for; the first is what it means when nobody says.</summary>
    public abstract IReadOnlyList<SigningAlgorithm> Algorithms { get; }

    public virtual bool Verify(SigningAlgorithm algorithm, ToBeSigned message, ReadOnlySpan<byte> signature) =>
        VerifyDigest(algorithm, message.DigestFor(algorithm), signature);

    /// <summary>Verifies a signature over plain bytes.</summary>
    public virtual bool Verify(SigningAlgorithm algorithm, ReadOnlyMemory<byte> message, ReadOnlySpan<byte> signature) =>
        VerifyDigest(algorithm, CryptographicOperations.HashData(algorithm.DigestAlgorithm(), message.Span), signature);

    /// <summary>Verifies a signature over a digest that was made with the algorithm's own digest function.</summary>
    public abstract bool VerifyDigest(
        SigningAlgorithm algorithm, ReadOnlySpan<byte> digest, ReadOnlySpan<byte> signature);
}

internal sealed class RsaKey : KeyMaterial
{
    private static readonly SigningAlgorithm[] Legal = [SigningAlgorithm.RsaPkcs1Sha256, SigningAlgorithm.RsaPssSha256];

    private readonly KeyPool<RSA> _keys;

    /// <summary>The length of the modulus, in whole bytes.</summary>
    public int Bits { get; }

    public RsaKey(RSAParameters parameters)
    {
        Bits = parameters.Modulus!.Length * 8;
        _keys = new KeyPool<RSA>(() => RSA.Create(parameters));
        _keys.Return(_keys.Rent());
    }

    public override IReadOnlyList<SigningAlgorithm> Algorithms => Legal;

    public override bool VerifyDigest(
        SigningAlgorithm algorithm, ReadOnlySpan<byte> digest, ReadOnlySpan<byte> signature) =>
        // The base library's PSS means MGF1 with the same digest and a salt of the digest's length.
        VerifyDigest(digest, signature, algorithm.DigestAlgorithm(), algorithm == SigningAlgorithm.RsaPssSha256
            ? RSASignaturePadding.Pss
            : RSASignaturePadding.Pkcs1);

    public bool VerifyDigest(
        ReadOnlySpan<byte> digest, ReadOnlySpan<byte> signature, HashAlgorithmName algorithm,
        RSASignaturePadding padding)
    {
        var key = _keys.Rent();
        try
        {
            return key.VerifyHash(digest, signature, algorithm, padding);
        }
        finally
        {
            _keys.Return(key);
        }
    }
}

internal sealed class Ed25519Key : KeyMaterial
{
    private static readonly SigningAlgorithm[] Legal = [SigningAlgorithm.Ed25519];

    private readonly EvpKeyHandle _key;

    /// <summary>Imports the key.</summary>
    /// <exception cref="CryptographicException">libcrypto refuses the key.</exception>
    public Ed25519Key(ReadOnlySpan<byte> publicKey) => _key = Ed25519.ImportPublic(publicKey);

    public override IReadOnlyList<SigningAlgorithm> Algorithms => Legal;

    public override bool Verify(SigningAlgorithm algorithm, ToBeSigned message, ReadOnlySpan<byte> signature) =>
        Verify(message.Message, signature);

    public override bool Verify(SigningAlgorithm algorithm, ReadOnlyMemory<byte> message, ReadOnlySpan<byte> signature) =>
        Verify(message.Span, signature);

    /// <summary>Ed25519 signs messages; a digest of one is not enough.</summary>
    public override bool VerifyDigest(
        SigningAlgorithm algorithm, ReadOnlySpan<byte> digest, ReadOnlySpan<byte> signature) => false;

    public bool Verify(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) =>
        Ed25519.Verify(_key, message, signature);
}
