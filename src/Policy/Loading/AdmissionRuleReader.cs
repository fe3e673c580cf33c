// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model.Decisions;
using SupplyChain.Policy.Yaml;

namespace SupplyChain.Policy;

/// <summary>Reads one rule, or the default one, which has neither name nor scope.</summary>
internal static class AdmissionRuleReader
{
    internal const string DefaultName = "default";

    internal static AdmissionRule? Read(Field field, IReadOnlyList<string> registries, bool isDefault)
    {
        if (FieldReader.Open(field) is not { } reader)
            return null;

        reader.NotBuiltYet("checks", "evidence", "breakGlass", "withdrawal");
        var name = isDefault ? DefaultName : ReadName(reader.Required("name"));
        var scope = isDefault ? RuleScope.Everything : ReadScope(reader.Required("scope"));
        var enforcement = Values.Word(
            reader.Optional("enforcement"),
            ("enforce", EnforcementMode.Enforce), ("warn", EnforcementMode.Warn), ("dryRun", EnforcementMode.DryRun))
            ?? EnforcementMode.Enforce;
        var until = Expiry.Read(reader, enforcement, EnforcementMode.Enforce);
        var tags = ReadTags(reader.Optional("tags"));
        var repository = ReadRepository(reader.Optional("repository"), registries);
        var layoutsField = reader.Optional("layouts");
        var layouts = Layouts.Read(layoutsField);
        var require = RequirementReader.Read(reader.Required("require"));
        reader.Close();
        if (layouts is not null && !layouts.Contains(StorageLayout.Bundle)
            && require is not null
            && require.Flatten().OfType<SignedRequirement>().All(leaf => leaf is ApprovalRequirement))
        {
            layoutsField!.Error("approvals are always bundles, and the rule requires nothing else");
        }

        return name is null || scope is null || require is null
            ? null
            : new AdmissionRule
            {
                Name = name,
                Scope = scope,
                Enforcement = enforcement,
                Until = until,
                Tags = tags,
                Repository = repository,
                Layouts = layouts ?? [StorageLayout.Bundle, StorageLayout.Tag],
                NamesLayouts = layoutsField is not null,
                Require = require,
                Location = field.Location,
            };
    }

    private static string? ReadName(Field? field) => Values.Name(field) is { } name
        ? name is DefaultName ? field!.Error<string>("the name default is that of spec.default") : name
        : null;

    private static RuleScope? ReadScope(Field? field)
    {
        if (FieldReader.Open(field) is not { } reader)
            return null;

        var cluster = Values.PlainName(reader.Optional("cluster"));
        var space = Values.Name(reader.Optional("namespace"));
        var account = Values.DottedName(reader.Optional("serviceAccount"));
        var node = Values.DottedName(reader.Optional("node"));
        reader.Close();
        if (reader.IsEmpty)
            reader.Error("names nothing; a rule for everything is written as spec.default");
        if (account is not null && space is null)
            reader.Error("a service account belongs to a namespace, and anybody may make one of that name in another; say namespace: as well");

        return new RuleScope(cluster, space, account, node);
    }

    private static TagRule ReadTags(Field? field)
    {
        if (field?.Node is YamlScalar { Text: "pin" })
            field.Error("pinning tags is known but not built yet");
        else
            _ = Values.OneOf(field, "deny");

        return TagRule.Deny;
    }

    private static RepositoryRule ReadRepository(Field? field, IReadOnlyList<string> registries)
    {
        if (field?.Node is not YamlMapping)
            return Values.OneOf(field, "bound", "any") is "any" ? RepositoryRule.Any : RepositoryRule.Bound;
        if (FieldReader.Open(field) is not { } reader)
            return RepositoryRule.Bound;

        var seen = new HashSet<RepositoryPrefix>();
        var remaps = Values.List(reader.Required("remap"), item =>
        {
            var remap = ReadRemap(item, registries);
            if (remap is not null && !seen.Add(remap.From))
                item.Error($"{remap.From} is remapped twice");

            return remap;
        });
        reader.Close();
        return remaps is null ? RepositoryRule.Bound : RepositoryRule.Remap(remaps);
    }

    private static RepositoryRemap? ReadRemap(Field field, IReadOnlyList<string> registries)
    {
        if (FieldReader.Open(field) is not { } reader)
            return null;

        var fromField = reader.Required("from");
        var from = ReadPrefix(fromField);
        var to = ReadPrefix(reader.Required("to"));
        reader.Close();
        if (from is not null)
            AllowedRegistries.RequireReachable(fromField!, from.Host, from.Text, registries);
        if (from is not null && from == to)
            reader.Error("remaps a name to itself");

        return from is null || to is null ? null : new RepositoryRemap(from, to);
    }

    private static RepositoryPrefix? ReadPrefix(Field? field)
    {
        if (Values.Line(field) is not { } text)
            return null;

        return RepositoryPrefix.TryParse(text, out var prefix, out var problem)
            ? prefix
            : field!.Error<RepositoryPrefix>(problem);
    }
}
