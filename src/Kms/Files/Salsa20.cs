// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;

namespace SupplyChain.Kms;

/// <summary>
/// Salsa20 (D. J. Bernstein, "The Salsa20 family of stream ciphers", 2007) and its extension XSalsa20 ("Extending the Salsa20 nonce",
/// 2011). Only for cosign's key files; nothing new is encrypted with it.
/// </summary>
internal static class Salsa20
{
    public const int KeySize = 32;
    public const int ExtendedNonceSize = 24;
    public const int BlockSize = 64;

    private const int Words = 16;

    /// <summary>Adds so many rounds of a block to it, in place: the core function.</summary>
    public static void Core(Span<uint> block, int rounds)
    {
        Span<uint> mixed = stackalloc uint[Words];
        block.CopyTo(mixed);
        Mix(mixed, rounds);
        for (var i = 0; i < Words; i++)
            block[i] = unchecked(block[i] + mixed[i]);
    }

    /// <summary>XORs data, in place, with the stream of a key and a long nonce, from one of its bytes on.</summary>
    /// <param name="key">32 bytes.</param>
    /// <param name="nonce">24 bytes.</param>
    /// <param name="skip">Bytes of the stream to leave out; less than a block.</param>
    /// <param name="data">What to encrypt or decrypt.</param>
    public static void XorExtended(ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce, int skip, Span<byte> data)
    {
        Span<byte> subkey = stackalloc byte[KeySize];
        Span<uint> block = stackalloc uint[Words];
        Span<byte> stream = stackalloc byte[BlockSize];
        DeriveSubkey(key, nonce[..16], subkey);
        for (ulong counter = 0; !data.IsEmpty; counter++)
        {
            Load(block, subkey, nonce[16..]);
            block[8] = (uint)(counter & uint.MaxValue);
            block[9] = (uint)(counter >> 32);
            Core(block, 20);
            Store(block, stream);
            var length = Math.Min(data.Length, BlockSize - skip);
            for (var i = 0; i < length; i++)
                data[i] ^= stream[skip + i];
            data = data[length..];
            skip = 0;
        }

        CryptographicOperations.ZeroMemory(subkey);
        CryptographicOperations.ZeroMemory(stream);
        block.Clear();
    }

    // HSalsa20: the rounds without the addition, and of the result the words that nobody can compute backwards.
    private static void DeriveSubkey(ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce, Span<byte> subkey)
    {
        Span<uint> block = stackalloc uint[Words];
        Load(block, key, nonce[..8]);
        block[8] = BinaryPrimitives.ReadUInt32LittleEndian(nonce[8..]);
        block[9] = BinaryPrimitives.ReadUInt32LittleEndian(nonce[12..]);
        Mix(block, 20);
        ReadOnlySpan<int> kept = [0, 5, 10, 15, 6, 7, 8, 9];
        for (var i = 0; i < kept.Length; i++)
            BinaryPrimitives.WriteUInt32LittleEndian(subkey[(4 * i)..], block[kept[i]]);
        block.Clear();
    }

    // "expand 32-byte k" on the diagonal, the key in two halves around nonce and counter.
    private static void Load(Span<uint> block, ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce)
    {
        (block[0], block[5], block[10], block[15]) = (0x61707865, 0x3320646e, 0x79622d32, 0x6b206574);
        for (var i = 0; i < 4; i++)
        {
            block[1 + i] = BinaryPrimitives.ReadUInt32LittleEndian(key[(4 * i)..]);
            block[11 + i] = BinaryPrimitives.ReadUInt32LittleEndian(key[(16 + 4 * i)..]);
        }

        block[6] = BinaryPrimitives.ReadUInt32LittleEndian(nonce);
        block[7] = BinaryPrimitives.ReadUInt32LittleEndian(nonce[4..]);
    }

    private static void Store(ReadOnlySpan<uint> block, Span<byte> bytes)
    {
        for (var i = 0; i < Words; i++)
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[(4 * i)..], block[i]);
    }

    private static void Mix(Span<uint> x, int rounds)
    {
        for (var round = 0; round < rounds; round += 2)
        {
            // Columns, then rows.
            Quarter(ref x[0], ref x[4], ref x[8], ref x[12]);
            Quarter(ref x[5], ref x[9], ref x[13], ref x[1]);
            Quarter(ref x[10], ref x[14], ref x[2], ref x[6]);
            Quarter(ref x[15], ref x[3], ref x[7], ref x[11]);
            Quarter(ref x[0], ref x[1], ref x[2], ref x[3]);
            Quarter(ref x[5], ref x[6], ref x[7], ref x[4]);
            Quarter(ref x[10], ref x[11], ref x[8], ref x[9]);
            Quarter(ref x[15], ref x[12], ref x[13], ref x[14]);
        }
    }

    private static void Quarter(ref uint a, ref uint b, ref uint c, ref uint d)
    {
        unchecked
        {
            b ^= BitOperations.RotateLeft(a + d, 7);
            c ^= BitOperations.RotateLeft(b + a, 9);
            d ^= BitOperations.RotateLeft(c + b, 13);
            a ^= BitOperations.RotateLeft(d + c, 18);
        }
    }
}
