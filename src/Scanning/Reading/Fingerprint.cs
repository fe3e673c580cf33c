// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Binary;

namespace SupplyChain.Scanning.Reading;

/// <summary>
/// A 64-bit number that tells texts apart. It is not a digest: whoever tries can make two texts collide. It is used where
/// a collision can only refuse a report (two member names taken for one) or is checked (the text pool).
/// </summary>
internal static class Fingerprint
{
    private const ulong First = 0x9E37_79B9_7F4A_7C15;
    private const ulong Second = 0xC2B2_AE3D_27D4_EB4F;

    /// <summary>The fingerprint of <paramref name="text"/>, the same on every machine.</summary>
    public static ulong Of(ReadOnlySpan<byte> text)
    {
        var state = unchecked(First ^ ((ulong)text.Length * Second));
        var rest = text;
        while (rest.Length > 8)
        {
            state = Mix(state ^ BinaryPrimitives.ReadUInt64LittleEndian(rest), Second);
            rest = rest[8..];
        }

        // The last eight bytes overlap what was read before, which costs less than a loop over the rest.
        var tail = text.Length >= 8
            ? BinaryPrimitives.ReadUInt64LittleEndian(text[^8..])
            : ReadShort(text);
        return Mix(state ^ tail, First);
    }

    private static ulong ReadShort(ReadOnlySpan<byte> text)
    {
        if (text.Length >= 4)
        {
            return BinaryPrimitives.ReadUInt32LittleEndian(text)
                | ((ulong)BinaryPrimitives.ReadUInt32LittleEndian(text[^4..]) << 32);
        }

        return text.Length == 0 ? 0 : text[0] | ((ulong)text[text.Length / 2] << 8) | ((ulong)text[^1] << 16);
    }

    private static ulong Mix(ulong left, ulong right)
    {
        var high = Math.BigMul(left, right, out var low);
        return high ^ low;
    }
}
