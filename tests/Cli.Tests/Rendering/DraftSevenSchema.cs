// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace SupplyChain.Cli.Tests.Rendering;

/// <summary>As much of JSON Schema draft 7 as SARIF's schema uses; formats are not looked at.</summary>
internal static class DraftSevenSchema
{
    public static IReadOnlyList<string> Problems(JsonNode schema, JsonNode instance) => [.. Check(schema, schema, instance, "$")];

    private static IEnumerable<string> Check(JsonNode root, JsonNode schema, JsonNode? value, string path)
    {
        if (schema["$ref"]?.GetValue<string>() is { } reference)
        {
            var target = reference.Split('/').Skip(1).Aggregate(root, (node, step) => node[step]!);
            return Check(root, target, value, path);
        }

        return
        [
            .. Type(schema, value, path), .. Values(schema, value, path), .. Members(root, schema, value, path),
            .. Items(root, schema, value, path), .. Choices(root, schema, value, path),
        ];
    }

    private static IEnumerable<string> Type(JsonNode schema, JsonNode? value, string path)
    {
        var kind = value?.GetValueKind() ?? JsonValueKind.Null;
        var isMet = schema["type"] is not JsonValue type || type.GetValue<string>() switch
        {
            "object" => kind == JsonValueKind.Object,
            "array" => kind == JsonValueKind.Array,
            "string" => kind == JsonValueKind.String,
            "boolean" => kind is JsonValueKind.True or JsonValueKind.False,
            _ => kind == JsonValueKind.Number,
        };
        return isMet ? [] : [$"{path} is no {schema["type"]}"];
    }

    private static IEnumerable<string> Values(JsonNode schema, JsonNode? value, string path)
    {
        if (schema["enum"] is JsonArray words && !words.Any(word => JsonNode.DeepEquals(word, value)))
            yield return $"{path} is {value}, none of {words.ToJsonString()}";
        if (schema["minimum"] is { } minimum && value?.GetValueKind() == JsonValueKind.Number && value.GetValue<double>() < minimum.GetValue<double>())
            yield return $"{path} is less than {minimum}";
        if (schema["pattern"]?.GetValue<string>() is { } pattern && value?.GetValueKind() == JsonValueKind.String
            && !Regex.IsMatch(value.GetValue<string>(), pattern, RegexOptions.NonBacktracking))
        {
            yield return $"{path} does not match {pattern}";
        }
    }

    private static IEnumerable<string> Members(JsonNode root, JsonNode schema, JsonNode? value, string path)
    {
        if (value is not JsonObject members)
            yield break;

        foreach (var name in schema["required"]?.AsArray() ?? [])
        {
            if (!members.ContainsKey(name!.GetValue<string>()))
                yield return $"{path}.{name} is not there";
        }

        foreach (var (name, member) in members)
        {
            var known = schema["properties"]?[name]
                ?? (schema["additionalProperties"] is JsonObject others ? others : null);
            if (known is not null)
            {
                foreach (var problem in Check(root, known, member, $"{path}.{name}"))
                    yield return problem;
            }
            else if (schema["additionalProperties"]?.GetValueKind() == JsonValueKind.False)
            {
                yield return $"{path}.{name} is not known";
            }
        }
    }

    private static IEnumerable<string> Items(JsonNode root, JsonNode schema, JsonNode? value, string path)
    {
        if (value is not JsonArray items)
            return [];

        var least = schema["minItems"]?.GetValue<int>() ?? 0;
        IEnumerable<string> own = items.Count < least ? [$"{path} has fewer than {least} items"] : [];
        return schema["items"] is JsonObject of ? own.Concat(items.SelectMany((item, i) => Check(root, of, item, $"{path}[{i}]"))) : own;
    }

    private static IEnumerable<string> Choices(JsonNode root, JsonNode schema, JsonNode? value, string path)
    {
        foreach (var part in schema["allOf"]?.AsArray() ?? [])
        {
            foreach (var problem in Check(root, part!, value, path))
                yield return problem;
        }

        foreach (var word in new[] { "anyOf", "oneOf" })
        {
            if (schema[word] is JsonArray options && !options.Any(option => !Check(root, option!, value, path).Any()))
                yield return $"{path} meets nothing of {word}";
        }
    }
}
