// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Scanning;

namespace SupplyChain.Policy;

/// <summary>The ids of a finding, and who speaks of it by naming one of them.</summary>
internal static class FindingIds
{
    internal static IEnumerable<string> All(Finding finding) => finding.Aliases.Prepend(finding.Id);

    /// <summary>Whether the package itself is malicious, as OSV's <c>MAL-</c> ids say.</summary>
    internal static bool IsMalicious(Finding finding)
    {
        var isMalicious = IsMalicious(finding.Id);
        for (var i = 0; i < finding.Aliases.Count && !isMalicious; i++)
            isMalicious = IsMalicious(finding.Aliases[i]);
        return isMalicious;
    }

    /// <summary>
    /// The id that scanners share: each has ids of its own for a vulnerability, and the CVE is the common one where there is exactly one.
    /// </summary>
    internal static string Shared(Finding finding)
    {
        if (finding.Aliases.Count == 0 || IsCve(finding.Id))
            return finding.Id;

        string? only = null;
        foreach (var alias in finding.Aliases)
        {
            if (IsCve(alias))
            {
                if (only is not null)
                    return finding.Id;
                only = alias;
            }
        }

        return only ?? finding.Id;
    }

    /// <summary>
    /// Whether whoever names <paramref name="id"/> to set something aside means this finding. An advisory may hold several CVEs, and
    /// one of them says nothing of the others; and nobody waives a malicious package by another name.
    /// </summary>
    internal static bool IsNamedBy(Finding finding, string id)
    {
        if (IsMalicious(finding) && !IsMalicious(id))
            return false;
        if (Equals(finding.Id, id))
            return true;

        return finding.Aliases.Any(alias => Equals(alias, id))
            && (IsMalicious(id) || All(finding).Where(IsCve).Distinct(StringComparer.OrdinalIgnoreCase).Take(2).Count() < 2);
    }

    internal static bool IsCve(string id) => id.StartsWith("CVE-", StringComparison.Ordinal);

    private static bool IsMalicious(string id) => id.StartsWith("MAL-", StringComparison.OrdinalIgnoreCase);

    private static bool Equals(string a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);
}
