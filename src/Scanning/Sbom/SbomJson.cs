// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using SupplyChain.Model;

namespace SupplyChain.Scanning;

/// <summary>Reads members of SBOMs; null and absent are the same, any other kind than expected is refused.</summary>
internal static class SbomJson
{
    internal static string? Text(JsonElement owner, string name)
    {
        if (Member(owner, name) is not { } member)
            return null;
        if (member.ValueKind != JsonValueKind.String)
            throw new SbomRefusal($"it has a {name} that is no text");

        return member.GetString() is { Length: > 0 } text ? text : null;
    }

    internal static IEnumerable<JsonElement> List(JsonElement owner, string name)
    {
        if (Member(owner, name) is not { } member)
            return [];
        if (member.ValueKind != JsonValueKind.Array)
            throw new SbomRefusal($"its {name} is no list");

        return member.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.Object
            ? item
            : throw new SbomRefusal($"its {name} holds something that is no object"));
    }

    internal static JsonElement? Object(JsonElement owner, string name) => Member(owner, name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Object } member => member,
        _ => throw new SbomRefusal($"it has a {name} that is no object"),
    };

    internal static string Version(string? found, params ReadOnlySpan<string> known) =>
        found is not null && known.Contains(found)
            ? found
            : throw new SbomRefusal($"its version {Printable.Escape(found)} is not one of {string.Join(", ", known.ToArray())}");

    internal static void Add(List<SbomComponent> components, SbomComponent component)
    {
        if (components.Count == Limits.SbomComponents)
            throw new SbomRefusal($"it lists more than {Limits.SbomComponents} components");

        components.Add(component);
    }

    private static JsonElement? Member(JsonElement owner, string name) =>
        owner.TryGetProperty(name, out var member) && member.ValueKind != JsonValueKind.Null ? member : null;
}
