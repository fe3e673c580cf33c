// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace SupplyChain.Kms;

/// <summary>
/// NaCl's secret box: XSalsa20 and Poly1305, the tag before the ciphertext (D. J. Bernstein, "Cryptography in NaCl", 2009, §9–10).
/// </summary>
internal static class SecretBox
{
    public const int KeySize = Salsa20.KeySize;
    public const int NonceSize = Salsa20.ExtendedNonceSize;

    /// <summary>Opens a box; the caller wipes what it gets.</summary>
    /// <returns>Whether it was made with this key and nonce and is unchanged.</returns>
    public static bool TryOpen(
        ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> box, [NotNullWhen(true)] out byte[]? message)
    {
        message = null;
        if (box.Length < Poly1305.TagSize)
            return false;

        // The stream's first 32 bytes are the authenticator's key.
        Span<byte> once = stackalloc byte[Poly1305.KeySize];
        Span<byte> tag = stackalloc byte[Poly1305.TagSize];
        once.Clear();
        Salsa20.XorExtended(key, nonce, skip: 0, once);
        Poly1305.Compute(once, box[Poly1305.TagSize..], tag);
        CryptographicOperations.ZeroMemory(once);
        if (!CryptographicOperations.FixedTimeEquals(tag, box[..Poly1305.TagSize]))
            return false;

        message = box[Poly1305.TagSize..].ToArray();
        Salsa20.XorExtended(key, nonce, skip: Poly1305.KeySize, message);
        return true;
    }
}
