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
}
