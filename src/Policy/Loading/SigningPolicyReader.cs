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
        var attestorField = reader.Required("attestor");
        var attestor = Values.Name(attestorField);
        var mode = Values.Word(
            reader.Optional("mode"), ("enforce", EnforcementMode.Enforce), ("observe", EnforcementMode.Observe))
            ?? EnforcementMode.Enforce;
        var until = Expiry.Read(reader, mode, EnforcementMode.Enforce);
        var evidence = EvidenceRulesReader.Read(reader.Required("evidence"));
        var checks = CheckReader.ReadList(reader.Required("checks"));
        var produce = ProduceReader.Read(reader.Optional("produce"));
        var transparencyField = reader.Optional("transparency");
        var transparency = TransparencyReader.Read(transparencyField);
        reader.Close();

        return subjects is null || requesters is null || attestor is null || evidence is null || checks is null
            || (transparencyField is not null && transparency is null)
            ? null
            : new SigningPolicy
            {
                Name = head.Name,
                Description = head.Description,
                Subjects = subjects,
                Requesters = requesters,
                Attestor = attestor,
                AttestorPlace = attestorField!.Place,
                Mode = mode,
                Until = until,
                Evidence = evidence,
                Checks = checks,
                Produce = produce,
                Transparency = transparency,
                Revision = head.Revision,
                Location = head.Location,
            };
    }

    internal static RequesterRule? ReadRequester(Field field)
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
        {
            return field.Error<Dictionary<string, string>>(
                "names no claim, so that everybody at the issuer could ask; name at least one");
        }


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
