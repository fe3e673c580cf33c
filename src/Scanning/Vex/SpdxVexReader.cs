// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using SupplyChain.Model;
using SupplyChain.Scanning.Reading;

namespace SupplyChain.Scanning.Vex;

/// <summary>
/// Reads the VEX relationships of an SPDX 3.0 document: from a vulnerability to products, of which an assessed element is the part that
/// is meant.
/// </summary>
/// <remarks>https://spdx.github.io/spdx-spec/v3.0.1/model/Security/Security/</remarks>
internal static class SpdxVexReader
{
    private static readonly Dictionary<string, VexStatus> Statuses = new(StringComparer.Ordinal)
    {
        ["security_VexAffectedVulnAssessmentRelationship"] = VexStatus.Affected,
        ["security_VexFixedVulnAssessmentRelationship"] = VexStatus.Fixed,
        ["security_VexNotAffectedVulnAssessmentRelationship"] = VexStatus.NotAffected,
        ["security_VexUnderInvestigationVulnAssessmentRelationship"] = VexStatus.UnderInvestigation,
    };

    internal static VexDocument Read(JsonElement root, Digest digest)
    {
        var graph = SpdxGraph.Read(root);
        var statements = new VexStatements();
        foreach (var relationship in graph.OfType([.. Statuses.Keys]))
            statements.Add(ReadStatement(relationship, graph, statements));

        var creation = graph.OfType("SpdxDocument").Select(document => CreationOf(document, graph)).FirstOrDefault();
        return new VexDocument
        {
            Format = VexFormat.Spdx,
            Digest = digest,
            Author = creation is { } made
                ? SpdxGraph.References(made, "createdBy").Select(graph.Find).OfType<JsonElement>()
                    .Select(agent => DocumentJson.Text(agent, "name")).FirstOrDefault(name => name is not null)
                : null,
            Time = TimeOf(creation),
            Statements = statements.All,
        };
    }

    private static VexStatement ReadStatement(JsonElement relationship, SpdxGraph graph, VexStatements statements)
    {
        var from = SpdxGraph.References(relationship, "from").FirstOrDefault();
        var vulnerability = graph.Find(from)
            ?? throw new DocumentRefusal($"a statement is about '{Printable.Escape(from)}', which it does not define");
        var cves = SpdxGraph.Identifiers(vulnerability, "cve").ToList();
        var id = VexNames.Vulnerability(cves.FirstOrDefault() ?? DocumentJson.RequiredText(vulnerability, "name", "a vulnerability"));
        var others = SpdxGraph.Identifiers(vulnerability, "securityOther");
        var parts = SpdxGraph.References(relationship, "security_assessedElement").Select(part => ReadComponent(part, graph)).ToList();

        return new VexStatement
        {
            Vulnerability = id,
            Aliases = VexNames.Aliases(cves.Concat(others), id),
            // What was withdrawn sets nothing aside, and who withdrew it does not say what holds instead.
            Status = DocumentJson.Time(relationship, "security_withdrawnTime") is null
                ? Statuses[DocumentJson.Text(relationship, "type")!] : VexStatus.Unknown,
            Justification = DocumentJson.Text(relationship, "security_justificationType"),
            ImpactStatement = DocumentJson.Text(relationship, "security_impactStatement"),
            Time = DocumentJson.Time(relationship, "security_modifiedTime") ?? DocumentJson.Time(relationship, "security_publishedTime")
                ?? TimeOf(CreationOf(relationship, graph)),
            Products = statements.Collect(
                SpdxGraph.References(relationship, "to").Select(product => VexNames.Product(ReadComponent(product, graph), parts))),
        };
    }

    private static VexComponent ReadComponent(string id, SpdxGraph graph)
    {
        if (graph.Find(id) is not { } element)
            return VexNames.Nameless;

        var digests = DocumentJson.List(element, "verifiedUsing")
            .Where(method => DocumentJson.Text(method, "type") is "Hash")
            .Select(digest => (DocumentJson.Text(digest, "algorithm"), DocumentJson.Text(digest, "hashValue")));
        // The digest of a package is that of an archive, which no report tells; an image's is its name.
        var purl = SpdxGraph.PurlOf(element);
        return VexNames.Component(purl, purl is null ? digests : []);
    }

    private static JsonElement? CreationOf(JsonElement element, SpdxGraph graph) =>
        DocumentJson.Member(element, "creationInfo") switch
        {
            { ValueKind: JsonValueKind.Object } inline => inline,
            { ValueKind: JsonValueKind.String } id => graph.Find(id.GetString()),
            _ => null,
        };

    private static DateTimeOffset? TimeOf(JsonElement? creation) => creation is { } made ? DocumentJson.Time(made, "created") : null;
}
