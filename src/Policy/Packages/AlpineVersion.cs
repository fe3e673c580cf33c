// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Policy;

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
        var legal = Digits.Are(revision) && parts.All(Digits.Are)
            && parts.Skip(1).All(part => part.Length == 1 || part[0] != '0');
        return legal ? (parts, letter, revision) : null;
    }
}
