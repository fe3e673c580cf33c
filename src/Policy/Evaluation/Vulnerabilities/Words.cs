// SPDX-License-Identifier: Apache-2.0

using System.Globalization;

namespace SupplyChain.Policy;

/// <summary>Numbers and lists in sentences.</summary>
internal static class Words
{
    private const int MostListed = 10;

    internal static string Count(int number, string noun) =>
        $"{number.ToString(CultureInfo.InvariantCulture)} {noun}{(number == 1 ? "" : "s")}";

    /// <summary>The first entries and how many more there are.</summary>
    internal static string List(IEnumerable<string> entries) => List(entries, entry => entry);

    /// <summary>The first entries in words and how many more there are; the others are never put into words.</summary>
    internal static string List<T>(IEnumerable<T> entries, Func<T, string> say)
    {
        var all = entries.ToList();
        var shown = string.Join(", ", all.Take(MostListed).Select(say));
        return all.Count <= MostListed
            ? shown
            : $"{shown} and {(all.Count - MostListed).ToString(CultureInfo.InvariantCulture)} more";
    }

    /// <summary>Those parts that there are.</summary>
    internal static string Join(string separator, params ReadOnlySpan<string?> parts)
    {
        var there = new List<string>();
        foreach (var part in parts)
        {
            if (!string.IsNullOrEmpty(part))
                there.Add(part);
        }

        return string.Join(separator, there);
    }
}
