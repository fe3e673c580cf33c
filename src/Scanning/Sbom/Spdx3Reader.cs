// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using SupplyChain.Scanning.Reading;

namespace SupplyChain.Scanning;

/// <summary>Reads SPDX 3.0 JSON-LD: its packages, and the licences that relationships give them.</summary>
/// <remarks>https://spdx.github.io/spdx-spec/v3.0.1/</remarks>
internal static class Spdx3Reader
{
    private const string ListedLicenses = "https://spdx.org/licenses/";

    // What says that nothing is known or meant, as an expression or as an individual of the model.
    private static readonly string[] Nothing =
    [
        "NOASSERTION", "NONE", "expandedlicensing_NoAssertionLicense", "expandedlicensing_NoneLicense",
        "https://spdx.org/rdf/3.0.0/terms/ExpandedLicensing/NoAssertionLicense", "https://spdx.org/rdf/3.0.0/terms/ExpandedLicensing/NoneLicense",
        "https://spdx.org/rdf/3.0.1/terms/ExpandedLicensing/NoAssertionLicense", "https://spdx.org/rdf/3.0.1/terms/ExpandedLicensing/NoneLicense",
    ];

    internal static Sbom Read(JsonElement root)
    {
        var graph = SpdxGraph.Read(root);
        var relations = graph.OfType("Relationship", "LifecycleScopedRelationship")
            .Where(relation => DocumentJson.Text(relation, "relationshipType") is "hasDeclaredLicense" or "hasConcludedLicense")
            .SelectMany(relation => SpdxGraph.References(relation, "from").Select(from => (From: from, Relation: relation)))
            .ToLookup(pair => pair.From, pair => pair.Relation, StringComparer.Ordinal);
        var components = new List<SbomComponent>();
        var subjects = new SubjectList();
        foreach (var package in graph.OfType("software_Package", "ai_AIPackage", "dataset_DatasetPackage"))
        {
            // The package that stands for the image itself is no part of it.
            if (DocumentJson.Text(package, "software_primaryPurpose") is "container")
            {
                subjects.AddImage(SpdxGraph.PurlOf(package), DocumentJson.Text(package, "software_packageVersion"), [], []);
                continue;
            }

            var licenses = relations[DocumentJson.RequiredText(package, "spdxId", "a package")]
                .SelectMany(relation => SpdxGraph.References(relation, "to"))
                .SelectMany(id => ReadLicense(id, graph, [])).Distinct(StringComparer.Ordinal);
            SbomRules.Add(components, new SbomComponent(
                DocumentJson.RequiredText(package, "name", "a package"),
                DocumentJson.Text(package, "software_packageVersion"), SpdxGraph.PurlOf(package), [.. licenses]));
        }

        return new Sbom(SbomFormat.Spdx, graph.Version, components) { Subjects = subjects.Subjects, MalformedSubjects = subjects.Malformed };
    }

    // A set of licences gives each of its members: what is denied is denied in any of them.
    private static IEnumerable<string> ReadLicense(string id, SpdxGraph graph, HashSet<string> seen)
    {
        if (!seen.Add(id) || Nothing.Contains(id, StringComparer.Ordinal))
            return [];
        if (id.StartsWith(ListedLicenses, StringComparison.Ordinal))
            return [id[ListedLicenses.Length..]];
        if (graph.Find(id) is not { } license)
            return [id];
        if (DocumentJson.Text(license, "simplelicensing_licenseExpression") is { } expression)
            return Nothing.Contains(expression, StringComparer.Ordinal) ? [] : [expression];

        string[] members =
        [
            .. SpdxGraph.References(license, "expandedlicensing_member"), .. SpdxGraph.References(license, "expandedlicensing_subjectLicense"),
            .. SpdxGraph.References(license, "expandedlicensing_subjectExtendableLicense"),
        ];
        return members.Length > 0
            ? members.SelectMany(member => ReadLicense(member, graph, seen))
            : [DocumentJson.Text(license, "name") ?? id];
    }
}
