// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using SupplyChain.Model;
using static SupplyChain.Sigstore.PredicateJson;

namespace SupplyChain.Sigstore;

/// <summary>Reads SLSA provenance. A member that is there has to be of the right kind: what is guessed is not proven.</summary>
internal static class BuildProvenanceReader
{
    // Where the build types in use name their source: GitHub's workflows, SLSA's generators, Cloud Build, BuildKit.
    private static readonly (string Member, string Uri)[] SourceMembers =
    [
        ("workflow", "repository"), ("source", "uri"), ("buildConfigSource", "repository"), ("sourceToBuild", "repository"),
        ("configSource", "uri"),
    ];

    internal static (BuildProvenance?, string?) ReadV1(JsonElement predicate)
    {
        if (Member(predicate, "buildDefinition") is not { } definition)
            return (null, "it has no buildDefinition");
        if (Text(Member(Member(predicate, "runDetails"), "builder"), "id") is not { Length: > 0 } builder)
            return (null, "it has no runDetails.builder.id");
        if (Text(definition, "buildType") is not { Length: > 0 } type)
            return (null, "it has no buildDefinition.buildType");
        if (Member(definition, "externalParameters") is not { ValueKind: JsonValueKind.Object } parameters)
            return (null, "it has no buildDefinition.externalParameters");
        if (!TryReadDependencies(definition, "resolvedDependencies", out var dependencies))
            return (null, Dependencies("buildDefinition.resolvedDependencies"));
        if (!TryReadSources(parameters, out var sources))
            return (null, "its externalParameters name a source in a form that is not known");

        return (new BuildProvenance
        {
            BuilderId = builder,
            BuildType = type,
            Sources = sources,
            Dependencies = dependencies,
            ParameterNames = Names(parameters),
        }, null);
    }

    internal static (BuildProvenance?, string?) ReadV02(JsonElement predicate)
    {
        if (Text(Member(predicate, "builder"), "id") is not { Length: > 0 } builder)
            return (null, "it has no builder.id");
        if (Text(predicate, "buildType") is not { Length: > 0 } type)
            return (null, "it has no buildType");
        if (!TryReadDependencies(predicate, "materials", out var dependencies))
            return (null, Dependencies("materials"));

        var sources = new List<BuildSource>();
        var invocation = Member(predicate, "invocation");
        if (Member(invocation, "configSource") is { } source)
        {
            if (source.ValueKind != JsonValueKind.Object || !TryAdd(sources, source, "uri", isRequired: false))
                return (null, "its invocation.configSource is not in a form that is known");
        }

        var parameters = Member(invocation, "parameters");
        return (new BuildProvenance
        {
            BuilderId = builder,
            BuildType = type,
            Sources = sources,
            Dependencies = dependencies,
            ParameterNames = parameters is null or { ValueKind: JsonValueKind.Null } ? []
                : parameters is { ValueKind: JsonValueKind.Object } named ? Names(named)
                : ["parameters"],
        }, null);
    }

    private static bool TryReadSources(JsonElement parameters, out List<BuildSource> sources)
    {
        sources = [];
        foreach (var (name, uri) in SourceMembers)
        {
            if (Member(parameters, name) is not { } member)
                continue;

            if (member.ValueKind == JsonValueKind.String)
                sources.Add(new BuildSource(member.GetString()!, null));
            else if (member.ValueKind != JsonValueKind.Object || !TryAdd(sources, member, uri, isRequired: true))
                return false;
        }

        return true;
    }

    private static bool TryAdd(List<BuildSource> sources, JsonElement member, string uri, bool isRequired)
    {
        if (Member(member, uri) is not { } text)
            return !isRequired;

        var reference = Member(member, "ref");
        if (text.ValueKind != JsonValueKind.String || reference is { ValueKind: not JsonValueKind.String })
            return false;

        sources.Add(new BuildSource(text.GetString()!, reference?.GetString()));
        return true;
    }

    private static bool TryReadDependencies(JsonElement owner, string name, out List<BuildDependency> dependencies)
    {
        dependencies = [];
        if (Member(owner, name) is not { } list || list.ValueKind == JsonValueKind.Null)
            return true;
        if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() > Limits.BuildDependencies)
            return false;

        foreach (var item in list.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Object)
                return false;

            var hasDigest = Member(item, "digest") is { ValueKind: JsonValueKind.Object } digests
                && digests.EnumerateObject().Any(digest => digest.Value is { ValueKind: JsonValueKind.String } value
                    && value.GetString()!.Length > 0);
            dependencies.Add(new BuildDependency(Text(item, "uri"), hasDigest));
        }

        return true;
    }

    private static string Dependencies(string name) =>
        $"its {name} is not a list of at most {Limits.BuildDependencies} objects";

    private static List<string> Names(JsonElement parameters) =>
        [.. parameters.EnumerateObject().Select(member => member.Name).Order(StringComparer.Ordinal)];
}
