// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;

namespace SupplyChain.Oci;

/// <summary>Looks at the members of a JSON object.</summary>
internal static class JsonMembers
{
    /// <summary>Gets a member; one that is <c>null</c> counts as absent, as in the reference implementation.</summary>
    public static bool TryGet(JsonElement element, string name, out JsonElement member) =>
        element.TryGetProperty(name, out member) && member.ValueKind != JsonValueKind.Null;

    /// <summary>
    /// The items of a list; <c>null</c> is how Go writes an empty one, umoci's <c>index.json</c> among them.
    /// </summary>
    public static IEnumerable<JsonElement> Items(JsonElement list) =>
        list.ValueKind == JsonValueKind.Null ? [] : list.EnumerateArray();

    /// <summary>
    /// The first member that another reader could take for one of <paramref name="known"/>: most of this field's
    /// programs are written in Go, whose JSON package matches names regardless of case, by Unicode's simple folding.
    /// </summary>
    public static string? FindCaseVariant(JsonElement element, string[] known)
    {
        foreach (var member in element.EnumerateObject())
        {
            var folded = Fold(member.Name);
            if (Array.Exists(known, name =>
                string.Equals(name, folded, StringComparison.OrdinalIgnoreCase)
                && !string.Equals(name, member.Name, StringComparison.Ordinal)))
            {
                return member.Name;
            }
        }

        return null;
    }

    // The only two letters outside ASCII that fold into it: the long s and the Kelvin sign.
    private static string Fold(string name) => name.Replace('\u017F', 's').Replace('\u212A', 'k');
}
