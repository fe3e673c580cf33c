// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text.Json;
using SupplyChain.Model;

namespace SupplyChain.Policy;

/// <summary>Types and values of JSON in words.</summary>
internal static class JsonSchemaWords
{
    internal static readonly (string Word, JsonTypes Type)[] Types =
    [
        ("null", JsonTypes.Null), ("boolean", JsonTypes.Boolean), ("integer", JsonTypes.Integer), ("number", JsonTypes.Number),
        ("string", JsonTypes.Text), ("array", JsonTypes.Array), ("object", JsonTypes.Object),
    ];

    /// <summary>Every type that a value is of: a whole number is an integer, however it is written, and a number.</summary>
    internal static JsonTypes TypesOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => JsonTypes.Null,
        JsonValueKind.True or JsonValueKind.False => JsonTypes.Boolean,
        JsonValueKind.Number => IsWhole(value) ? JsonTypes.Integer | JsonTypes.Number : JsonTypes.Number,
        JsonValueKind.String => JsonTypes.Text,
        JsonValueKind.Array => JsonTypes.Array,
        JsonValueKind.Object => JsonTypes.Object,
        _ => JsonTypes.None,
    };

    internal static string Describe(JsonTypes types) =>
        string.Join(" or ", Types.Where(known => types.HasFlag(known.Type)).Select(known => known.Word));

    /// <summary>A value for people: scalars as they stand, cut; of the rest only the kind.</summary>
    internal static string Show(JsonElement value)
    {
        if (value.ValueKind is JsonValueKind.Object or JsonValueKind.Array)
            return value.ValueKind == JsonValueKind.Object ? "an object" : $"a list of {value.GetArrayLength()}";
        if (value.ValueKind == JsonValueKind.Undefined)
            return "nothing";

        var text = value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
        return Printable.Escape(text.Length <= Limits.ShownValueLength ? text : text[..Limits.ShownValueLength] + "…");
    }

    internal static string Range<T>(T? least, T? most, string unit)
        where T : struct, IFormattable => (least, most) switch
        {
            ({ } from, { } to) => $"{Text(from)} to {Text(to)} {unit}",
            ({ } from, null) => $"at least {Text(from)} {unit}",
            (null, { } to) => $"at most {Text(to)} {unit}",
            _ => unit,
        };

    private static bool IsWhole(JsonElement value) => value.TryGetDecimal(out var number)
        ? number == decimal.Truncate(number)
        : double.IsInteger(value.GetDouble()) || double.IsInfinity(value.GetDouble());

    private static string Text<T>(T number)
        where T : struct, IFormattable => number.ToString(null, CultureInfo.InvariantCulture);
}
