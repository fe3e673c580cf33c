// SPDX-License-Identifier: Apache-2.0

using System.Buffers;
using System.Text.Json;

namespace SupplyChain.Kms.Vault;

/// <summary>Reads and writes the little JSON there is between Vault and us.</summary>
internal static class VaultJson
{
    public static byte[] Write(Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    public static bool TryGet(JsonElement parent, string member, out JsonElement value)
    {
        value = default;
        return parent.ValueKind is JsonValueKind.Object && parent.TryGetProperty(member, out value);
    }

    /// <summary>A whole number from 0 on.</summary>
    public static int? Number(JsonElement parent, string member) =>
        TryGet(parent, member, out var value) && value.ValueKind is JsonValueKind.Number && value.TryGetInt32(out var number) && number >= 0
            ? number
            : null;

    public static bool? Flag(JsonElement parent, string member) =>
        TryGet(parent, member, out var value) && value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : null;
}
