// SPDX-License-Identifier: Apache-2.0

using System.Numerics;
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

    /// <summary>How the installed version of <paramref name="package"/> compares with <paramref name="version"/>; null when that is not known.</summary>
    internal static int? Compare(Package package, string version) =>
        PackageUrl.TryParse(package.Purl, out var url) && ByType.TryGetValue(url.Type, out var compare)
            ? compare(package.Version, version)
            : null;
}

/// <summary>Versions as Debian and its relatives order them; deb-version(7).</summary>
internal static class DebianVersion
{
    internal static int? Compare(string a, string b)
    {
        if (Split(a) is not { } x || Split(b) is not { } y)
            return null;

        var byEpoch = x.Epoch.CompareTo(y.Epoch);
        if (byEpoch != 0)
            return byEpoch;

        var byUpstream = CompareParts(x.Upstream, y.Upstream);
        return byUpstream != 0 ? byUpstream : CompareParts(x.Revision, y.Revision);
    }

    private static (BigInteger Epoch, string Upstream, string Revision)? Split(string version)
    {
        var colon = version.IndexOf(':', StringComparison.Ordinal);
        var epoch = colon < 0 ? "0" : version[..colon];
        var rest = version[(colon + 1)..];
        var dash = rest.LastIndexOf('-');
        var upstream = dash < 0 ? rest : rest[..dash];
        var legal = epoch.Length is > 0 and <= 16 && epoch.All(char.IsAsciiDigit)
            && upstream.Length > 0 && char.IsAsciiDigit(upstream[0])
            && rest.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '+' or '~' or '-' or ':');
        return legal ? (BigInteger.Parse(epoch, System.Globalization.CultureInfo.InvariantCulture), upstream, dash < 0 ? "0" : rest[(dash + 1)..]) : null;
    }

    // Alternately a run of non-digits, character by character, and a run of digits as a number.
    private static int CompareParts(string a, string b)
    {
        int i = 0, j = 0;
        while (i < a.Length || j < b.Length)
        {
            while ((i < a.Length && !char.IsAsciiDigit(a[i])) || (j < b.Length && !char.IsAsciiDigit(b[j])))
            {
                var byOrder = OrderAt(a, i).CompareTo(OrderAt(b, j));
                if (byOrder != 0)
                    return byOrder;
                i++;
                j++;
            }

            var byNumber = Digits.Compare(Digits.Take(a, ref i), Digits.Take(b, ref j));
            if (byNumber != 0)
                return byNumber;
        }

        return 0;
    }

    // A tilde sorts before the end of a part, letters before all else that is no digit.
    private static int OrderAt(string text, int index) => index >= text.Length || char.IsAsciiDigit(text[index]) ? 0
        : text[index] == '~' ? -1
        : char.IsAsciiLetter(text[index]) ? text[index]
        : text[index] + 256;
}

/// <summary>Versions of Alpine packages in their plain form: dotted numbers, at most one letter, a revision.</summary>
internal static class AlpineVersion
{
    internal static int? Compare(string a, string b)
    {
        if (Split(a) is not { } x || Split(b) is not { } y)
            return null;

        var byNumbers = Digits.CompareLists(x.Numbers, y.Numbers, missing: null);
        if (byNumbers != 0)
            return byNumbers;

        var byLetter = x.Letter.CompareTo(y.Letter);
        return byLetter != 0 ? byLetter : Digits.Compare(x.Revision, y.Revision);
    }

    // Suffixes such as _alpha1 or _p2 have an order of their own that is not known here.
    private static (string[] Numbers, char Letter, string Revision)? Split(string version)
    {
        var dash = version.IndexOf("-r", StringComparison.Ordinal);
        var revision = dash < 0 ? "0" : version[(dash + 2)..];
        var numbers = dash < 0 ? version : version[..dash];
        var letter = numbers.Length > 1 && char.IsAsciiLetterLower(numbers[^1]) ? numbers[^1] : '\0';
        var parts = (letter == '\0' ? numbers : numbers[..^1]).Split('.');
        // A number after the first that starts with 0 is compared as a fraction by apk.
        var legal = Digits.Are(revision) && parts.All(Digits.Are) && parts.Skip(1).All(part => part.Length == 1 || part[0] != '0');
        return legal ? (parts, letter, revision) : null;
    }
}

/// <summary>Versions as Semantic Versioning 2.0 §11 orders them, with any count of numbers; missing ones are 0.</summary>
internal static class SemanticVersion
{
    internal static int? Compare(string a, string b)
    {
        if (Split(a) is not { } x || Split(b) is not { } y)
            return null;

        var byNumbers = Digits.CompareLists(x.Numbers, y.Numbers, missing: "0");
        return byNumbers != 0 ? byNumbers : ComparePreRelease(x.PreRelease, y.PreRelease);
    }

    private static (string[] Numbers, string[] PreRelease)? Split(string version)
    {
        var plus = version.IndexOf('+', StringComparison.Ordinal);
        var text = plus < 0 ? version : version[..plus];
        if (text.StartsWith('v'))
            text = text[1..];

        var dash = text.IndexOf('-', StringComparison.Ordinal);
        var numbers = (dash < 0 ? text : text[..dash]).Split('.');
        var preRelease = dash < 0 ? [] : text[(dash + 1)..].Split('.');
        var legal = numbers.All(Digits.Are)
            && preRelease.All(part => part.Length > 0 && part.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'));
        return legal ? (numbers, preRelease) : null;
    }

    private static int ComparePreRelease(string[] a, string[] b)
    {
        if (a.Length == 0 || b.Length == 0)
            return b.Length.CompareTo(a.Length);

        for (var i = 0; i < Math.Min(a.Length, b.Length); i++)
        {
            var byPart = (Digits.Are(a[i]), Digits.Are(b[i])) switch
            {
                (true, true) => Digits.Compare(a[i], b[i]),
                (true, false) => -1,
                (false, true) => 1,
                _ => string.CompareOrdinal(a[i], b[i]),
            };
            if (byPart != 0)
                return byPart;
        }

        return a.Length.CompareTo(b.Length);
    }
}

/// <summary>Numbers of any length, as text.</summary>
internal static class Digits
{
    internal static bool Are(string text) => text.Length > 0 && text.All(char.IsAsciiDigit);

    internal static string Take(string text, ref int index)
    {
        var start = index;
        while (index < text.Length && char.IsAsciiDigit(text[index]))
            index++;
        return text[start..index];
    }

    internal static int Compare(string a, string b)
    {
        var (x, y) = (a.TrimStart('0'), b.TrimStart('0'));
        return x.Length != y.Length ? x.Length.CompareTo(y.Length) : string.CompareOrdinal(x, y);
    }

    /// <summary>Compares number by number; a list that ends early has <paramref name="missing"/> there, or is the lesser.</summary>
    internal static int CompareLists(string[] a, string[] b, string? missing)
    {
        for (var i = 0; i < Math.Max(a.Length, b.Length); i++)
        {
            if (missing is null && (i >= a.Length || i >= b.Length))
                return a.Length.CompareTo(b.Length);

            var byNumber = Compare(i < a.Length ? a[i] : missing!, i < b.Length ? b[i] : missing!);
            if (byNumber != 0)
                return byNumber;
        }

        return 0;
    }
}
