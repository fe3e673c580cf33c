// SPDX-License-Identifier: Apache-2.0

using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using SupplyChain.Model;

namespace SupplyChain.Sigstore;

/// <summary>
/// Steps through a document that passed <see cref="StrictScan"/>. Every method reads the next value; one of another
/// type than expected answers <see langword="false"/> and leaves the reader of no further use.
/// </summary>
internal static class JsonCursor
{
    public static bool BeginObject(this ref Utf8JsonReader reader) =>
        reader.Read() && reader.TokenType == JsonTokenType.StartObject;

    public static bool BeginArray(this ref Utf8JsonReader reader) =>
        reader.Read() && reader.TokenType == JsonTokenType.StartArray;

    /// <summary>Moves to the next member's name, or past the end of the object.</summary>
    public static bool NextMember(this ref Utf8JsonReader reader) =>
        reader.Read() && reader.TokenType == JsonTokenType.PropertyName;

    /// <summary>Moves to the next element's first token, or past the end of the array.</summary>
    public static bool NextElement(this ref Utf8JsonReader reader) =>
        reader.Read() && reader.TokenType != JsonTokenType.EndArray;

    public static bool TryReadText(this ref Utf8JsonReader reader, [NotNullWhen(true)] out string? text)
    {
        text = reader.Read() && reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
        return text is not null;
    }

    /// <summary>Reads text that may be <see langword="null"/> in the document.</summary>
    public static bool TryReadOptionalText(this ref Utf8JsonReader reader, out string? text)
    {
        text = null;
        if (!reader.Read())
            return false;
        if (reader.TokenType == JsonTokenType.String)
            text = reader.GetString();
        return reader.TokenType is JsonTokenType.String or JsonTokenType.Null;
    }

    /// <summary>Reads base64 in either alphabet.</summary>
    public static bool TryReadBase64(this ref Utf8JsonReader reader, [NotNullWhen(true)] out byte[]? value)
    {
        value = null;
        if (!reader.Read() || reader.TokenType != JsonTokenType.String)
            return false;
        if (!reader.ValueIsEscaped)
            return CanonicalBase64.TryDecodeEither(reader.ValueSpan, out value);

        // Some writers escape '/' and '+'.
        var text = ArrayPool<byte>.Shared.Rent(reader.ValueSpan.Length);
        try
        {
            return CanonicalBase64.TryDecodeEither(text.AsSpan(0, reader.CopyString(text)), out value);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(text);
        }
    }

    public static void SkipValue(this ref Utf8JsonReader reader)
    {
        reader.Read();
        reader.Skip();
    }

    /// <summary>The bytes of the next value, as they stand in <paramref name="document"/>.</summary>
    public static ReadOnlyMemory<byte> ReadRaw(this ref Utf8JsonReader reader, ReadOnlyMemory<byte> document)
    {
        reader.Read();
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return document[start..(int)reader.BytesConsumed];
    }
}
