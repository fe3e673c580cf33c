// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using SupplyChain.Scanning.Reading;

namespace SupplyChain.Scanning;

/// <summary>Reads CycloneDX. The component of the metadata is the image itself and no part of it.</summary>
/// <remarks>https://cyclonedx.org/docs/1.6/json/</remarks>
internal static class CycloneDxReader
{
    internal static Sbom Read(JsonElement root)
    {
        if (!string.Equals(DocumentJson.Text(root, "bomFormat"), ReportFormats.CycloneDx, StringComparison.Ordinal))
            throw new DocumentRefusal("its bomFormat is not CycloneDX");

        var version = SbomRules.Version(DocumentJson.Text(root, "specVersion"), "1.4", "1.5", "1.6", "1.7");
        var components = new List<SbomComponent>();
        ReadComponents(root, components);
        var subjects = ReadSubjects(root);
        return new Sbom(SbomFormat.CycloneDx, version, components) { Subjects = subjects.Subjects, MalformedSubjects = subjects.Malformed };
    }

    // As a report in this format names its image.
    private static SubjectList ReadSubjects(JsonElement root)
    {
        var subjects = new SubjectList();
        if (DocumentJson.Object(root, "metadata") is not { } metadata || DocumentJson.Object(metadata, "component") is not { } image
            || DocumentJson.Text(image, "type") is not "container")
            return subjects;

        var properties = DocumentJson.List(image, "properties").ToLookup(
            property => DocumentJson.Text(property, "name"), property => DocumentJson.Text(property, "value") ?? "", StringComparer.Ordinal);
        subjects.AddImage(
            DocumentJson.Text(image, "purl"), DocumentJson.Text(image, "version"),
            properties["aquasecurity:trivy:RepoDigest"], properties["aquasecurity:trivy:ImageID"]);
        return subjects;
    }

    // As deep as the document, which is bounded.
    private static void ReadComponents(JsonElement owner, List<SbomComponent> components)
    {
        foreach (var item in DocumentJson.List(owner, "components"))
        {
            SbomRules.Add(components, new SbomComponent(
                DocumentJson.Text(item, "name") ?? throw new DocumentRefusal("it has a component without a name"),
                DocumentJson.Text(item, "version"), DocumentJson.Text(item, "purl"), ReadLicenses(item)));
            ReadComponents(item, components);
        }
    }

    private static List<string> ReadLicenses(JsonElement component)
    {
        var licenses = new List<string>();
        foreach (var choice in DocumentJson.List(component, "licenses"))
        {
            var license = DocumentJson.Object(choice, "license");
            var text = DocumentJson.Text(choice, "expression")
                ?? (license is { } named ? DocumentJson.Text(named, "id") ?? DocumentJson.Text(named, "name") : null);
            licenses.Add(text ?? throw new DocumentRefusal("it has a licence without id, name and expression"));
        }

        return licenses;
    }
}
