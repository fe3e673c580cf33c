// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Scanning;

namespace SupplyChain.Policy;

/// <summary>
/// Compares package versions. Every ecosystem orders them its own way, and a wrong order would waive what nobody
/// waived; so there is an order only where it is known, and null everywhere else.
/// </summary>
/// <remarks>
/// Debian packages: deb-version(7), with epochs and <c>~</c>. Alpine packages: numbers, one letter and <c>-rN</c>.
/// npm, Go, Cargo, Hex, RubyGems and scanner versions: any count of dotted numbers after an optional <c>v</c>, then
/// pre-releases by Semantic Versioning 2.0 §11; NuGet likewise, ignoring case; PyPI likewise, but only plain numbers,
/// because its suffixes sort otherwise. RPM, Maven, Composer and all others: not known.
/// </remarks>
internal static class VersionOrdering
{
    private delegate int? Comparison(string a, string b);

    private static readonly Dictionary<string, Comparison> ByType = new(StringComparer.Ordinal)
    {
        ["deb"] = DebianVersion.Compare,
        ["apk"] = AlpineVersion.Compare,
        ["npm"] = SemanticVersion.Compare,
        ["golang"] = SemanticVersion.Compare,
        ["cargo"] = SemanticVersion.Compare,
        ["hex"] = SemanticVersion.Compare,
        ["gem"] = SemanticVersion.Compare,
        ["nuget"] = (a, b) => SemanticVersion.Compare(a.ToLowerInvariant(), b.ToLowerInvariant()),
        ["pypi"] = (a, b) => (a + b).Contains('-', StringComparison.Ordinal) ? null : SemanticVersion.Compare(a, b),
    };

    /// <summary>
    /// How the installed version of <paramref name="package"/> compares with <paramref name="version"/>; null when that
    /// is not known.
    /// </summary>
    internal static int? Compare(Package package, string version) =>
        PackageUrl.TryParse(package.Purl, out var url) && ByType.TryGetValue(url.Type, out var compare)
            ? compare(package.Version, version)
            : null;
}
