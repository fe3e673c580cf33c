// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Policy.Yaml;

namespace SupplyChain.Policy;

/// <summary>Reads the spec of a <c>SigningPolicy</c>.</summary>
internal static class SigningPolicyReader
{
    internal static SigningPolicy? Read(Field? spec, DocumentHead head)
    {
        if (FieldReader.Open(spec) is not { } reader)
            return null;

        var subjects = Patterns.ReadList(reader.Required("subjects"));
        var requesters = Values.List(reader.Required("requesters"), ReadRequester);
        var attestor = Values.Name(reader.Required("attestor"));
        var mode = Values.Word(
            reader.Optional("mode"), ("enforce", EnforcementMode.Enforce), ("observe", EnforcementMode.Observe))
            ?? EnforcementMode.Enforce;
        var until = Expiry.Read(reader, mode, EnforcementMode.Enforce);
        var evidence = EvidenceRulesReader.Read(reader.Required("evidence"));
        var checks = CheckReader.ReadList(reader.Required("checks"));
        var produce = ProduceReader.Read(reader.Optional("produce"));
        reader.Close();

        return subjects is null || requesters is null || attestor is null || evidence is null || checks is null
            ? null
            : new SigningPolicy
            {
                Name = head.Name,
                Description = head.Description,
                Subjects = subjects,
                Requesters = requesters,
                Attestor = attestor,
                Mode = mode,
                Until = until,
                Evidence = evidence,
                Checks = checks,
                Produce = produce,
                Revision = head.Revision,
                Location = head.Location,
            };
    }

    private static RequesterRule? ReadRequester(Field field)
    {
        if (FieldReader.Open(field) is not { } reader)
            return null;

        var issuer = Values.Line(reader.Required("issuer"));
        var claims = ReadClaims(reader.Required("claims"));
        reader.Close();
        return issuer is null || claims is null ? null : new RequesterRule(issuer, claims, field.Location);
    }

    // The names are the issuer's own, so any will do.
    private static Dictionary<string, string>? ReadClaims(Field? field)
    {
        if (field is null)
            return null;
        if (field.Node is not YamlMapping mapping)
            return field.Error<Dictionary<string, string>>($"expected a mapping, found {field.Node.Kind}");
        if (mapping.Members.Count == 0)
            return field.Error<Dictionary<string, string>>("names no claim, so that everybody at the issuer could ask; name at least one");

        var claims = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var member in mapping.Members)
        {
            var name = Printable.Escape(member.Name);
            if (Values.Line(field with { Node = member.Value, Path = $"{field.Path}.{name}" }) is { } value)
                claims.Add(member.Name, value);
        }

        return claims;
    }
}

/// <summary>Reads image patterns.</summary>
internal static class Patterns
{
    internal static IReadOnlyList<ImagePattern>? ReadList(Field? field)
    {
        var seen = new HashSet<ImagePattern>();
        return Values.List(field, item =>
        {
            if (Values.Line(item) is not { } text)
                return null;
            if (!ImagePattern.TryParse(text, out var pattern, out var problem))
                return item.Error<ImagePattern>(problem);
            if (!seen.Add(pattern))
                item.Error($"{pattern} is listed twice");

            return pattern;
        });
    }
}

/// <summary>Reads the <c>until</c> that every mode but enforcing needs, and enforcing cannot have.</summary>
internal static class Expiry
{
    internal static DateTimeOffset? Read(FieldReader reader, EnforcementMode mode, EnforcementMode permanent)
    {
        var field = reader.Optional("until");
        var until = Times.End(field);
        if (mode == permanent && field is not null)
            field.Error("says when not enforcing ends, but this enforces");
        if (mode != permanent && field is null)
            reader.Error($"{Word(mode)} has to end some day; say until:");

        return until;
    }

    private static string Word(EnforcementMode mode) => mode switch
    {
        EnforcementMode.Observe => "observe",
        EnforcementMode.Warn => "warn",
        _ => "dryRun",
    };
}

/// <summary>Reads what is written for an approved image.</summary>
internal static class ProduceReader
{
    internal static ProduceRules Read(Field? field)
    {
        if (FieldReader.Open(field) is not { } reader)
            return ProduceRules.Default;

        var signature = Values.Truth(reader.Optional("signature")) ?? ProduceRules.Default.Signature;
        var layoutsField = reader.Optional("layouts");
        var layouts = Layouts.Read(layoutsField) ?? ProduceRules.Default.Layouts;
        var attestations = ReadAttestations(reader.Optional("attestations"));
        var validFor = Times.Duration(reader.Optional("validFor")) ?? ProduceRules.Default.ValidFor;
        reader.Close();
        if (!signature && layoutsField is not null)
            layoutsField.Error("says where the signature goes, but none is made");

        return new ProduceRules { Signature = signature, Layouts = layouts, VulnerabilityAttestation = attestations, ValidFor = validFor };
    }

    // An empty list makes nothing looser: it says that no report is attested.
    private static bool ReadAttestations(Field? field)
    {
        if (field is null)
            return ProduceRules.Default.VulnerabilityAttestation;

        return field.Node is not YamlSequence { Items.Count: 0 }
            && Values.Distinct(field, item => item.Node is YamlScalar { Text: "sbom" }
                ? item.Error<string>("attesting SBOMs is known but not built yet")
                : Values.OneOf(item, "vulnerabilities")) is { Count: > 0 };
    }
}

/// <summary>Reads storage layouts.</summary>
internal static class Layouts
{
    internal static IReadOnlyList<StorageLayout>? Read(Field? field) =>
        Values.Distinct(field, item => Values.OneOf(item, "bundle", "tag"))?
            .Select(word => word is "bundle" ? StorageLayout.Bundle : StorageLayout.Tag)
            .Order()
            .ToList();
}
