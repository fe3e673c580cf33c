// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Policy;

/// <summary>Licences as SBOMs name them: SPDX ids, expressions over them, or any text.</summary>
internal static class LicenseText
{
    private static readonly char[] Separators = [' ', '\t', '\n', '\r', '(', ')'];
    private static readonly string[] Operators = ["AND", "OR", "WITH"];
    private static readonly string[] Gnu = ["GPL-", "LGPL-", "AGPL-", "GFDL-"];

    /// <summary>Whether the text joins licences.</summary>
    internal static bool IsExpression(string text) =>
        text.Split(Separators).Any(word => Operators.Contains(word, StringComparer.OrdinalIgnoreCase));

    /// <summary>
    /// Whether <paramref name="license"/> is there at all, alone or in an expression: of <c>A OR B</c> nobody knows which was chosen.
    /// </summary>
    internal static bool Names(string text, string license) =>
        AreSame(text, license)
        || text.Split(Separators, StringSplitOptions.RemoveEmptyEntries).Any(word => AreSame(word, license));

    // SPDX ids are the same in any letters; the older ids of GNU's licences mean one of the newer two.
    private static bool AreSame(string found, string license) =>
        string.Equals(Current(found), Current(license), StringComparison.OrdinalIgnoreCase);

    private static string Current(string id)
    {
        if (!Gnu.Any(prefix => id.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)))
            return id;

        return id switch
        {
            [.. var old, '+'] => old + "-or-later",
            [.., >= '0' and <= '9'] => id + "-only",
            _ => id,
        };
    }
}
