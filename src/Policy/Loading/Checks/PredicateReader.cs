// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Sigstore;

namespace SupplyChain.Policy;

/// <summary>Reads <c>predicate</c>.</summary>
internal static class PredicateReader
{
    internal static PolicyCheck? Read(Field field, string name)
    {
        if (FieldReader.Open(field) is not { } reader)
            return null;

        var typeField = reader.Required("type");
        var type = AttestationFields.Uri(typeField);
        var vouching = AttestationFields.ReadVouching(reader, "statements");
        var schema = reader.Optional("schema") is { } found ? JsonSchemaReader.Read(found) : null;
        reader.Close();

        // Its predicate is empty, and it is made by approvals' keys alone.
        if (type is PredicateTypes.ImageSignature)
            typeField!.Error("an image signature attests nothing that could be judged");

        return type is null || vouching is null
            ? null
            : new PredicateCheck(name)
            {
                Type = type,
                Source = vouching.Source,
                SignedBy = vouching.SignedBy,
                SignedByPlaces = vouching.Places,
                Schema = schema,
                Location = field.Location,
            };
    }
}
