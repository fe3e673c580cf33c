// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Testing.Fuzzing;

/// <summary>Changes DER where it hurts: at tags and lengths, and inside one element while those around it stay whole or not.</summary>
internal sealed class DerMutator(SeededNumbers numbers)
{
    private const byte Constructed = 0x20;
    private const int Deepest = 24;

    public byte[] Mutate(byte[] der)
    {
        var (start, header, length) = Pick(der);
        var at = start + header;
        var end = Math.Min(der.Length, at + length);
        return numbers.Below(7) switch
        {
            0 => [.. der[..start], (byte)numbers.Below(256), .. der[(start + 1)..]],
            1 => [.. der[..(start + 1)], .. LieAbout(length), .. der[at..]],
            2 => [.. der[..start], .. der[end..]],
            3 => [.. der[..end], .. der[start..]],
            4 when end > at => Flip(der, at + numbers.Below(end - at)),
            5 => [.. der[..at], .. Deep(), .. der[end..]],
            // A whole element of another place.
            _ => Exchange(der, start, end),
        };
    }

    private byte[] Exchange(byte[] der, int start, int end)
    {
        var (otherStart, otherHeader, otherLength) = Pick(der);
        return [.. der[..start], .. der[otherStart..Math.Min(der.Length, otherStart + otherHeader + otherLength)], .. der[end..]];
    }

    private byte[] LieAbout(int length) => numbers.Below(8) switch
    {
        0 => [0x80],
        1 => [0x84, 0xff, 0xff, 0xff, 0xff],
        2 => [0x84, 0x7f, 0xff, 0xff, 0xff],
        3 => [0x88, 0, 0, 0, 0, 0, 0, 0, (byte)(length & 0xff)],
        4 => [0xff],
        5 => [(byte)((length + 1) & 0xff)],
        6 => [(byte)((length - 1) & 0xff)],
        _ => [0x82, (byte)numbers.Below(256), (byte)numbers.Below(256)],
    };

    // Sequences without end, within each other.
    private byte[] Deep() => [.. Enumerable.Repeat<byte[]>([0x30, 0x80], 1 + numbers.Below(500)).SelectMany(header => header)];

    private byte[] Flip(byte[] der, int at)
    {
        var flipped = der.ToArray();
        flipped[at] ^= (byte)(1 << numbers.Below(8));
        return flipped;
    }

    // Goes down from the outermost element, and stops somewhere on the way.
    private (int Start, int Header, int Length) Pick(byte[] der)
    {
        var picked = (Start: 0, Header: Math.Min(2, der.Length), Length: Math.Max(0, der.Length - 2));
        var places = Children(der, 0, der.Length);
        for (var depth = 0; places.Count > 0 && depth < Deepest; depth++)
        {
            var start = numbers.Of(places);
            var (header, length) = Measure(der, start);
            picked = (start, header, length);
            if ((der[start] & Constructed) == 0 || numbers.OneIn(5))
                break;
            places = Children(der, start + header, start + header + length);
        }

        return picked;
    }

    private static List<int> Children(byte[] der, int start, int end)
    {
        var places = new List<int>();
        for (var at = start; at < end - 1;)
        {
            places.Add(at);
            var (header, length) = Measure(der, at);
            at += header + length;
        }

        return places;
    }

    private static (int Header, int Length) Measure(byte[] der, int at)
    {
        var first = der[at + 1];
        var left = der.Length - at;
        if (first < 0x80)
            return (2, Math.Min(first, left - 2));

        var width = first & 0x7f;
        if (width is 0 or > 3 || left < 2 + width)
            return (2, 0);
        var length = der.AsSpan(at + 2, width).ToArray().Aggregate(0, (sum, octet) => (sum << 8) | octet);
        return (2 + width, Math.Min(length, left - 2 - width));
    }
}
