// SPDX-License-Identifier: Apache-2.0

using System.Globalization;

namespace SupplyChain.Policy;

/// <summary>Numbers and lists in sentences.</summary>
internal static class Words
{
    /// <summary>How many entries of a list are shown.</summary>
    internal const int MostListed = 10;

    internal static string Count(int number, string noun) =>
        $"{number.ToString(CultureInfo.InvariantCulture)} {noun}{(number == 1 ? "" : "s")}";

    /// <summary>The first entries and how many more there are.</summary>
    internal static string List(IEnumerable<string> entries) => List(entries, entry => entry);

    /// <summary>The same of what has yet to be put into words: only what is shown is.</summary>
    internal static string List<T>(IEnumerable<T> entries, Func<T, string> say)
    {
        var shown = new List<string>();
        var more = 0;
        foreach (var entry in entries)
        {
            if (shown.Count < MostListed)
                shown.Add(say(entry));
            else
                more++;
        }

        var list = string.Join(", ", shown);
        return more == 0 ? list : $"{list} and {more.ToString(CultureInfo.InvariantCulture)} more";
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
