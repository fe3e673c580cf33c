// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;

namespace SupplyChain.Sigstore;

/// <summary>Pure Ed25519 (RFC 8032) over libcrypto.</summary>
internal static class Ed25519
{
    public const int PublicKeySize = 32;
    public const int PrivateKeySize = 32;
    public const int SignatureSize = 64;
    public const string Oid = "1.3.101.112";

    // p = 2^255 - 19, little-endian.
    private static readonly byte[] Prime =
        Convert.FromHexString("EDFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF7F");

    // The y coordinates of the eight points whose order divides 8. A signature by such a "key" is easily made for any
    // message.
    private static readonly byte[][] SmallOrder =
    [
        Convert.FromHexString("0000000000000000000000000000000000000000000000000000000000000000"),
        Convert.FromHexString("0100000000000000000000000000000000000000000000000000000000000000"),
        Convert.FromHexString("26E8958FC2B227B045C3F489F2EF98F0D5DFAC05D3C63339B13802886D53FC05"),
        Convert.FromHexString("C7176A703D4DD84FBA3C0B760D10670F2A2053FA2C39CCC64EC7FD7792AC037A"),
        Convert.FromHexString("ECFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF7F"),
    ];

    /// <summary>Says what is wrong with a public key's bytes, or nothing.</summary>
    public static string? ProblemOf(ReadOnlySpan<byte> publicKey)
    {
        if (publicKey.Length != PublicKeySize)
            return $"an Ed25519 key has {PublicKeySize} bytes, found {publicKey.Length}";

        Span<byte> y = stackalloc byte[PublicKeySize];
        publicKey.CopyTo(y);
        y[^1] &= 0x7F;
        if (!IsBelowPrime(y))
            return "the Ed25519 point is not in its canonical encoding";

        foreach (var point in SmallOrder)
        {
            if (y.SequenceEqual(point))
                return "the Ed25519 point has a small order: anyone can sign for it";
        }

        return LibCrypto.IsAvailable ? null : LibCrypto.Missing().Message;
    }

    /// <summary>Imports 32 bytes that <see cref="ProblemOf"/> has nothing against.</summary>
    /// <exception cref="CryptographicException">libcrypto refuses the key.</exception>
    public static EvpKeyHandle ImportPublic(ReadOnlySpan<byte> publicKey)
    {
        var key = LibCrypto.NewRawPublicKey(LibCrypto.Ed25519Type, 0, publicKey, (nuint)publicKey.Length);
        return key.IsInvalid ? throw Refused("the Ed25519 public key") : key;
    }

    public static bool Verify(EvpKeyHandle key, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (signature.Length != SignatureSize)
            return false;

        using var context = LibCrypto.NewDigestContext();
        if (context.IsInvalid || LibCrypto.DigestVerifyInit(context, 0, 0, 0, key) != 1)
            throw Refused("an Ed25519 verification");

        var verdict = LibCrypto.DigestVerify(
            context, signature, (nuint)signature.Length, message, (nuint)message.Length);
        if (verdict != 1)
            LibCrypto.ClearErrors();
        return verdict == 1;
    }

    /// <summary>Imports a 32-byte seed.</summary>
    /// <exception cref="CryptographicException">It has another length.</exception>
    public static EvpKeyHandle ImportPrivate(ReadOnlySpan<byte> seed)
    {
        var key = LibCrypto.NewRawPrivateKey(LibCrypto.Ed25519Type, 0, seed, (nuint)seed.Length);
        return key.IsInvalid ? throw Refused("the Ed25519 private key") : key;
    }

    public static byte[] ExportPublic(EvpKeyHandle key)
    {
        var publicKey = new byte[PublicKeySize];
        nuint length = PublicKeySize;
        return LibCrypto.GetRawPublicKey(key, publicKey, ref length) == 1 && length == PublicKeySize
            ? publicKey
            : throw Refused("an Ed25519 export");
    }

    public static byte[] Sign(EvpKeyHandle key, ReadOnlySpan<byte> message)
    {
        using var context = LibCrypto.NewDigestContext();
        var signature = new byte[SignatureSize];
        nuint length = SignatureSize;
        return !context.IsInvalid && LibCrypto.DigestSignInit(context, 0, 0, 0, key) == 1
            && LibCrypto.DigestSign(context, signature, ref length, message, (nuint)message.Length) == 1
            && length == SignatureSize
            ? signature
            : throw Refused("an Ed25519 signature");
    }

    /// <summary>The exception for a call that libcrypto answered with an error; clears its error queue.</summary>
    public static CryptographicException Refused(string what)
    {
        LibCrypto.ClearErrors();
        return new CryptographicException($"libcrypto refused {what}.");
    }

    private static bool IsBelowPrime(ReadOnlySpan<byte> littleEndian)
    {
        for (var i = PublicKeySize - 1; i >= 0; i--)
        {
            if (littleEndian[i] != Prime[i])
                return littleEndian[i] < Prime[i];
        }

        return false;
    }
}
