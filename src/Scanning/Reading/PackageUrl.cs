// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Scanning.Reading;

/// <summary>Name and version out of a package URL, for formats that give nothing else.</summary>
internal static class PackageUrl
{
    private const string Scheme = "pkg:";

    /// <summary>The name with its namespace, and the version, both percent-decoded; the text itself when it is no package URL.</summary>
    public static (string? Name, string? Version) Split(string? purl)
    {
        if (purl is null || !purl.StartsWith(Scheme, StringComparison.Ordinal))
            return (purl, null);

        var end = purl.AsSpan().IndexOfAny('?', '#');
        var path = purl[Scheme.Length..(end < 0 ? purl.Length : end)];
        path = path[(path.IndexOf('/', StringComparison.Ordinal) + 1)..];

        // A namespace may start with an "@" of its own, as those of npm do.
        var at = path.LastIndexOf('@');
        return at <= 0
            ? (Uri.UnescapeDataString(path), null)
            : (Uri.UnescapeDataString(path[..at]), Uri.UnescapeDataString(path[(at + 1)..]));
    }
}
