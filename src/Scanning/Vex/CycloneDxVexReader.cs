// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using SupplyChain.Model;
using SupplyChain.Scanning.Reading;

namespace SupplyChain.Scanning.Vex;

/// <summary>
/// Reads what a CycloneDX document says of its vulnerabilities in <c>analysis</c>; where there is none it says nothing. What is affected
/// is a component of the document itself: a reference into another one leads to nothing that could be found.
/// </summary>
/// <remarks>https://cyclonedx.org/docs/1.6/json/#vulnerabilities</remarks>
internal static class CycloneDxVexReader
{
    internal static VexDocument Read(JsonElement root, Digest digest)
    {
        if (DocumentJson.Text(root, "bomFormat") is not ReportFormats.CycloneDx)
            throw new DocumentRefusal("its bomFormat is not CycloneDX");

        SbomRules.Version(DocumentJson.Text(root, "specVersion"), "1.4", "1.5", "1.6", "1.7");
        var products = CycloneDxVexProducts.Read(root);
        var statements = new VexStatements();
        foreach (var vulnerability in DocumentJson.List(root, "vulnerabilities"))
        {
            if (DocumentJson.Object(vulnerability, "analysis") is { } analysis)
                ReadVulnerability(vulnerability, analysis, products, statements);
        }

        return new VexDocument
        {
            Format = VexFormat.CycloneDx,
            Digest = digest,
            Author = AuthorOf(root),
            Time = DocumentJson.Object(root, "metadata") is { } metadata ? DocumentJson.Time(metadata, "timestamp") : null,
            Statements = statements.All,
        };
    }

    private static string? AuthorOf(JsonElement root) => DocumentJson.Object(root, "metadata") is not { } metadata
        ? null
        : (DocumentJson.Object(metadata, "supplier") is { } supplier ? DocumentJson.Text(supplier, "name") : null)
            ?? DocumentJson.List(metadata, "authors").Select(author => DocumentJson.Text(author, "name")).FirstOrDefault(name => name is not null);

    private static void ReadVulnerability(
        JsonElement vulnerability, JsonElement analysis, CycloneDxVexProducts products, VexStatements statements)
    {
        var id = VexNames.Vulnerability(DocumentJson.RequiredText(vulnerability, "id", "a vulnerability"));
        var aliases = VexNames.Aliases(
            DocumentJson.List(vulnerability, "references").Select(reference => DocumentJson.Text(reference, "id")), id);
        var state = ReadState(DocumentJson.Text(analysis, "state"));
        var time = DocumentJson.Time(analysis, "lastUpdated") ?? DocumentJson.Time(analysis, "firstIssued");
        foreach (var affected in DocumentJson.List(vulnerability, "affects"))
        {
            foreach (var same in products.Resolve(affected, state).GroupBy(found => found.Status))
            {
                // The reason is given for the state; what a version's own status says is said without one.
                var isReasoned = same.Key == state;
                statements.Add(new VexStatement
                {
                    Vulnerability = id,
                    Aliases = aliases,
                    Status = same.Key,
                    Justification = isReasoned ? DocumentJson.Text(analysis, "justification") : null,
                    ImpactStatement = isReasoned ? DocumentJson.Text(analysis, "detail") : null,
                    Time = time,
                    Products = statements.Collect(same.Select(found => found.Product)),
                });
            }
        }
    }

    private static VexStatus ReadState(string? state) => state switch
    {
        "resolved" or "resolved_with_pedigree" => VexStatus.Fixed,
        "exploitable" => VexStatus.Affected,
        "in_triage" => VexStatus.UnderInvestigation,
        "false_positive" or "not_affected" => VexStatus.NotAffected,
        _ => VexStatus.Unknown,
    };
}
