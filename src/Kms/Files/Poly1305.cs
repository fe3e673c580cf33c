// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Binary;

namespace SupplyChain.Kms;

/// <summary>The one-time authenticator Poly1305 (RFC 8439 §2.5), in limbs of 26 bits; its time depends on the length alone.</summary>
internal static class Poly1305
{
    public const int KeySize = 32;
    public const int TagSize = 16;

    private const uint Limb = 0x3FFFFFF;

    /// <summary>Computes the tag of a message under a key that is used for it alone.</summary>
    public static void Compute(ReadOnlySpan<byte> key, ReadOnlySpan<byte> message, Span<byte> tag)
    {
        Span<uint> r = stackalloc uint[5];
        Span<uint> h = stackalloc uint[5];
        Span<byte> last = stackalloc byte[17];
        h.Clear();
        LoadMultiplier(key, r);
        while (message.Length >= 16)
        {
            Add(h, message[..16], 1 << 24);
            Multiply(h, r);
            message = message[16..];
        }

        if (!message.IsEmpty)
        {
            last.Clear();
            message.CopyTo(last);
            last[message.Length] = 1;
            Add(h, last[..16], 0);
            Multiply(h, r);
        }

        Finish(h, key[16..], tag);
        r.Clear();
        h.Clear();
    }

    // The first half of the key, with the bits cleared that RFC 8439 §2.5 clears.
    private static void LoadMultiplier(ReadOnlySpan<byte> key, Span<uint> r)
    {
        r[0] = BinaryPrimitives.ReadUInt32LittleEndian(key) & 0x3ffffff;
        r[1] = (BinaryPrimitives.ReadUInt32LittleEndian(key[3..]) >> 2) & 0x3ffff03;
        r[2] = (BinaryPrimitives.ReadUInt32LittleEndian(key[6..]) >> 4) & 0x3ffc0ff;
        r[3] = (BinaryPrimitives.ReadUInt32LittleEndian(key[9..]) >> 6) & 0x3f03fff;
        r[4] = (BinaryPrimitives.ReadUInt32LittleEndian(key[12..]) >> 8) & 0x00fffff;
    }

    private static void Add(Span<uint> h, ReadOnlySpan<byte> block, uint highBit)
    {
        h[0] += BinaryPrimitives.ReadUInt32LittleEndian(block) & Limb;
        h[1] += (BinaryPrimitives.ReadUInt32LittleEndian(block[3..]) >> 2) & Limb;
        h[2] += (BinaryPrimitives.ReadUInt32LittleEndian(block[6..]) >> 4) & Limb;
        h[3] += (BinaryPrimitives.ReadUInt32LittleEndian(block[9..]) >> 6) & Limb;
        h[4] += (BinaryPrimitives.ReadUInt32LittleEndian(block[12..]) >> 8) | highBit;
    }

    // h := h * r modulo 2^130 - 5, not fully reduced: what is above 2^130 comes back times five.
    private static void Multiply(Span<uint> h, ReadOnlySpan<uint> r)
    {
        Span<ulong> d = stackalloc ulong[5];
        for (var i = 0; i < 5; i++)
        {
            d[i] = 0;
            for (var j = 0; j < 5; j++)
                d[i] += (ulong)h[j] * (j <= i ? r[i - j] : 5 * r[5 + i - j]);
        }

        ulong carry = 0;
        for (var i = 0; i < 5; i++)
        {
            d[i] += carry;
            h[i] = (uint)(d[i] & Limb);
            carry = d[i] >> 26;
        }

        var first = h[0] + carry * 5;
        h[0] = (uint)(first & Limb);
        h[1] += (uint)(first >> 26);
    }

    private static void Finish(Span<uint> h, ReadOnlySpan<byte> addend, Span<byte> tag)
    {
        Span<uint> reduced = stackalloc uint[5];
        Carry(h);
        Carry(h);

        // h - p, if that is not negative: h + 5 - 2^130.
        uint carry = 5;
        for (var i = 0; i < 5; i++)
        {
            var sum = h[i] + carry;
            reduced[i] = sum & Limb;
            carry = sum >> 26;
        }

        var mask = unchecked(0u - carry);
        for (var i = 0; i < 5; i++)
            h[i] = (h[i] & ~mask) | (reduced[i] & mask);

        var low = h[0] | ((ulong)h[1] << 26) | ((ulong)h[2] << 52);
        var high = ((ulong)h[2] >> 12) | ((ulong)h[3] << 14) | ((ulong)h[4] << 40);
        var sumOfBoth = unchecked(
            new UInt128(high, low)
            + new UInt128(BinaryPrimitives.ReadUInt64LittleEndian(addend[8..]), BinaryPrimitives.ReadUInt64LittleEndian(addend)));
        BinaryPrimitives.WriteUInt128LittleEndian(tag, sumOfBoth);
        reduced.Clear();
    }

    private static void Carry(Span<uint> h)
    {
        uint carry = 0;
        for (var i = 0; i < 5; i++)
        {
            h[i] += carry;
            carry = h[i] >> 26;
            h[i] &= Limb;
        }

        h[0] += carry * 5;
    }
}
