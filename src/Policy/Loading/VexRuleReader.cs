// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Scanning;
using SupplyChain.Sigstore;

namespace SupplyChain.Policy;

/// <summary>Reads whose VEX statements count.</summary>
internal static class VexRuleReader
{
    internal static VexRule? Read(Field field)
    {
        if (FieldReader.Open(field) is not { } reader)
            return null;

        var signedByField = reader.Required("signedBy");
        var signedBy = Values.Distinct(signedByField, Values.Name);
        var types = Values.Distinct(reader.Optional("predicateTypes"), AttestationFields.Uri);
        var products = ReadProducts(reader.Required("products"));
        var statuses = Values.Distinct(reader.Required("statuses"), ReadStatus);
        var age = Times.Duration(reader.Required("maximumAge"));
        var blanket = Values.Word(reader.Optional("blanket"), ("deny", false), ("accept", true));
        reader.Close();

        return signedBy is null || products is null || statuses is null || age is null
            ? null
            : new VexRule
            {
                SignedBy = signedBy,
                SignedByPlaces = FieldPlace.OfEntries(signedByField),
                PredicateTypes = types ?? [PredicateTypes.OpenVex, PredicateTypes.OpenVexV020],
                Products = products,
                Statuses = [.. statuses.Select(word => word is "fixed" ? VexStatus.Fixed : VexStatus.NotAffected)],
                MaximumAge = age.Value,
                AcceptsBlanket = blanket ?? false,
                Location = field.Location,
            };
    }

    private static string? ReadStatus(Field field)
    {
        if (Values.Line(field) is not ("affected" or "under_investigation"))
            return Values.OneOf(field, "not_affected", "fixed");

        return field.Error<string>("never sets a finding aside; expected not_affected or fixed");
    }

    private static IReadOnlyList<PackageUrlPattern>? ReadProducts(Field? field)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        return Values.List(field, item =>
        {
            if (Values.Line(item) is not { } text)
                return null;
            if (!PackageUrlPattern.TryParse(text, out var pattern, out var problem))
                return item.Error<PackageUrlPattern>(problem);
            if (!seen.Add(text))
                item.Error($"{pattern} is listed twice");

            return pattern;
        });
    }
}
