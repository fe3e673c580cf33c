// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;

namespace SupplyChain.Scanning.Reading;

/// <summary>The one form in which a vulnerability's id is kept, so that lists of ids in policies find it.</summary>
internal static class FindingId
{
    /// <summary>
    /// The canonical form of <paramref name="text"/>, or null when it can be no id: ids are printable ASCII without
    /// blanks, and a letter that only looks like one would slip past every list.
    /// </summary>
    public static string? Canonicalise(string text)
    {
        if (text.Length is 0 or > Limits.FindingIdLength || text.AsSpan().IndexOfAnyExceptInRange('!', '~') >= 0)
            return null;
        if (text.StartsWith("CVE-", StringComparison.OrdinalIgnoreCase))
            return IsUpper(text) ? text : text.ToUpperInvariant();
        if (text.StartsWith("GHSA-", StringComparison.OrdinalIgnoreCase))
            return string.Concat("GHSA-", text[5..].ToLowerInvariant());
        return text;
    }

    private static bool IsUpper(string text) => !text.AsSpan().ContainsAnyInRange('a', 'z');
}
