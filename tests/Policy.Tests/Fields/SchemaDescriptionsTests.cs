// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using SupplyChain.Testing;

namespace SupplyChain.Policy.Tests.Fields;

/// <summary>An editor that completes from the schemas tells what each field means.</summary>
public sealed class SchemaDescriptionsTests
{
    public static TheoryData<string> Schemas =>
        [.. Directory.GetFiles(Path.Combine(SharedFiles.RepositoryRoot, "policies", "schema")).Select(Path.GetFileName).OfType<string>()];

    [Theory, MemberData(nameof(Schemas))]
    public void Every_field_is_described(string name)
    {
        var schema = JsonNode.Parse(File.ReadAllBytes(Path.Combine(SharedFiles.RepositoryRoot, "policies", "schema", name)))!;

        var fields = Fields(schema, "").ToList();
        Assert.True(fields.Count > 5);
        Assert.All(fields, field => Assert.True(IsDescribed(schema, field.Schema), $"{name}: {field.Path} has no description"));
    }

    private static IEnumerable<(string Path, JsonNode Schema)> Fields(JsonNode? node, string path) => node switch
    {
        JsonObject members => members.SelectMany(member =>
            (member.Key is "properties"
                ? member.Value!.AsObject().Select(field => ($"{path}.{field.Key}", field.Value!))
                : []).Concat(Fields(member.Value, member.Key is "properties" or "items" ? path : $"{path}.{member.Key}"))),
        JsonArray items => items.SelectMany(item => Fields(item, path)),
        _ => [],
    };

    private static bool IsDescribed(JsonNode root, JsonNode field) =>
        field["description"]?.GetValue<string>() is { Length: > 0 }
        || (field["$ref"]?.GetValue<string>() is { } reference && IsDescribed(root, root["$defs"]![reference["#/$defs/".Length..]]!));
}
