// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace SupplyChain.Policy;

/// <summary>Reads forms of this product's own, in the one spelling it writes.</summary>
internal static class Canonical
{
    /// <summary>What <paramref name="utf8"/> says; null when it is not, byte for byte, what would be written for that.</summary>
    internal static T? Read<T>(ReadOnlyMemory<byte> utf8, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(utf8.Span, type) is { } read
                && JsonSerializer.SerializeToUtf8Bytes(read, type).AsSpan().SequenceEqual(utf8.Span)
                    ? read
                    : null;
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException or ArgumentException)
        {
            return null;
        }
    }
}
