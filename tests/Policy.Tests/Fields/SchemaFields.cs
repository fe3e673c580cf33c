// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using SupplyChain.Testing;

namespace SupplyChain.Policy.Tests.Fields;

/// <summary>The fields of the shipped JSON Schemas, as paths such as <c>spec.checks[].name</c>.</summary>
internal sealed class SchemaFields
{
    // Requirements nest; their fields are listed once, below this name.
    private const string Recursive = "requirement";

    private readonly JsonNode _schema;
    private readonly SortedSet<string> _paths = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, JsonNode> _defaults = new(StringComparer.Ordinal);

    private SchemaFields(JsonNode schema) => _schema = schema;

    public static IReadOnlyDictionary<string, string> Kinds { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["Attestor"] = "attestor",
        ["TrustRoot"] = "trust-root",
        ["SigningPolicy"] = "signing-policy",
        ["AdmissionPolicy"] = "admission-policy",
    };

    /// <summary>Every field of a kind.</summary>
    public static IReadOnlyCollection<string> Of(string kind) => Read(kind)._paths;

    /// <summary>What fields mean that are left out, where the schema says so.</summary>
    public static IReadOnlyDictionary<string, JsonNode> Defaults(string kind) => Read(kind)._defaults;

    private static SchemaFields Read(string kind)
    {
        var file = Path.Combine(SharedFiles.RepositoryRoot, "policies", "schema", Kinds[kind] + ".schema.json");
        var fields = new SchemaFields(JsonNode.Parse(File.ReadAllBytes(file))!);
        fields.Walk(fields._schema, "");
        if (fields._schema["$defs"]?[Recursive] is { } recursive)
            fields.Walk(recursive, Recursive);
        return fields;
    }

    /// <summary>The names of the fields right below a path.</summary>
    public static IReadOnlyList<string> Below(string kind, string path) =>
    [
        .. Of(kind).Where(field => field.Length > path.Length && field.StartsWith(path, StringComparison.Ordinal))
            .Select(field => path.Length == 0 ? field : field[path.Length..])
            .Where(rest => path.Length == 0 ? !rest.Contains('.') && !rest.Contains('[') : rest[0] == '.' && !rest[1..].Contains('.') && !rest.Contains('['))
            .Select(rest => rest.TrimStart('.')),
    ];

    private void Walk(JsonNode? node, string path)
    {
        if (node is not JsonObject schema)
            return;

        if (schema["default"] is { } usual)
            _defaults[path] = usual;
        if (schema["$ref"]?.GetValue<string>() is { } reference)
        {
            var name = reference["#/$defs/".Length..];
            if (name != Recursive)
                Walk(_schema["$defs"]![name], path);
        }

        foreach (var (name, property) in schema["properties"]?.AsObject() ?? [])
        {
            var field = path.Length == 0 ? name : $"{path}.{name}";
            _paths.Add(field);
            Walk(property, field);
        }

        if (schema["additionalProperties"] is JsonObject)
            _paths.Add(path + ".*");
        Walk(schema["items"], path + "[]");
        foreach (var option in schema["oneOf"]?.AsArray() ?? [])
            Walk(option, path);
    }
}
