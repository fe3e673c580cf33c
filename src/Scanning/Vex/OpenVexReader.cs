// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using SupplyChain.Model;
using SupplyChain.Scanning.Reading;

namespace SupplyChain.Scanning.Vex;

/// <summary>
/// Reads OpenVEX. Version 0.0.1 names vulnerabilities and products by text, and parts beside the products; whichever form is written is
/// read.
/// </summary>
/// <remarks>https://github.com/openvex/spec, OPENVEX-SPEC.md</remarks>
internal static class OpenVexReader
{
    private const string PackageUrlScheme = "pkg:";

    private static readonly string[] Contexts =
        ["https://openvex.dev/ns", "https://openvex.dev/ns/v0.0.1", "https://openvex.dev/ns/v0.2.0"];

    internal static VexDocument Read(JsonElement root, Digest digest)
    {
        var context = DocumentJson.Text(root, "@context");
        if (!Contexts.Contains(context, StringComparer.Ordinal))
            throw new DocumentRefusal($"its @context '{Printable.Escape(context)}' is not one of {string.Join(", ", Contexts)}");

        var statements = new VexStatements();
        foreach (var item in DocumentJson.List(root, "statements"))
            statements.Add(ReadStatement(item, statements));
        return new VexDocument
        {
            Format = VexFormat.OpenVex,
            Digest = digest,
            Author = DocumentJson.Text(root, "author"),
            Time = DocumentJson.Time(root, "timestamp"),
            Statements = statements.All,
        };
    }

    private static VexStatement ReadStatement(JsonElement statement, VexStatements statements)
    {
        var (id, aliases) = ReadVulnerability(statement);
        var beside = DocumentJson.Values(statement, "subcomponents").Select(ReadComponent).ToList();
        return new VexStatement
        {
            Vulnerability = id,
            Aliases = aliases,
            Products = statements.Collect(DocumentJson.Values(statement, "products").Select(product => ReadProduct(product, beside))),
            Status = DocumentJson.Text(statement, "status") switch
            {
                "not_affected" => VexStatus.NotAffected,
                "affected" => VexStatus.Affected,
                "fixed" => VexStatus.Fixed,
                "under_investigation" => VexStatus.UnderInvestigation,
                _ => VexStatus.Unknown,
            },
            Justification = DocumentJson.Text(statement, "justification"),
            ImpactStatement = DocumentJson.Text(statement, "impact_statement"),
            Time = DocumentJson.Time(statement, "timestamp"),
        };
    }

    private static (string Id, IReadOnlyList<string> Aliases) ReadVulnerability(JsonElement statement)
    {
        if (DocumentJson.Member(statement, "vulnerability") is { ValueKind: JsonValueKind.String } text)
            return (VexNames.Vulnerability(text.GetString()!), []);

        var vulnerability = DocumentJson.Object(statement, "vulnerability")
            ?? throw new DocumentRefusal("it has a statement without vulnerability");
        var id = VexNames.Vulnerability(DocumentJson.RequiredText(vulnerability, "name", "a vulnerability"));
        return (id, VexNames.Aliases(DocumentJson.Texts(vulnerability, "aliases"), id));
    }

    // Parts that stand beside the products limit each of them.
    private static VexProduct ReadProduct(JsonElement product, List<VexComponent> beside)
    {
        var own = product.ValueKind == JsonValueKind.Object
            ? DocumentJson.Values(product, "subcomponents").Select(ReadComponent)
            : [];
        return VexNames.Product(ReadComponent(product), [.. own, .. beside]);
    }

    private static VexComponent ReadComponent(JsonElement component)
    {
        if (component.ValueKind == JsonValueKind.String)
            return VexNames.Component(PackageUrlOf(component.GetString()), []);
        if (component.ValueKind != JsonValueKind.Object)
            throw new DocumentRefusal("it has a product that is neither text nor object");

        var byId = PackageUrlOf(DocumentJson.Text(component, "@id"));
        var identified = DocumentJson.Object(component, "identifiers") is { } identifiers ? DocumentJson.Text(identifiers, "purl") : null;
        if (byId is not null && identified is not null && !string.Equals(byId, identified, StringComparison.Ordinal))
            throw new DocumentRefusal($"a product is named {Printable.Escape(byId)} and {Printable.Escape(identified)} at once");

        var digests = DocumentJson.Object(component, "hashes") is { } written
            ? written.EnumerateObject().Select(member => ((string?)member.Name, DocumentJson.Text(written, member.Name)))
            : [];
        return VexNames.Component(identified ?? byId, digests);
    }

    // An @id is any IRI; one that is no package URL is a name that no report knows.
    private static string? PackageUrlOf(string? id) => id?.StartsWith(PackageUrlScheme, StringComparison.Ordinal) == true ? id : null;
}
