// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;

namespace SupplyChain.Sigstore;

/// <summary>
/// ECDSA signatures between DER (<c>SEQUENCE { r INTEGER, s INTEGER }</c>, SEC 1 C.5) and fixed width (r‖s, each as
/// long as the curve's order).
/// </summary>
internal static class EcdsaSignature
{
    /// <summary>Bytes of r or s on the largest curve, P-521.</summary>
    public const int LargestWidth = 66;

    /// <summary>Bytes of the longest DER signature.</summary>
    public const int LargestDer = 3 + (2 * (3 + LargestWidth));

    private const byte Sequence = 0x30;
    private const byte Integer = 0x02;

    /// <summary>
    /// Reads a DER signature into <paramref name="fixedWidth"/>. Lengths and signs are taken as they come; that they
    /// are the only legal ones is proven by encoding the result again and comparing every byte.
    /// </summary>
    public static bool TryReadDer(ReadOnlySpan<byte> der, Span<byte> fixedWidth)
    {
        var width = fixedWidth.Length / 2;
        var rest = der;
        if (!TryReadHeader(ref rest, Sequence, out var length) || length != rest.Length
            || !TryReadInteger(ref rest, fixedWidth[..width]) || !TryReadInteger(ref rest, fixedWidth[width..]))
        {
            return false;
        }

        Span<byte> canonical = stackalloc byte[LargestDer];
        return canonical[..WriteDer(fixedWidth, canonical)].SequenceEqual(der);
    }

    /// <summary>Writes r‖s as DER and returns how many bytes that took.</summary>
    public static int WriteDer(ReadOnlySpan<byte> fixedWidth, Span<byte> der)
    {
        var width = fixedWidth.Length / 2;
        var r = Significant(fixedWidth[..width]);
        var s = Significant(fixedWidth[width..]);
        var content = IntegerLength(r) + IntegerLength(s);
        Debug.Assert(content <= byte.MaxValue, "two integers of P-521 have 140 bytes");

        var at = 0;
        der[at++] = Sequence;
        if (content > 0x7F)
            der[at++] = 0x81;
        der[at++] = (byte)content;
        at += WriteInteger(r, der[at..]);
        at += WriteInteger(s, der[at..]);
        return at;
    }

    private static bool TryReadHeader(ref ReadOnlySpan<byte> rest, byte tag, out int length)
    {
        length = 0;
        if (rest.Length < 2 || rest[0] != tag)
            return false;

        length = rest[1];
        var header = 2;
        if (length == 0x81 && rest.Length > 2)
        {
            length = rest[2];
            header = 3;
        }
        else if (length > 0x7F)
        {
            return false;
        }

        rest = rest[header..];
        return length <= rest.Length;
    }

    private static bool TryReadInteger(ref ReadOnlySpan<byte> rest, Span<byte> value)
    {
        if (!TryReadHeader(ref rest, Integer, out var length))
            return false;

        var significant = Significant(rest[..length]);
        rest = rest[length..];
        if (significant.Length > value.Length)
            return false;

        value.Clear();
        significant.CopyTo(value[^significant.Length..]);
        return true;
    }

    private static int WriteInteger(ReadOnlySpan<byte> significant, Span<byte> der)
    {
        var length = IntegerLength(significant) - 2;
        der[0] = Integer;
        der[1] = (byte)length;
        der[2] = 0;
        significant.CopyTo(der[(2 + length - significant.Length)..]);
        return 2 + length;
    }

    // A leading zero keeps the value positive, and zero itself has one byte.
    private static int IntegerLength(ReadOnlySpan<byte> significant) =>
        2 + significant.Length + (significant.Length == 0 || significant[0] > 0x7F ? 1 : 0);

    private static ReadOnlySpan<byte> Significant(ReadOnlySpan<byte> value)
    {
        var first = value.IndexOfAnyExcept((byte)0);
        return first < 0 ? [] : value[first..];
    }
}
