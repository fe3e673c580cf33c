// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;

namespace SupplyChain.Scanning;

/// <summary>Reads SPDX 2 in JSON: its packages. Licences that say nothing (NOASSERTION, NONE) are none.</summary>
/// <remarks>https://spdx.github.io/spdx-spec/v2.3/</remarks>
internal static class SpdxReader
{
    internal static Sbom Read(JsonElement root)
    {
        var version = SbomJson.Version(SbomJson.Text(root, "spdxVersion"), "SPDX-2.2", "SPDX-2.3");
        var components = new List<SbomComponent>();
        foreach (var package in SbomJson.List(root, "packages"))
        {
            // The package that stands for the image itself is no part of it.
            if (SbomJson.Text(package, "primaryPackagePurpose") is "CONTAINER")
                continue;

            SbomJson.Add(components, new SbomComponent(
                SbomJson.Text(package, "name") ?? throw new SbomRefusal("it has a package without a name"),
                SbomJson.Text(package, "versionInfo"), ReadPurl(package), ReadLicenses(package)));
        }

        return new Sbom(SbomFormat.Spdx, version, components);
    }

    private static string? ReadPurl(JsonElement package) => SbomJson.List(package, "externalRefs")
        .Where(reference => SbomJson.Text(reference, "referenceType") is "purl")
        .Select(reference => SbomJson.Text(reference, "referenceLocator"))
        .FirstOrDefault(locator => locator is not null);

    private static List<string> ReadLicenses(JsonElement package) =>
    [
        .. new[] { SbomJson.Text(package, "licenseConcluded"), SbomJson.Text(package, "licenseDeclared") }
            .OfType<string>().Where(license => license is not ("NOASSERTION" or "NONE")).Distinct(StringComparer.Ordinal),
    ];
}
