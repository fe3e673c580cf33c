// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using SupplyChain.Model;

namespace SupplyChain.Policy;

/// <summary>
/// Names products by package URL without version, qualifiers and subpath, such as <c>pkg:oci/payments-*</c>. The type is
/// literal; in namespace and name <c>*</c> stands for any characters of one segment.
/// </summary>
public sealed class PackageUrlPattern
{
    private readonly string _type;
    private readonly string[] _segments;

    private PackageUrlPattern(string text, string type, string[] segments)
    {
        Text = text;
        _type = type;
        _segments = segments;
    }

    /// <summary>The pattern as written.</summary>
    public string Text { get; }

    /// <summary>Reads a pattern.</summary>
    public static bool TryParse(
        string? text, [NotNullWhen(true)] out PackageUrlPattern? pattern, [NotNullWhen(false)] out string? problem)
    {
        pattern = null;
        problem = null;
        if (text is null || text.Length > Limits.PatternLength || !PackageUrl.TryParse(text, out var url)
            || text.Contains('#', StringComparison.Ordinal) || text.Contains("**", StringComparison.Ordinal)
            || url.Type.Contains('*', StringComparison.Ordinal))
        {
            problem = $"'{Printable.Escape(text)}' is not a pattern of products; expected pkg:type/namespace/name, in which * stays inside a segment";
        }
        else if (url.Version is not null || url.Qualifiers.Count > 0 || text.Contains('?', StringComparison.Ordinal))
        {
            problem = "a pattern of products has no version and no qualifiers";
        }
        else
        {
            pattern = new PackageUrlPattern(text, url.Type, Segments(url.Namespace, url.Name));
        }

        return pattern is not null;
    }

    internal bool IsMatch(string type, string? path, string name)
    {
        var segments = Segments(path, name);
        return string.Equals(_type, type, StringComparison.Ordinal)
            && _segments.Length == segments.Length
            && _segments.Zip(segments).All(pair => SegmentGlob.IsMatch(pair.First, pair.Second));
    }

    /// <summary>The pattern as written.</summary>
    public override string ToString() => Text;

    private static string[] Segments(string? path, string name) => [.. path?.Split('/') ?? [], name];
}
