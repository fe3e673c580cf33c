// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using SupplyChain.Model;

namespace SupplyChain.Verifier.Kubernetes;

/// <summary>Notices pod templates inside kinds that are not known, so that nobody takes them for judged.</summary>
internal static class PodTemplateSearch
{
    /// <summary>Where a list of containers with images stands; null when there is none.</summary>
    public static string? Find(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => FindInObject(element),
        JsonValueKind.Array => FindInList(element),
        _ => null,
    };

    private static string? FindInObject(JsonElement element)
    {
        foreach (var member in element.EnumerateObject())
        {
            var found = IsContainers(member) ? "" : Find(member.Value);
            if (found is not null)
                return Join(Printable.Escape(member.Name), found);
        }

        return null;
    }

    private static string? FindInList(JsonElement list)
    {
        var index = 0;
        foreach (var element in list.EnumerateArray())
        {
            if (Find(element) is { } found)
                return Join($"[{index}]", found);
            index++;
        }

        return null;
    }

    private static bool IsContainers(JsonProperty member) =>
        member.Name is "containers" or "initContainers" && member.Value.ValueKind == JsonValueKind.Array
        && member.Value.EnumerateArray().Any(container =>
            container.ValueKind == JsonValueKind.Object && container.TryGetProperty("image"u8, out var image)
            && image.ValueKind == JsonValueKind.String);

    private static string Join(string first, string rest) =>
        rest.Length == 0 || rest[0] == '[' ? first + rest : $"{first}.{rest}";
}
