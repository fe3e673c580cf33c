// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Policy;

/// <summary>
/// Versions as Semantic Versioning 2.0 §11 orders them, with any count of numbers; missing ones are 0.
/// </summary>
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
