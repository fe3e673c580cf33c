// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;

namespace SupplyChain.Sigstore;

/// <summary>
/// A key on one of the <see cref="NamedCurve"/>s. Where libcrypto is there it verifies with that: most keys come with a certificate, are used
/// once and never again, and taking one in costs the base library more than all else that a bundle needs.
/// </summary>
internal sealed class EcdsaKey : KeyMaterial
{
    private readonly NamedCurve _curve;
    private readonly EcKeyHandle? _native;
    private readonly KeyPool<ECDsa>? _keys;

    /// <summary>Imports the key once, so that what is wrong with it shows here.</summary>
    /// <param name="curve">The curve.</param>
    /// <param name="spki">The key, of which the last bytes are the uncompressed point.</param>
    /// <param name="isNative">Whether libcrypto is used.</param>
    /// <exception cref="CryptographicException">The point is not on the curve.</exception>
    public EcdsaKey(NamedCurve curve, byte[] spki, bool isNative)
    {
        _curve = curve;
        if (isNative)
        {
            _native = LibCryptoEcdsa.Import(curve, spki.AsSpan(spki.Length - (2 * curve.Width) - 1));
            return;
        }

        _keys = new KeyPool<ECDsa>(() =>
        {
            var key = ECDsa.Create();
            key.ImportSubjectPublicKeyInfo(spki, out _);
            return key;
        });
        _keys.Return(_keys.Rent());
    }

    public override IReadOnlyList<SigningAlgorithm> Algorithms => _curve.Algorithms;

    public override bool VerifyDigest(
        SigningAlgorithm algorithm, ReadOnlySpan<byte> digest, ReadOnlySpan<byte> signature) => VerifyDer(digest, signature);

    /// <summary>Verifies a DER signature over a digest of any kind.</summary>
    public bool VerifyDer(ReadOnlySpan<byte> digest, ReadOnlySpan<byte> signature)
    {
        Span<byte> fixedWidth = stackalloc byte[2 * EcdsaSignature.LargestWidth];
        fixedWidth = fixedWidth[..(2 * _curve.Width)];
        return EcdsaSignature.TryReadDer(signature, fixedWidth) && VerifyFixedWidth(digest, fixedWidth);
    }

    /// <summary>Verifies r‖s; both must lie between 1 and the curve's order.</summary>
    public bool VerifyFixedWidth(ReadOnlySpan<byte> digest, ReadOnlySpan<byte> signature)
    {
        if (signature.Length != 2 * _curve.Width
            || !_curve.IsScalar(signature[.._curve.Width]) || !_curve.IsScalar(signature[_curve.Width..]))
        {
            return false;
        }

        if (_native is null)
            return VerifyManaged(digest, signature);

        Span<byte> der = stackalloc byte[EcdsaSignature.LargestDer];
        return LibCryptoEcdsa.Verify(_native, digest, der[..EcdsaSignature.WriteDer(signature, der)]);
    }

    private bool VerifyManaged(ReadOnlySpan<byte> digest, ReadOnlySpan<byte> signature)
    {
        var key = _keys!.Rent();
        try
        {
            return key.VerifyHash(digest, signature, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        }
        finally
        {
            _keys.Return(key);
        }
    }
}
