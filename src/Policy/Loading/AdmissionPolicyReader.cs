// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Policy.Yaml;

namespace SupplyChain.Policy;

/// <summary>Reads the spec of an <c>AdmissionPolicy</c>.</summary>
internal static class AdmissionPolicyReader
{
    internal static AdmissionPolicy? Read(Field? spec, DocumentHead head)
    {
        if (FieldReader.Open(spec) is not { } reader)
            return null;

        reader.NotBuiltYet("floor", "withdrawal", "breakGlass");
        var registriesField = reader.Required("registries");
        var registries = Values.Distinct(registriesField, ReadHost);

        // What is not among those that could be read may be among the others.
        var reachable = registriesField?.Node is YamlSequence list && list.Items.Count == registries?.Count ? registries : [];
        var exempt = Values.List(reader.Optional("exempt"), item => ReadExemption(item, reachable)) ?? [];
        var rulesField = reader.Optional("rules");
        var rules = ReadRules(rulesField, reachable);
        var fallbackField = reader.Optional(AdmissionRuleReader.DefaultName);
        var fallback = fallbackField is null ? null : AdmissionRuleReader.Read(fallbackField, reachable, isDefault: true);
        if (rulesField is null && fallbackField is null)
            reader.Error("has no rule and no default, so that everything is denied; give it at least one");

        if (reachable.Count > 0
            && reachable.All(host => exempt.Any(exemption => exemption.Images.Any(pattern => Exempts(pattern, host)))))
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
            AllowedRegistries.RequireReachable(imagesField!, pattern.Host, pattern.Text, registries);

        return images is null || reason is null ? null : new Exemption(images, reason, field.Location);
    }

    private static bool Exempts(ImagePattern pattern, string host) =>
        string.Equals(pattern.Text, host + "/**", StringComparison.Ordinal);

    private static IReadOnlyList<AdmissionRule> ReadRules(Field? field, IReadOnlyList<string> registries)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var scopes = new Dictionary<RuleScope, string>();
        return Values.List(field, item =>
        {
            var rule = AdmissionRuleReader.Read(item, registries, isDefault: false);
            if (rule is not null && !names.Add(rule.Name))
                item.Error($"a rule named {rule.Name} is there already");
            if (rule is not null && !scopes.TryAdd(rule.Scope, rule.Name))
                item.Error($"the rule {scopes[rule.Scope]} has this scope already; two rules of one scope would tie");

            return rule;
        }) ?? [];
    }
}
