// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using SupplyChain.Scanning.Reading;

namespace SupplyChain.Scanning;

/// <summary>Reads SPDX 2 in JSON: its packages. Licences that say nothing (NOASSERTION, NONE) are none.</summary>
/// <remarks>https://spdx.github.io/spdx-spec/v2.3/</remarks>
internal static class SpdxReader
{
    internal static Sbom Read(JsonElement root)
    {
        var version = SbomRules.Version(DocumentJson.Text(root, "spdxVersion"), "SPDX-2.2", "SPDX-2.3");
        var components = new List<SbomComponent>();
        var advisories = new List<SbomAdvisory>();
        var subjects = new SubjectList();
        foreach (var package in DocumentJson.List(root, "packages"))
        {
            // The package that stands for the image itself is no part of it.
            if (DocumentJson.Text(package, "primaryPackagePurpose") is "CONTAINER")
            {
                subjects.AddImage(ReadPurl(package), DocumentJson.Text(package, "versionInfo"), [], []);
                continue;
            }

            var component = new SbomComponent(
                DocumentJson.RequiredText(package, "name", "a package"),
                DocumentJson.Text(package, "versionInfo"), ReadPurl(package), ReadLicenses(package));
            SbomRules.Add(components, component);
            advisories.AddRange(ReadAdvisories(package, component));
        }

        return new Sbom(SbomFormat.Spdx, version, components)
        {
            Advisories = advisories,
            Subjects = subjects.Subjects,
            MalformedSubjects = subjects.Malformed,
        };
    }

    // Of the category are also the names by which lists of vulnerabilities know a package (cpe) and its tag (swid).
    private static IEnumerable<SbomAdvisory> ReadAdvisories(JsonElement package, SbomComponent component) =>
        from reference in DocumentJson.List(package, "externalRefs")
        where DocumentJson.Text(reference, "referenceCategory") is "SECURITY"
        let kind = DocumentJson.Text(reference, "referenceType")
        where kind is "advisory" or "fix" or "url"
        select new SbomAdvisory(component, kind, DocumentJson.RequiredText(reference, "referenceLocator", "a reference"));

    private static string? ReadPurl(JsonElement package) => DocumentJson.List(package, "externalRefs")
        .Where(reference => DocumentJson.Text(reference, "referenceType") is "purl")
        .Select(reference => DocumentJson.Text(reference, "referenceLocator"))
        .FirstOrDefault(locator => locator is not null);

    private static List<string> ReadLicenses(JsonElement package) =>
    [
        .. new[] { DocumentJson.Text(package, "licenseConcluded"), DocumentJson.Text(package, "licenseDeclared") }
            .OfType<string>().Where(license => license is not ("NOASSERTION" or "NONE")).Distinct(StringComparer.Ordinal),
    ];
}
