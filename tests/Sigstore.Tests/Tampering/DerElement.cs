// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Sigstore.Tests;

/// <summary>An element of a DER encoding, with those inside it; also with those that a string holds, as extensions do.</summary>
/// <param name="Tag">Its tag, which has one byte everywhere here.</param>
/// <param name="Content">All of its content.</param>
/// <param name="Before">What stands before the children: the count of unused bits of a bit string.</param>
/// <param name="Children">What is inside; empty for a primitive value.</param>
internal sealed record DerElement(byte Tag, byte[] Content, byte[] Before, IReadOnlyList<DerElement> Children)
{
    private const byte Constructed = 0x20;
    private const byte BitString = 3;
    private const byte OctetString = 4;

    /// <summary>The elements that <paramref name="der"/> consists of.</summary>
    public static IReadOnlyList<DerElement> Read(byte[] der) =>
        TryRead(der, out var elements) ? elements : throw new InvalidOperationException($"no DER: {Convert.ToHexString(der)}");

    private static bool TryRead(ReadOnlySpan<byte> der, out List<DerElement> elements)
    {
        elements = [];
        while (der.Length > 0)
        {
            if (!TryTake(ref der, out var element))
                return false;
            elements.Add(element);
        }

        return elements.Count > 0;
    }

    private static bool TryTake(ref ReadOnlySpan<byte> der, out DerElement element)
    {
        element = null!;
        if (der.Length < 2 || (der[0] & 0x1f) == 0x1f || !TryReadLength(der[1..], out var length, out var width) || der.Length < 1 + width + length)
            return false;

        var (tag, content) = (der[0], der.Slice(1 + width, length).ToArray());
        der = der[(1 + width + length)..];
        if ((tag & Constructed) != 0)
        {
            List<DerElement> inside = [];
            if (content.Length > 0 && !TryRead(content, out inside))
                return false;
            element = new DerElement(tag, content, [], inside);
            return true;
        }

        byte[] before = tag == BitString && content is [0, ..] ? [0] : [];
        // Only a sequence or a string is taken for an encoding; other bytes may look like one by chance.
        var isEncoding = (tag is BitString or OctetString) && content.Length > before.Length + 2 && content[before.Length] is 0x30 or OctetString;
        element = isEncoding && TryRead(content.AsSpan(before.Length), out var children)
            ? new DerElement(tag, content, before, children)
            : new DerElement(tag, content, [], []);
        return true;
    }

    private static bool TryReadLength(ReadOnlySpan<byte> bytes, out int length, out int width)
    {
        (length, width) = (bytes[0], 1);
        if (length < 0x80)
            return true;

        width += length & 0x7f;
        if (width is 1 or > 3 || bytes.Length < width)
            return false;
        length = width == 2 ? bytes[1] : (bytes[1] << 8) | bytes[2];
        return true;
    }
}
