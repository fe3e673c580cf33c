// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SupplyChain.Testing.Tuf;

/// <summary>Canonical JSON once more, written another way than the product's.</summary>
public static class TufJson
{
    public static byte[] Canonical(JsonNode? node) => Encoding.UTF8.GetBytes(Text(node));

    // Names in tests are ASCII, whose ordinal order is that of their bytes.
    private static string Text(JsonNode? node) => node switch
    {
        JsonObject members => "{" + string.Join(',', members.OrderBy(member => member.Key, StringComparer.Ordinal)
            .Select(member => Quote(member.Key) + ":" + Text(member.Value))) + "}",
        JsonArray items => "[" + string.Join(',', items.Select(Text)) + "]",
        JsonValue value when value.GetValueKind() == JsonValueKind.String => Quote(value.GetValue<string>()),
        null => "null",
        _ => node.ToJsonString(),
    };

    private static string Quote(string text) =>
        "\"" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\"";
}
