// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using SupplyChain.Model;

namespace SupplyChain.Policy;

/// <summary>
/// A package URL, <c>pkg:type/namespace/name@version?qualifiers#subpath</c>, with percent-encoding undone. It is read in
/// the spec's order, from the right, so that no separator inside a later part is taken for an earlier one.
/// </summary>
/// <remarks>ECMA-427 (purl). The subpath is read over and dropped.</remarks>
internal sealed record PackageUrl
{
    private const string Scheme = "pkg:";

    private PackageUrl(
        string type, string? path, string name, string? version, IReadOnlyDictionary<string, string> qualifiers)
    {
        Type = type;
        Namespace = path;
        Name = name;
        Version = version;
        Qualifiers = qualifiers;
    }

    /// <summary>The kind of package, in lower case.</summary>
    internal string Type { get; }

    internal string? Namespace { get; }

    internal string Name { get; }

    internal string? Version { get; }

    internal IReadOnlyDictionary<string, string> Qualifiers { get; }

    internal static bool TryParse(string? text, [NotNullWhen(true)] out PackageUrl? url)
    {
        url = null;
        if (text is null || text.Length > Limits.ReportStringLength
            || !text.StartsWith(Scheme, StringComparison.Ordinal))
            return false;

        var rest = CutLast(text[Scheme.Length..], '#', out _);
        rest = CutLast(rest, '?', out var query);
        // A version may hold a slash; a name's @ is percent-encoded.
        rest = CutVersion(rest, out var rawVersion);
        var segments = rest.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (segments.Length < 2 || !TryReadQualifiers(query, out var qualifiers)
            || !TryDecode(rawVersion, out var version))
            return false;

        var decoded = new List<string>();
        foreach (var segment in segments[1..])
        {
            if (!TryDecode(segment, out var part) || part.Length == 0)
                return false;
            decoded.Add(part);
        }

        url = new PackageUrl(
            segments[0].ToLowerInvariant(), decoded.Count == 1 ? null : string.Join('/', decoded[..^1]),
            decoded[^1], version, qualifiers);
        return true;
    }

    private static string CutLast(string text, char separator, out string? tail)
    {
        var at = text.LastIndexOf(separator);
        tail = at < 0 ? null : text[(at + 1)..];
        return at < 0 ? text : text[..at];
    }

    private static string CutVersion(string text, out string? version)
    {
        var at = text.LastIndexOf('@');
        // pkg:npm/@scope/name: an unencoded scope, not a version.
        if (at <= 0 || text[at - 1] == '/')
        {
            version = null;
            return text;
        }

        version = text[(at + 1)..];
        return text[..at];
    }

    private static bool TryReadQualifiers(
        string? query, [NotNullWhen(true)] out IReadOnlyDictionary<string, string>? qualifiers)
    {
        var read = new Dictionary<string, string>(StringComparer.Ordinal);
        qualifiers = null;
        foreach (var pair in (query ?? "").Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0 || !TryDecode(pair[(equals + 1)..], out var value)
                || !read.TryAdd(pair[..equals].ToLowerInvariant(), value))
                return false;
        }

        qualifiers = read;
        return true;
    }

    private static bool TryDecode(
        [NotNullIfNotNull(nameof(text))] string? text, [NotNullIfNotNull(nameof(text))] out string? decoded)
    {
        decoded = text is null ? null : Uri.UnescapeDataString(text);
        // What is left of a broken escape would compare as itself.
        return text is null || !text.Contains('%', StringComparison.Ordinal) || IsWellEscaped(text);
    }

    private static bool IsWellEscaped(string text)
    {
        for (var i = text.IndexOf('%', StringComparison.Ordinal); i >= 0; i = text.IndexOf('%', i + 1))
        {
            if (i + 2 >= text.Length || !char.IsAsciiHexDigit(text[i + 1]) || !char.IsAsciiHexDigit(text[i + 2]))
                return false;
        }

        return true;
    }
}
