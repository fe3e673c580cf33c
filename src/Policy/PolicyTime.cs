// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Policy;

/// <summary>Times as policies, decisions and messages write them.</summary>
public static class PolicyTime
{
    /// <summary>Reads RFC 3339 text with a zone, such as <c>2026-11-22T10:00:00Z</c>.</summary>
    public static bool TryParse(string text, out DateTimeOffset time) => Times.TryParse(text, out time);

    /// <summary>A moment in UTC, to the second.</summary>
    public static string Show(DateTimeOffset time) => Times.Show(time);
}
