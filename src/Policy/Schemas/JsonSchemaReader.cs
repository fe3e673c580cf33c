// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using SupplyChain.Policy.Yaml;

namespace SupplyChain.Policy;

/// <summary>
/// Reads a JSON Schema of a policy. Keywords that are not known are refused, and so is what JSON Schema accepts and nobody means:
/// <c>properties</c> says nothing about a value that is no object, so it takes <c>type: object</c> beside it to say anything.
/// </summary>
internal static class JsonSchemaReader
{
    private static readonly (string Keyword, JsonTypes Type)[] TypedKeywords =
    [
        ("required", JsonTypes.Object), ("properties", JsonTypes.Object), ("additionalProperties", JsonTypes.Object),
        ("items", JsonTypes.Array), ("minItems", JsonTypes.Array), ("maxItems", JsonTypes.Array),
        ("minimum", JsonTypes.Number), ("maximum", JsonTypes.Number),
        ("minLength", JsonTypes.Text), ("maxLength", JsonTypes.Text), ("pattern", JsonTypes.Text),
    ];

    /// <summary>The schema of a whole predicate, which is an object where the schema does not say otherwise.</summary>
    internal static JsonSchema? Read(Field field)
    {
        var schema = Read(field, JsonTypes.Object);
        if (schema is { Properties.Count: > 0, Required.Count: 0, Types: JsonTypes.Object, AllOf.Count: 0, AnyOf.Count: 0, OneOf.Count: 0 })
            field.Error("requires none of its properties, so that an attestation without them would pass; say required: as well");

        return schema;
    }

    private static JsonSchema? ReadPart(Field field) => Read(field, JsonTypes.None);

    private static JsonSchema? Read(Field field, JsonTypes whenUntyped)
    {
        if (FieldReader.Open(field) is not { } reader)
            return null;

        var types = ReadTypes(reader.Optional("type"));
        var alternatives = ReadValues(reader);
        var properties = ReadProperties(reader.Optional("properties"));
        var (acceptsOthers, others) = ReadOthers(reader.Optional("additionalProperties"));
        var (pattern, patternText) = ReadPattern(reader.Optional("pattern"));
        var schema = new JsonSchema
        {
            Types = types is JsonTypes.None && alternatives is null ? whenUntyped : types,
            Values = alternatives,
            Required = Values.Distinct(reader.Optional("required"), Values.Text) ?? [],
            Properties = properties,
            AcceptsOthers = acceptsOthers,
            Others = others,
            Items = reader.Optional("items") is { } items ? ReadPart(items) : null,
            MinimumItems = Values.Count(reader.Optional("minItems")),
            MaximumItems = Values.Count(reader.Optional("maxItems")),
            Minimum = ReadNumber(reader.Optional("minimum")),
            Maximum = ReadNumber(reader.Optional("maximum")),
            MinimumLength = Values.Count(reader.Optional("minLength")),
            MaximumLength = Values.Count(reader.Optional("maxLength")),
            Pattern = pattern,
            PatternText = patternText,
            AllOf = Values.List(reader.Optional("allOf"), ReadPart) ?? [],
            AnyOf = Values.List(reader.Optional("anyOf"), ReadPart) ?? [],
            OneOf = Values.List(reader.Optional("oneOf"), ReadPart) ?? [],
            Not = reader.Optional("not") is { } not ? ReadPart(not) : null,
        };
        reader.Close();
        if (reader.IsEmpty)
            reader.Error("says nothing, so that everything would pass");

        CheckTypes(reader, schema.Types);
        CheckRanges(reader, schema);
        return schema;
    }

    // Without its type beside it, a keyword lets every value of another type pass.
    private static void CheckTypes(FieldReader reader, JsonTypes types)
    {
        foreach (var (keyword, type) in TypedKeywords)
        {
            var accepted = type == JsonTypes.Number ? JsonTypes.Number | JsonTypes.Integer : type;
            if (reader.Optional(keyword) is { } field && (types == JsonTypes.None || (types & ~(accepted | JsonTypes.Null)) != JsonTypes.None))
                field.Error($"says nothing about values that are of another type; say type: {JsonSchemaWords.Describe(type)} as well");
        }
    }

    private static void CheckRanges(FieldReader reader, JsonSchema schema)
    {
        if (schema.MinimumItems > schema.MaximumItems || schema.Minimum > schema.Maximum || schema.MinimumLength > schema.MaximumLength)
            reader.Error("asks for at least more than at most, which nothing can be");
        if (!schema.AcceptsOthers && schema.Required.FirstOrDefault(name => !schema.Properties.ContainsKey(name)) is { } missing)
            reader.Error($"requires {Model.Printable.Escape(missing)}, which it does not accept: properties does not name it");
    }

    private static JsonTypes ReadTypes(Field? field)
    {
        if (field?.Node is not YamlSequence)
            return ReadType(field) ?? JsonTypes.None;

        var types = JsonTypes.None;
        foreach (var word in Values.Distinct(field, item => ReadType(item) is { } type ? JsonSchemaWords.Describe(type) : null) ?? [])
            types |= JsonSchemaWords.Types.First(known => string.Equals(known.Word, word, StringComparison.Ordinal)).Type;

        return types;
    }

    private static JsonTypes? ReadType(Field? field) => Values.Word(field, JsonSchemaWords.Types);

    private static List<JsonElement>? ReadValues(FieldReader reader)
    {
        var single = reader.Optional("const");
        var several = reader.Optional("enum");
        if (single is not null && several is not null)
            several.Error("is there beside const; one of the two says it all");
        if (single is not null)
            return [ReadValue(single)];

        return Values.List(several, item => new Literal(ReadValue(item)))?.Select(literal => literal.Value).ToList();
    }

    private static JsonElement ReadValue(Field field)
    {
        using var document = JsonDocument.Parse(YamlJson.Write(field.Node));
        return document.RootElement.Clone();
    }

    private static Dictionary<string, JsonSchema> ReadProperties(Field? field)
    {
        var properties = new Dictionary<string, JsonSchema>(StringComparer.Ordinal);
        if (field is null)
            return properties;

        if (field.Node is not YamlMapping mapping)
        {
            field.Error($"expected a mapping, found {field.Node.Kind}");
            return properties;
        }

        if (mapping.Members.Count == 0)
            field.Error("is empty; name at least one property or leave the field out");
        foreach (var member in mapping.Members)
        {
            var below = field with { Node = member.Value, Path = $"{field.Path}.{Model.Printable.Escape(member.Name)}" };
            if (ReadPart(below) is { } schema)
                properties.Add(member.Name, schema);
        }

        return properties;
    }

    private static (bool Accepts, JsonSchema? Schema) ReadOthers(Field? field) => field?.Node switch
    {
        null => (true, null),
        YamlMapping => (true, ReadPart(field)),
        _ => (Values.Truth(field) ?? false, null),
    };

    private static decimal? ReadNumber(Field? field) => field?.Node switch
    {
        null => null,
        YamlScalar { IsPlain: true } scalar when decimal.TryParse(
            scalar.Text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) => number,
        _ => field.Error<decimal?>("expected a number"),
    };

    private static (Regex? Pattern, string? Text) ReadPattern(Field? field)
    {
        if (Values.Text(field) is not { } text)
            return (null, null);
        if (JsonSchemaPattern.TryParse(text, out var pattern, out var problem))
            return (pattern, text);

        field!.Error(problem);
        return (null, null);
    }

    private sealed record Literal(JsonElement Value);
}
