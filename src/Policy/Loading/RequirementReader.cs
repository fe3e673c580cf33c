// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Policy.Yaml;
using SupplyChain.Sigstore;

namespace SupplyChain.Policy;

/// <summary>Reads a <c>require</c> tree: every node is a mapping with exactly one of the six forms.</summary>
internal static class RequirementReader
{
    internal static Requirement? Read(Field? field)
    {
        if (FieldReader.Open(field) is not { } reader)
            return null;

        var all = reader.Optional("all");
        var any = reader.Optional("any");
        var atLeast = reader.Optional("atLeast");
        var approval = reader.Optional("approval");
        var signature = reader.Optional("signature");
        var attestation = reader.Optional("attestation");
        reader.Close();
        Field?[] forms = [all, any, atLeast, approval, signature, attestation];
        if (forms.Count(form => form is not null) != 1)
        {
            reader.Error("needs exactly one of all, any, atLeast, approval, signature and attestation");
            return null;
        }

        return all is not null ? ReadAll(all)
            : any is not null ? ReadAny(any)
            : atLeast is not null ? ReadAtLeast(atLeast)
            : approval is not null ? ReadApproval(approval)
            : signature is not null ? ReadSignature(signature)
            : ReadAttestation(attestation!);
    }

    private static AllRequirement? ReadAll(Field field) =>
        Values.List(field, Read) is { } of ? new AllRequirement(of, field.Location) : null;

    private static AnyRequirement? ReadAny(Field field) =>
        Values.List(field, Read) is { } of ? new AnyRequirement(of, field.Location) : null;

    private static AtLeastRequirement? ReadAtLeast(Field field)
    {
        if (FieldReader.Open(field) is not { } reader)
            return null;

        var countField = reader.Required("count");
        var count = Values.Count(countField);
        var ofField = reader.Required("of");
        var of = Values.List(ofField, Read);
        reader.Close();
        if (count is null || of is null)
            return null;

        var parts = ((YamlSequence)ofField!.Node).Items.Count;
        if (count < 1 || count > parts)
            countField!.Error($"has to be from 1 to {parts}, the number of parts");

        var twice = of.OfType<SignedRequirement>()
            .GroupBy(part => part.Attestor, StringComparer.Ordinal)
            .FirstOrDefault(group => group.Count() > 1);
        if (twice is not null)
            ofField.Error($"names the attestor {twice.Key} twice; a threshold counts different ones");

        return new AtLeastRequirement(count.Value, of, field.Location);
    }

    private static ApprovalRequirement? ReadApproval(Field field)
    {
        if (FieldReader.Open(field) is not { } reader)
            return null;

        reader.NotBuiltYet("verifiedLevels");
        var attestorField = reader.Required("attestor");
        var attestor = Values.Name(attestorField);
        var age = Times.Duration(reader.Optional("maximumAge"));
        reader.Close();
        return attestor is null ? null : new ApprovalRequirement(attestor, attestorField!.Place, age, field.Location);
    }

    private static SignatureRequirement? ReadSignature(Field field)
    {
        if (FieldReader.Open(field) is not { } reader)
            return null;

        reader.NotBuiltYet("annotations", "maximumAge");
        var attestorField = reader.Required("attestor");
        var attestor = Values.Name(attestorField);
        reader.Close();
        return attestor is null ? null : new SignatureRequirement(attestor, attestorField!.Place, field.Location);
    }

    private static AttestationRequirement? ReadAttestation(Field field)
    {
        if (FieldReader.Open(field) is not { } reader)
            return null;

        reader.NotBuiltYet("maximumAge", "schema", "predicate");
        var typeField = reader.Required("type");
        var type = Values.Line(typeField);
        var attestorField = reader.Required("attestor");
        var attestor = Values.Name(attestorField);
        reader.Close();
        if (type is not null && !Uri.TryCreate(type, UriKind.Absolute, out _))
            typeField!.Error($"'{Printable.Escape(type)}' is not a predicate type; expected its URI in full");

        // Read as mere attestations these two would lose the checks that make them mean something.
        if (type is PredicateTypes.VerificationSummary)
            typeField!.Error("verification summaries are required by approval:");
        if (type is PredicateTypes.ImageSignature)
            typeField!.Error("image signatures are required by signature:");

        return type is null || attestor is null ? null : new AttestationRequirement(type, attestor, attestorField!.Place, field.Location);
    }
}
