// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Policy;

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

    /// <summary>
    /// Compares number by number; a list that ends early has <paramref name="missing"/> there, or is the lesser.
    /// </summary>
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
