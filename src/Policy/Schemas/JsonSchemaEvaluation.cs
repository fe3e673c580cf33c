// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text.Json;
using SupplyChain.Model;

namespace SupplyChain.Policy;

/// <summary>Judges values by schemas. As deep as the schema, never as the value.</summary>
internal static class JsonSchemaEvaluation
{
    internal static SchemaMismatch? Find(JsonSchema schema, JsonElement value, string path)
    {
        if (schema.Types != JsonTypes.None && (JsonSchemaWords.TypesOf(value) & schema.Types) == JsonTypes.None)
            return Mismatch(path, JsonSchemaWords.Describe(schema.Types), value);
        if (schema.Values is { } accepted && !accepted.Any(known => JsonElement.DeepEquals(known, value)))
            return Mismatch(path, string.Join(" or ", accepted.Select(JsonSchemaWords.Show)), value);

        var own = value.ValueKind switch
        {
            JsonValueKind.Object => FindInObject(schema, value, path),
            JsonValueKind.Array => FindInArray(schema, value, path),
            JsonValueKind.String => FindInText(schema, value, path),
            JsonValueKind.Number => FindInNumber(schema, value, path),
            _ => null,
        };
        return own ?? FindCombined(schema, value, path);
    }

    private static SchemaMismatch? FindInObject(JsonSchema schema, JsonElement value, string path)
    {
        foreach (var name in schema.Required.Where(name => !value.TryGetProperty(name, out _)))
            return new SchemaMismatch(path, $"a member {Printable.Escape(name)}", "no such member");

        foreach (var member in value.EnumerateObject())
        {
            var below = Below(path, member.Name);
            if (schema.Properties.TryGetValue(member.Name, out var known))
            {
                if (Find(known, member.Value, below) is { } mismatch)
                    return mismatch;
            }
            else if (!schema.AcceptsOthers)
            {
                return new SchemaMismatch(below, "no such member", JsonSchemaWords.Show(member.Value));
            }
            else if (schema.Others is { } others && Find(others, member.Value, below) is { } other)
            {
                return other;
            }
        }

        return null;
    }

    private static SchemaMismatch? FindInArray(JsonSchema schema, JsonElement value, string path)
    {
        var count = value.GetArrayLength();
        if (count < schema.MinimumItems || count > schema.MaximumItems)
            return new SchemaMismatch(path, JsonSchemaWords.Range(schema.MinimumItems, schema.MaximumItems, "entries"), $"{count} entries");
        if (schema.Items is not { } items)
            return null;

        var index = 0;
        foreach (var item in value.EnumerateArray())
        {
            if (Find(items, item, string.Create(CultureInfo.InvariantCulture, $"{path}[{index++}]")) is { } mismatch)
                return mismatch;
        }

        return null;
    }

    private static SchemaMismatch? FindInText(JsonSchema schema, JsonElement value, string path)
    {
        if (schema.MinimumLength is null && schema.MaximumLength is null && schema.Pattern is null)
            return null;

        // JSON Schema counts characters, not the units that .NET keeps them in.
        var text = value.GetString()!;
        var length = text.EnumerateRunes().Count();
        if (length < schema.MinimumLength || length > schema.MaximumLength)
            return new SchemaMismatch(path, JsonSchemaWords.Range(schema.MinimumLength, schema.MaximumLength, "characters"), $"{length} characters");

        return schema.Pattern?.IsMatch(text) == false
            ? Mismatch(path, $"text that {Printable.Escape(schema.PatternText)} matches", value)
            : null;
    }

    private static SchemaMismatch? FindInNumber(JsonSchema schema, JsonElement value, string path)
    {
        if (schema.Minimum is null && schema.Maximum is null)
            return null;

        return IsBelow(value, schema.Minimum) || IsAbove(value, schema.Maximum)
            ? Mismatch(path, JsonSchemaWords.Range(schema.Minimum, schema.Maximum, "as number"), value)
            : null;
    }

    // Beyond what a decimal holds, the order of magnitude decides.
    private static bool IsBelow(JsonElement value, decimal? least) => least is { } bound
        && (value.TryGetDecimal(out var number) ? number < bound : value.GetDouble() < (double)bound);

    private static bool IsAbove(JsonElement value, decimal? most) => most is { } bound
        && (value.TryGetDecimal(out var number) ? number > bound : value.GetDouble() > (double)bound);

    private static SchemaMismatch? FindCombined(JsonSchema schema, JsonElement value, string path)
    {
        foreach (var part in schema.AllOf)
        {
            if (Find(part, value, path) is { } mismatch)
                return mismatch;
        }

        if (schema.AnyOf.Count > 0 && schema.AnyOf.All(part => Find(part, value, path) is not null))
            return Mismatch(path, $"one of {schema.AnyOf.Count} forms", value);

        var forms = schema.OneOf.Count(part => Find(part, value, path) is null);
        if (schema.OneOf.Count > 0 && forms != 1)
            return new SchemaMismatch(path, $"exactly one of {schema.OneOf.Count} forms", $"{JsonSchemaWords.Show(value)}, which has {forms} of them");

        return schema.Not is { } denied && Find(denied, value, path) is null
            ? Mismatch(path, "anything but this form", value)
            : null;
    }

    private static SchemaMismatch Mismatch(string path, string expected, JsonElement value) =>
        new(path, expected, JsonSchemaWords.Show(value));

    private static string Below(string path, string name) =>
        path.Length == 0 ? Printable.Escape(name) : $"{path}.{Printable.Escape(name)}";
}
