// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Policy.Yaml;

namespace SupplyChain.Policy;

/// <summary>Reads the spec of an <c>AdmissionPolicy</c>.</summary>
internal static class AdmissionPolicyReader
{
    private const string DefaultName = "default";

    internal static AdmissionPolicy? Read(Field? spec, DocumentHead head)
    {
        if (FieldReader.Open(spec) is not { } reader)
            return null;

        reader.NotBuiltYet("floor", "withdrawal", "breakGlass");
        var registries = Values.Distinct(reader.Required("registries"), ReadHost);
        var reachable = registries ?? [];
        var exempt = Values.List(reader.Optional("exempt"), item => ReadExemption(item, reachable)) ?? [];
        var rules = ReadRules(reader.Optional("rules"), reachable);
        var fallback = reader.Optional(DefaultName) is { } field ? ReadRule(field, reachable, isDefault: true) : null;
        if (rules.Count == 0 && fallback is null)
            reader.Error("has no rule and no default, so that everything is denied; give it at least one");

        if (reachable.Count > 0 && reachable.All(host => exempt.Any(exemption => exemption.Images.Any(pattern => Exempts(pattern, host)))))
            reader.Error("exempts every registry as a whole, so that no rule is ever reached");

        reader.Close();
        return registries is null
            ? null
            : new AdmissionPolicy
            {
                Name = head.Name,
                Description = head.Description,
                Registries = registries,
                Exempt = exempt,
                Rules = rules,
                Default = fallback,
                Revision = head.Revision,
                Location = head.Location,
            };
    }

    private static string? ReadHost(Field field)
    {
        if (Values.Line(field) is not { } text)
            return null;

        return RepositoryPrefix.TryParse(text, out var prefix, out _) && !text.Contains('/', StringComparison.Ordinal)
            ? prefix.Host
            : field.Error<string>($"'{Printable.Escape(text)}' is not a registry's host, such as registry.example.com or localhost:5000");
    }

    private static Exemption? ReadExemption(Field field, IReadOnlyList<string> registries)
    {
        if (FieldReader.Open(field) is not { } reader)
            return null;

        var imagesField = reader.Required("images");
        var images = Patterns.ReadList(imagesField);
        var reason = Values.Line(reader.Required("reason"));
        reader.Close();
        foreach (var pattern in images ?? [])
            RequireReachable(imagesField!, pattern.Host, pattern.Text, registries);

        return images is null || reason is null ? null : new Exemption(images, reason, field.Location);
    }

    private static bool Exempts(ImagePattern pattern, string host) => string.Equals(pattern.Text, host + "/**", StringComparison.Ordinal);

    // The allow-list of registries is asked before anything else.
    private static void RequireReachable(Field field, string host, string text, IReadOnlyList<string> registries)
    {
        if (registries.Count > 0 && !registries.Contains(host, StringComparer.Ordinal))
            field.Error($"{text} can never match: {host} is not among spec.registries");
    }

    private static IReadOnlyList<AdmissionRule> ReadRules(Field? field, IReadOnlyList<string> registries)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var scopes = new Dictionary<RuleScope, string>();
        return Values.List(field, item =>
        {
            var rule = ReadRule(item, registries, isDefault: false);
            if (rule is not null && !names.Add(rule.Name))
                item.Error($"a rule named {rule.Name} is there already");
            if (rule is not null && !scopes.TryAdd(rule.Scope, rule.Name))
                item.Error($"the rule {scopes[rule.Scope]} has this scope already; two rules of one scope would tie");

            return rule;
        }) ?? [];
    }

    private static AdmissionRule? ReadRule(Field field, IReadOnlyList<string> registries, bool isDefault)
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
        if (layouts is { Count: 1 } && layouts[0] == StorageLayout.Tag
            && require is not null && require.Flatten().OfType<SignedRequirement>().All(leaf => leaf is ApprovalRequirement))
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
            RequireReachable(fromField!, from.Host, from.Text, registries);
        if (from is not null && from == to)
            reader.Error("remaps a name to itself");

        return from is null || to is null ? null : new RepositoryRemap(from, to);
    }

    private static RepositoryPrefix? ReadPrefix(Field? field)
    {
        if (Values.Line(field) is not { } text)
            return null;

        return RepositoryPrefix.TryParse(text, out var prefix, out var problem) ? prefix : field!.Error<RepositoryPrefix>(problem);
    }
}
