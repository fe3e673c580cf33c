// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Scanning;

namespace SupplyChain.Policy;

/// <summary>Reads <c>sbom</c>.</summary>
internal static class SbomCheckReader
{
    internal static PolicyCheck? Read(Field field, string name)
    {
        if (FieldReader.Open(field) is not { } reader)
            return null;

        var vouching = AttestationFields.ReadVouching(reader, "SBOMs");
        var bindingField = reader.Optional("binding");
        var binding = Values.Word(bindingField, ("proven", EvidenceBinding.Proven), ("asserted", EvidenceBinding.Asserted));
        var formats = Values.Distinct(reader.Required("formats"), item => Values.OneOf(item, "cyclonedx", "spdx"));
        var licenses = Values.Distinct(reader.Optional("deniedLicenses"), ReadLicense);
        var packages = Values.List(reader.Optional("deniedPackages"), ReadPackage);
        var fields = Values.Distinct(reader.Optional("requiredFields"), item => Values.OneOf(item, "version", "purl", "license"));
        reader.Close();

        if (vouching is { Source: EvidenceSource.Attested })
            bindingField?.Error("a signed statement always names the image; only source: submitted takes SBOMs that name none");

        return vouching is null || formats is null
            ? null
            : new SbomCheck(name)
            {
                Source = vouching.Source,
                SignedBy = vouching.SignedBy,
                SignedByPlaces = vouching.Places,
                Binding = binding ?? EvidenceBinding.Proven,
                Formats = [.. formats.Select(format => format is "spdx" ? SbomFormat.Spdx : SbomFormat.CycloneDx)],
                DeniedLicenses = licenses ?? [],
                DeniedPackages = packages ?? [],
                RequiredFields =
                [
                    .. (fields ?? []).Select(text => text switch
                    {
                        "version" => SbomField.Version,
                        "purl" => SbomField.Purl,
                        _ => SbomField.License,
                    }),
                ],
                Location = field.Location,
            };
    }

    private static string? ReadLicense(Field field)
    {
        if (Values.Line(field) is not { } text)
            return null;

        return text.Contains('*', StringComparison.Ordinal) || LicenseText.IsExpression(text)
            ? field.Error<string>("is not one licence; expected its SPDX id, such as AGPL-3.0-only, each in an entry of its own")
            : text;
    }

    private static PackagePattern? ReadPackage(Field field)
    {
        if (Values.Line(field) is not { } text)
            return null;

        return PackagePattern.TryParse(text, out var pattern, out var problem) ? pattern : field.Error<PackagePattern>(problem);
    }
}
