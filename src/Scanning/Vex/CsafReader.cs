// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using SupplyChain.Model;
using SupplyChain.Scanning.Reading;

namespace SupplyChain.Scanning.Vex;

/// <summary>
/// Reads CSAF of the profile VEX, and security advisories where the caller takes them. One vulnerability becomes one statement for each
/// status and reason.
/// </summary>
/// <remarks>https://docs.oasis-open.org/csaf/csaf/v2.0/os/csaf-v2.0-os.html, sections 3.2 and 4.5</remarks>
internal static class CsafReader
{
    private static readonly string[] Versions = ["2.0", "2.1"];

    private static readonly (string Member, VexStatus Status)[] Statuses =
    [
        ("first_affected", VexStatus.Affected), ("known_affected", VexStatus.Affected), ("last_affected", VexStatus.Affected),
        ("first_fixed", VexStatus.Fixed), ("fixed", VexStatus.Fixed),
        ("known_not_affected", VexStatus.NotAffected),
        ("under_investigation", VexStatus.UnderInvestigation),
        ("unknown", VexStatus.Unknown),
    ];

    internal static VexDocument Read(JsonElement root, Digest digest, bool advisories)
    {
        var document = DocumentJson.Object(root, "document") ?? throw new DocumentRefusal("it is CSAF without document");
        var tracking = DocumentJson.Object(document, "tracking") ?? throw new DocumentRefusal("it is CSAF without document.tracking");
        Check(DocumentJson.Text(document, "csaf_version"), "csaf_version", Versions);
        Check(
            DocumentJson.Text(document, "category"), "category",
            advisories ? ["csaf_vex", "csaf_security_advisory"] : ["csaf_vex"]);
        Check(DocumentJson.Text(tracking, "status"), "tracking.status", ["final", "interim"]);

        var products = CsafProducts.Read(root);
        var statements = new VexStatements();
        foreach (var vulnerability in DocumentJson.List(root, "vulnerabilities"))
        {
            foreach (var statement in ReadVulnerability(vulnerability, products, statements))
                statements.Add(statement);
        }

        return new VexDocument
        {
            Format = VexFormat.Csaf,
            Digest = digest,
            Author = DocumentJson.Object(document, "publisher") is { } publisher ? DocumentJson.Text(publisher, "name") : null,
            Time = DocumentJson.Time(tracking, "current_release_date"),
            Statements = statements.All,
        };
    }

    private static void Check(string? found, string name, string[] known)
    {
        if (!known.Contains(found, StringComparer.Ordinal))
            throw new DocumentRefusal($"its {name} '{Printable.Escape(found)}' is not {string.Join(" or ", known)}");
    }

    private static IEnumerable<VexStatement> ReadVulnerability(
        JsonElement vulnerability, CsafProducts products, VexStatements statements)
    {
        var statuses = ReadStatuses(vulnerability);
        var flags = ReadReasons(vulnerability, products, "flags", "label", _ => true);
        var impacts = ReadReasons(
            vulnerability, products, "threats", "details", threat => DocumentJson.Text(threat, "category") is "impact");
        var ids = DocumentJson.List(vulnerability, "ids").Select(id => DocumentJson.Text(id, "text")).ToList();
        var named = DocumentJson.Text(vulnerability, "cve") ?? ids.Find(id => id is not null)
            ?? throw new DocumentRefusal("it has a vulnerability without cve and ids");
        var name = VexNames.Vulnerability(named);
        var aliases = VexNames.Aliases(ids, name);

        return statuses
            .GroupBy(product => (
                Status: product.Value, Flag: flags.GetValueOrDefault(product.Key), Impact: impacts.GetValueOrDefault(product.Key)))
            .Select(same => new VexStatement
            {
                Vulnerability = name,
                Aliases = aliases,
                Status = same.Key.Status,
                Justification = same.Key.Flag,
                ImpactStatement = same.Key.Impact,
                Products = statements.Collect(same.SelectMany(product => products.Resolve(product.Key, product.Value))),
            });
    }

    private static Dictionary<string, VexStatus> ReadStatuses(JsonElement vulnerability)
    {
        var statuses = new Dictionary<string, VexStatus>(StringComparer.Ordinal);
        if (DocumentJson.Object(vulnerability, "product_status") is not { } lists)
            return statuses;

        foreach (var (member, status) in Statuses)
        {
            foreach (var product in DocumentJson.Texts(lists, member))
            {
                if (!statuses.TryAdd(product, status) && statuses[product] != status)
                    throw new DocumentRefusal($"the product '{Printable.Escape(product)}' is {statuses[product]} and {status} at once");
            }
        }

        return statuses;
    }

    // A reason that names no products is nobody's.
    private static Dictionary<string, string> ReadReasons(
        JsonElement vulnerability, CsafProducts products, string list, string text, Func<JsonElement, bool> counts)
    {
        var reasons = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var item in DocumentJson.List(vulnerability, list).Where(counts))
        {
            if (DocumentJson.Text(item, text) is not { } reason)
                continue;

            var groups = DocumentJson.Texts(item, "group_ids").SelectMany(products.Group);
            foreach (var product in DocumentJson.Texts(item, "product_ids").Concat(groups))
                reasons.TryAdd(product, reason);
        }

        return reasons;
    }
}
