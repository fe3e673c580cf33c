// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;

namespace SupplyChain.Policy;

/// <summary>Reads the spec of an <c>Attestor</c>.</summary>
internal static class AttestorReader
{
    private static readonly string[] PlannedPurposes = ["refusal", "withdrawal", "breakGlass", "checkpoint"];

    internal static AttestorDefinition? Read(Field? spec, DocumentHead head)
    {
        if (FieldReader.Open(spec) is not { } reader)
            return null;

        var purpose = ReadPurpose(reader.Required("purpose"));
        var verifierId = ReadVerifierId(reader.Optional("verifierId"), purpose) ?? $"supplychain:attestor/{head.Name}";
        var membersField = reader.Required("members");
        var members = Values.List(membersField, field => AttestorMemberReader.Read(field, purpose));
        reader.Close();
        if (members?.Count(member => member.State == MemberState.Signing) > 1)
            membersField!.Error("several members are in state signing; say state: verifying for all but the one to sign with");

        return purpose is null || members is null
            ? null
            : new AttestorDefinition
            {
                Name = head.Name,
                Description = head.Description,
                Purpose = purpose.Value,
                VerifierId = verifierId,
                Members = members,
                Revision = head.Revision,
                Location = head.Location,
            };
    }

    private static AttestorPurpose? ReadPurpose(Field? field)
    {
        if (field?.Node is Yaml.YamlScalar scalar && PlannedPurposes.Contains(scalar.Text, StringComparer.Ordinal))
            return field.Error<AttestorPurpose?>($"the purpose {scalar.Text} is known but not built yet");

        return Values.Word(
            field, ("approval", AttestorPurpose.Approval), ("evidence", AttestorPurpose.Evidence), ("policy", AttestorPurpose.Policy));
    }

    private static string? ReadVerifierId(Field? field, AttestorPurpose? purpose)
    {
        if (Values.Line(field) is not { } text)
            return null;
        if (purpose is AttestorPurpose.Evidence or AttestorPurpose.Policy)
            field!.Error("only attestors of purpose approval write verification summaries");

        return Uri.TryCreate(text, UriKind.Absolute, out _) && !text.Any(char.IsWhiteSpace)
            ? text
            : field!.Error<string>($"'{Printable.Escape(text)}' is not a URI");
    }
}
