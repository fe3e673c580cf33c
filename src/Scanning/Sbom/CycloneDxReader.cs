// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;

namespace SupplyChain.Scanning;

/// <summary>Reads CycloneDX. The component of the metadata is the image itself and no part of it.</summary>
/// <remarks>https://cyclonedx.org/docs/1.6/json/</remarks>
internal static class CycloneDxReader
{
    internal static Sbom Read(JsonElement root)
    {
        if (!string.Equals(SbomJson.Text(root, "bomFormat"), "CycloneDX", StringComparison.Ordinal))
            throw new SbomRefusal("its bomFormat is not CycloneDX");

        var version = SbomJson.Version(SbomJson.Text(root, "specVersion"), "1.4", "1.5", "1.6", "1.7");
        var components = new List<SbomComponent>();
        ReadComponents(root, components);
        return new Sbom(SbomFormat.CycloneDx, version, components);
    }

    // As deep as the document, which is bounded.
    private static void ReadComponents(JsonElement owner, List<SbomComponent> components)
    {
        foreach (var item in SbomJson.List(owner, "components"))
        {
            SbomJson.Add(components, new SbomComponent(
                SbomJson.Text(item, "name") ?? throw new SbomRefusal("it has a component without a name"),
                SbomJson.Text(item, "version"), SbomJson.Text(item, "purl"), ReadLicenses(item)));
            ReadComponents(item, components);
        }
    }

    private static List<string> ReadLicenses(JsonElement component)
    {
        var licenses = new List<string>();
        foreach (var choice in SbomJson.List(component, "licenses"))
        {
            var license = SbomJson.Object(choice, "license");
            var text = SbomJson.Text(choice, "expression")
                ?? (license is { } named ? SbomJson.Text(named, "id") ?? SbomJson.Text(named, "name") : null);
            licenses.Add(text ?? throw new SbomRefusal("it has a licence without id, name and expression"));
        }

        return licenses;
    }
}
