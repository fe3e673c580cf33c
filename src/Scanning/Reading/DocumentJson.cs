// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using SupplyChain.Model;

namespace SupplyChain.Scanning.Reading;

/// <summary>Reads members of documents; null and absent are the same, any other kind than expected is refused.</summary>
internal static class DocumentJson
{
    internal static string? Text(JsonElement owner, string name)
    {
        if (Member(owner, name) is not { } member)
            return null;
        if (member.ValueKind != JsonValueKind.String)
            throw new DocumentRefusal($"it has a {name} that is no text");

        return member.GetString() is { Length: > 0 } text ? text : null;
    }

    internal static string RequiredText(JsonElement owner, string name, string what) =>
        Text(owner, name) ?? throw new DocumentRefusal($"it has {what} without {name}");

    internal static IEnumerable<JsonElement> List(JsonElement owner, string name) =>
        Values(owner, name).Select(item => item.ValueKind == JsonValueKind.Object
            ? item
            : throw new DocumentRefusal($"its {name} holds something that is no object"));

    internal static IEnumerable<string> Texts(JsonElement owner, string name) =>
        Values(owner, name).Select(item => item.ValueKind == JsonValueKind.String
            ? item.GetString()!
            : throw new DocumentRefusal($"its {name} holds something that is no text"));

    /// <summary>The items of a list, of whatever kind.</summary>
    internal static IEnumerable<JsonElement> Values(JsonElement owner, string name)
    {
        if (Member(owner, name) is not { } member)
            return [];
        if (member.ValueKind != JsonValueKind.Array)
            throw new DocumentRefusal($"its {name} is no list");

        return member.EnumerateArray();
    }

    internal static JsonElement? Object(JsonElement owner, string name) => Member(owner, name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Object } member => member,
        _ => throw new DocumentRefusal($"it has a {name} that is no object"),
    };

    /// <summary>A time; one that is there and cannot be read is not the same as none.</summary>
    internal static DateTimeOffset? Time(JsonElement owner, string name)
    {
        if (Text(owner, name) is not { } text)
            return null;

        return ReportTime.TryParse(text, out var time)
            ? time
            : throw new DocumentRefusal($"its {name} '{Printable.Escape(text)}' is no time with a zone");
    }

    internal static JsonElement? Member(JsonElement owner, string name) =>
        owner.TryGetProperty(name, out var member) && member.ValueKind != JsonValueKind.Null ? member : null;
}

/// <summary>Ends the reading of one document from any depth; never leaves the reader of its kind.</summary>
internal sealed class DocumentRefusal(string message) : Exception(message);
