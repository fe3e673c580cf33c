// SPDX-License-Identifier: Apache-2.0

using System.Globalization;

namespace SupplyChain.Sigstore.Tests;

/// <summary>What is done to one element of an encoding.</summary>
public enum DerTampering
{
    /// <summary>The element is gone, and those around it know.</summary>
    Drop,

    /// <summary>The element is there twice.</summary>
    Duplicate,

    /// <summary>The element has no content.</summary>
    Empty,

    /// <summary>The tag is the next one.</summary>
    Tag,

    /// <summary>The length is one more than the content has.</summary>
    Longer,

    /// <summary>The length is one less.</summary>
    Shorter,

    /// <summary>The length takes a byte more than it needs, which DER does not allow.</summary>
    Wide,

    /// <summary>The first bit of a primitive value is another.</summary>
    FlipFirst,

    /// <summary>A bit in the middle of a primitive value is another.</summary>
    FlipMiddle,

    /// <summary>The last bit of a primitive value is another.</summary>
    FlipLast,
}

/// <summary>An encoding with one thing changed.</summary>
internal sealed record TamperedDer(string Path, DerTampering Kind, byte[] Der)
{
    public override string ToString() => $"{Kind} {Path}";
}

/// <summary>Makes every one-place change of a DER encoding, of what lies encoded inside of strings too.</summary>
internal static class DerTamper
{
    /// <summary>The changes, with paths such as <c>0.2.1</c>: places among neighbours from the outermost element in, which is <c>$</c>.</summary>
    public static IEnumerable<TamperedDer> Everything(byte[] der)
    {
        var root = DerElement.Read(der).Single();
        foreach (var (path, element) in Places("$", root))
        {
            foreach (var kind in Enum.GetValues<DerTampering>().Where(kind => Applies(kind, path, element)))
                yield return new TamperedDer(path, kind, Write(root, element, kind));
        }
    }

    private static bool Applies(DerTampering kind, string path, DerElement element) => kind switch
    {
        DerTampering.Drop or DerTampering.Duplicate => path is not "$",
        DerTampering.Empty or DerTampering.Shorter => element.Content.Length > 0,
        DerTampering.FlipFirst or DerTampering.FlipMiddle or DerTampering.FlipLast => element.Children.Count == 0 && element.Content.Length > 0,
        _ => true,
    };

    private static IEnumerable<(string Path, DerElement Element)> Places(string path, DerElement element)
    {
        yield return (path, element);
        for (var i = 0; i < element.Children.Count; i++)
        {
            var inner = path is "$" ? i.ToString(CultureInfo.InvariantCulture) : string.Create(CultureInfo.InvariantCulture, $"{path}.{i}");
            foreach (var place in Places(inner, element.Children[i]))
                yield return place;
        }
    }

    private static byte[] Write(DerElement element, DerElement target, DerTampering kind)
    {
        if (!ReferenceEquals(element, target))
        {
            byte[] inside = element.Children.Count == 0
                ? element.Content
                : [.. element.Before, .. element.Children.SelectMany(child => Write(child, target, kind))];
            return [element.Tag, .. Length(inside.Length), .. inside];
        }

        var content = element.Content;
        byte[] whole = [element.Tag, .. Length(content.Length), .. content];
        return kind switch
        {
            DerTampering.Drop => [],
            DerTampering.Duplicate => [.. whole, .. whole],
            DerTampering.Empty => [element.Tag, 0],
            DerTampering.Tag => [(byte)(element.Tag ^ 1), .. whole[1..]],
            DerTampering.Longer => [element.Tag, .. Length(content.Length + 1), .. content],
            DerTampering.Shorter => [element.Tag, .. Length(content.Length - 1), .. content],
            DerTampering.Wide => [element.Tag, .. WideLength(content.Length), .. content],
            DerTampering.FlipFirst => [element.Tag, .. Length(content.Length), .. Flip(content, 0, 0x80)],
            DerTampering.FlipMiddle => [element.Tag, .. Length(content.Length), .. Flip(content, content.Length / 2, 0x10)],
            _ => [element.Tag, .. Length(content.Length), .. Flip(content, content.Length - 1, 0x01)],
        };
    }

    private static byte[] Length(int length) => length switch
    {
        < 0x80 => [(byte)length],
        < 0x100 => [0x81, (byte)length],
        _ => [0x82, (byte)(length >> 8), (byte)(length & 0xff)],
    };

    private static byte[] WideLength(int length) => length switch
    {
        < 0x80 => [0x81, (byte)length],
        < 0x100 => [0x82, 0, (byte)length],
        _ => [0x83, 0, (byte)(length >> 8), (byte)(length & 0xff)],
    };

    private static byte[] Flip(byte[] content, int at, byte bit)
    {
        var flipped = content.ToArray();
        flipped[at] ^= bit;
        return flipped;
    }
}
