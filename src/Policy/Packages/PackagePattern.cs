// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using SupplyChain.Model;
using SupplyChain.Scanning;

namespace SupplyChain.Policy;

/// <summary>
/// Names a package for an exception: by its exact name, or by a package URL without version, qualifiers and subpath,
/// which then also has to be the reported package's type and namespace.
/// </summary>
public sealed class PackagePattern
{
    private readonly PackageUrl? _url;

    private PackagePattern(string text, PackageUrl? url)
    {
        Text = text;
        _url = url;
    }

    /// <summary>The pattern as written.</summary>
    public string Text { get; }

    /// <summary>Reads a pattern.</summary>
    public static bool TryParse(
        string? text, [NotNullWhen(true)] out PackagePattern? pattern, [NotNullWhen(false)] out string? problem)
    {
        pattern = null;
        problem = null;
        if (string.IsNullOrEmpty(text) || text.Contains('*', StringComparison.Ordinal))
        {
            problem = "a package is named exactly, by name or package URL; wildcards are not accepted";
        }
        else if (!text.StartsWith("pkg:", StringComparison.Ordinal))
        {
            pattern = new PackagePattern(text, null);
        }
        else if (!PackageUrl.TryParse(text, out var url) || text.Contains('#', StringComparison.Ordinal))
        {
            problem = $"'{Printable.Escape(text)}' is not a package URL; expected pkg:type/namespace/name";
        }
        else if (url.Version is not null || url.Qualifiers.Count > 0 || text.Contains('?', StringComparison.Ordinal))
        {
            problem = "a package URL here has no version and no qualifiers; say versions: beside it";
        }
        else
        {
            pattern = new PackagePattern(text, url);
        }

        return pattern is not null;
    }

    /// <summary>Whether <paramref name="package"/> is the one that is named.</summary>
    public bool IsMatch(Package package)
    {
        ArgumentNullException.ThrowIfNull(package);
        if (_url is null)
            return string.Equals(Text, package.Name, StringComparison.Ordinal);

        return PackageUrl.TryParse(package.Purl, out var found)
            && string.Equals(_url.Type, found.Type, StringComparison.Ordinal)
            && string.Equals(_url.Namespace, found.Namespace, StringComparison.Ordinal)
            && string.Equals(_url.Name, found.Name, StringComparison.Ordinal);
    }

    /// <summary>The pattern as written.</summary>
    public override string ToString() => Text;
}
