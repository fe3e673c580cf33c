// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Policy.Yaml;

namespace SupplyChain.Policy;

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

        return new ProduceRules
        {
            Signature = signature,
            Layouts = layouts,
            VulnerabilityAttestation = attestations,
            ValidFor = validFor,
        };
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
