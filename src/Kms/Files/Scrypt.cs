// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace SupplyChain.Kms;

/// <summary>The password-based key derivation scrypt (RFC 7914). Its cost is the caller's to bound.</summary>
internal static class Scrypt
{
    // Words of 32 bits in a block of Salsa20.
    private const int BlockWords = Salsa20.BlockSize / sizeof(uint);

    /// <summary>Derives a key; takes 128·N·r bytes of memory, and time in proportion to N·r·p.</summary>
    /// <param name="password">The password.</param>
    /// <param name="salt">The salt.</param>
    /// <param name="n">N: a power of two, at least 2.</param>
    /// <param name="r">r: at least 1.</param>
    /// <param name="p">p: at least 1.</param>
    /// <param name="key">Where the key goes.</param>
    public static void Derive(ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, int n, int r, int p, Span<byte> key)
    {
        var blocks = new byte[128 * r * p];
        var words = new uint[32 * r];
        var scratch = new uint[32 * r];
        var memory = new uint[32 * r * n];
        try
        {
            Rfc2898DeriveBytes.Pbkdf2(password, salt, blocks, iterations: 1, HashAlgorithmName.SHA256);
            for (var i = 0; i < p; i++)
                Mix(blocks.AsSpan(128 * r * i, 128 * r), n, words, scratch, memory);
            Rfc2898DeriveBytes.Pbkdf2(password, blocks, key, iterations: 1, HashAlgorithmName.SHA256);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(blocks);
            foreach (var secret in (uint[][])[words, scratch, memory])
                CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(secret.AsSpan()));
        }
    }

    // scryptROMix, RFC 7914 §5.
    private static void Mix(Span<byte> block, int n, Span<uint> x, Span<uint> y, Span<uint> memory)
    {
        for (var i = 0; i < x.Length; i++)
            x[i] = BinaryPrimitives.ReadUInt32LittleEndian(block[(4 * i)..]);

        for (var i = 0; i < n; i++)
        {
            x.CopyTo(memory[(i * x.Length)..]);
            MixBlocks(x, y);
        }

        for (var i = 0; i < n; i++)
        {
            // n is a power of two of at most 31 bits: the lowest word of the last block is all of Integerify that matters.
            var chosen = (int)(x[^BlockWords] & (uint)(n - 1));
            var kept = memory.Slice(chosen * x.Length, x.Length);
            for (var j = 0; j < x.Length; j++)
                x[j] ^= kept[j];
            MixBlocks(x, y);
        }

        for (var i = 0; i < x.Length; i++)
            BinaryPrimitives.WriteUInt32LittleEndian(block[(4 * i)..], x[i]);
    }

    // scryptBlockMix, RFC 7914 §4: the even blocks go before the odd ones.
    private static void MixBlocks(Span<uint> x, Span<uint> y)
    {
        Span<uint> block = stackalloc uint[BlockWords];
        x[^BlockWords..].CopyTo(block);
        var count = x.Length / BlockWords;
        for (var i = 0; i < count; i++)
        {
            var next = x.Slice(i * BlockWords, BlockWords);
            for (var j = 0; j < BlockWords; j++)
                block[j] ^= next[j];
            Salsa20.Core(block, rounds: 8);
            block.CopyTo(y[((i / 2 + i % 2 * (count / 2)) * BlockWords)..]);
        }

        y.CopyTo(x);
    }
}
