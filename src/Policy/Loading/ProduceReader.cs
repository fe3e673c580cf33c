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
        var layouts = Layouts.ReadWritten(layoutsField) ?? ProduceRules.Default.Layouts;
        var summary = Values.Truth(reader.Optional("vsa")) ?? ProduceRules.Default.Summary;
        var attestations = ReadAttestations(reader.Optional("attestations"));
        var validForField = reader.Optional("validFor");
        var validFor = Times.Duration(validForField) ?? ProduceRules.Default.ValidFor;
        reader.Close();
        if (!signature && layoutsField is not null)
            layoutsField.Error("says where the signature goes, but none is made");
        if (!summary && validForField is not null)
            validForField.Error("says how long an approval holds, but with vsa: false none is made");
        if (!signature && !summary)
            reader.Error("an image that is approved gets a signature, a vsa or both");

        return new ProduceRules
        {
            Signature = signature,
            Layouts = layouts,
            VulnerabilityAttestation = attestations?.Contains("vulnerabilities", StringComparer.Ordinal) ?? ProduceRules.Default.VulnerabilityAttestation,
            SbomAttestation = attestations?.Contains("sbom", StringComparer.Ordinal) ?? ProduceRules.Default.SbomAttestation,
            Summary = summary,
            ValidFor = validFor,
        };
    }

    // An empty list makes nothing looser: it says that nothing is attested.
    private static IReadOnlyList<string>? ReadAttestations(Field? field) => field switch
    {
        null => null,
        { Node: YamlSequence { Items.Count: 0 } } => [],
        _ => Values.Distinct(field, item => Values.OneOf(item, "vulnerabilities", "sbom")) ?? [],
    };
}
