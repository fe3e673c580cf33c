// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;

namespace SupplyChain.Sigstore;

/// <summary>
/// ECDSA verification by libcrypto's own functions. A point is taken in if it is on the curve: the curves here are of prime order, so that
/// it then has that order too, and multiplying it once more to see so is what makes other ways slow.
/// </summary>
internal static class LibCryptoEcdsa
{
    /// <summary>Takes an uncompressed point in.</summary>
    /// <exception cref="CryptographicException">It is not on the curve.</exception>
    public static EcKeyHandle Import(NamedCurve curve, ReadOnlySpan<byte> point)
    {
        var key = LibCrypto.NewEcKey(curve.LibCryptoType);
        if (!key.IsInvalid && LibCrypto.SetEcPoint(key, point, (nuint)point.Length, 0) == 1)
            return key;

        key.Dispose();
        LibCrypto.ClearErrors();
        throw new CryptographicException($"The point is not on {curve.Name}.");
    }

    /// <summary>Whether a signature in DER is by that key; of a digest longer than the order the first bits count.</summary>
    public static bool Verify(EcKeyHandle key, ReadOnlySpan<byte> digest, ReadOnlySpan<byte> signature)
    {
        if (LibCrypto.EcdsaVerify(0, digest, digest.Length, signature, signature.Length, key) == 1)
            return true;

        LibCrypto.ClearErrors();
        return false;
    }
}
