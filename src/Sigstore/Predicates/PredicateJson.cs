// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using SupplyChain.Model;

namespace SupplyChain.Sigstore;

/// <summary>Reads members of predicates.</summary>
internal static class PredicateJson
{
    internal static JsonElement? Member(JsonElement? owner, string name) =>
        owner is { ValueKind: JsonValueKind.Object } found && found.TryGetProperty(name, out var member) ? member : null;

    internal static string? Text(JsonElement? owner, string name) =>
        Member(owner, name) is { ValueKind: JsonValueKind.String } member ? member.GetString() : null;

    /// <summary>A list of texts; empty when it is absent, null when it is none or too long.</summary>
    internal static IReadOnlyList<string>? Texts(JsonElement owner, string name)
    {
        if (Member(owner, name) is not { } list || list.ValueKind == JsonValueKind.Null)
            return [];
        if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() > Limits.TestsInResult
            || list.EnumerateArray().Any(item => item.ValueKind != JsonValueKind.String))
            return null;

        return [.. list.EnumerateArray().Select(item => item.GetString()!)];
    }
}
