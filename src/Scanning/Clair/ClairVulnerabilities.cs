// SPDX-License-Identifier: Apache-2.0

using System.Text.RegularExpressions;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Scanning.Reading;

namespace SupplyChain.Scanning.Clair;

/// <summary>The vulnerabilities of Clair 4, and the rows that they become with the packages that have them.</summary>
internal static partial class ClairVulnerabilities
{
    private static readonly Shape Vulnerability = Shape.Object(
        [
            ("name", Shape.Text(TakeName)),

            // Those of an advisory lead to everything that it fixes.
            ("links", Shape.Text(AddCves)),
            ("normalized_severity", Shape.Anything((draft, ref value) => draft.SetSeverity(ref value))),
            ("fixed_in_version", Shape.Text((draft, text) => Facts(draft).Vulnerability.FixedVersion = text)),
        ]);

    private static readonly Shape Enrichment = Shape.Object(
        [
            ("baseScore", Shape.Anything((draft, ref value) =>
                Facts(draft).Score = (draft.Number(ref value, 10, "baseScore"), Facts(draft).Score.Vector))),
            ("vectorString", Shape.Text((draft, text) => Facts(draft).Score = (Facts(draft).Score.Score, text))),
            ("epss", Shape.Anything((draft, ref value) => draft.AddEpss(draft.Number(ref value, 1, "epss")))),
        ],
        begin: draft => Facts(draft).Score = default,
        end: draft =>
        {
            draft.AddScore(Facts(draft).Score.Score, Facts(draft).Score.Vector);
            draft.Row.IsKnownExploited |= Facts(draft).IsOfExploits;
        });

    /// <summary>The vulnerabilities, by an id of Clair's own.</summary>
    public static readonly Shape All = Shape.Map(
        Vulnerability,
        key: (draft, id) =>
        {
            Open(draft, id);
            Facts(draft).Vulnerability.IsListed = true;
        },
        begin: draft => Facts(draft).HasVulnerabilities = true);

    /// <summary>The ids of the vulnerabilities that each package has.</summary>
    public static readonly Shape Edges = Shape.Map(
        Shape.Array(Shape.Text((draft, id) =>
        {
            draft.BeginRow();
            Facts(draft).Edges.Add((draft.Row, Facts(draft).PackageId, id));
        })),
        key: (draft, id) => Facts(draft).PackageId = id,
        begin: draft => Facts(draft).HasEdges = true);

    /// <summary>What enrichers add: scores, probabilities and known exploits, by the vulnerability's id.</summary>
    public static readonly Shape Enrichments = Shape.Map(
        Shape.Array(Shape.Map(Shape.Array(Enrichment.OrAnything()).OrAnything(), key: Open).OrAnything()).OrAnything(),
        key: (draft, enricher) => Facts(draft).IsOfExploits = enricher.Contains("enricher=clair.kev", StringComparison.Ordinal));

    private static ClairFacts Facts(ReportDraft draft) => draft.Facts<ClairFacts>();

    /// <summary>Makes the rows, once the document was read to its end.</summary>
    public static void AddRows(ReportDraft draft)
    {
        var facts = Facts(draft);
        foreach (var (row, packageId, id) in facts.Edges)
        {
            if (!facts.Vulnerabilities.TryGetValue(id, out var vulnerability) || !vulnerability.IsListed)
            {
                draft.Refuse(ReasonCode.ReportFormat, $"a package has the vulnerability '{Printable.Escape(id)}', which is not listed");
                return;
            }

            vulnerability.IsFound = true;
            facts.Packages.TryGetValue(packageId, out var package);
            Add(draft, row, vulnerability, package);
            if (facts.Databases.TryGetValue(packageId, out var database))
                draft.AddLocation(database);
        }

        // Clair lists what it found; what no package is named for was found all the same.
        foreach (var vulnerability in facts.Vulnerabilities.Values.Where(vulnerability => vulnerability is { IsListed: true, IsFound: false }))
        {
            draft.BeginRow();
            Add(draft, draft.Row, vulnerability, null);
        }
    }

    private static void Add(ReportDraft draft, FindingRow row, ClairVulnerability vulnerability, ClairPackage? package)
    {
        draft.Resume(row);
        row.TakeFrom(vulnerability.Row);
        row.FixedVersion = vulnerability.FixedVersion;
        (row.PackageName, row.PackageVersion, row.PackageType) = (package?.Name, package?.Version, package?.Kind);
        draft.AddLive();
    }

    private static void Open(ReportDraft draft, string id)
    {
        var facts = Facts(draft);
        if (!facts.Vulnerabilities.TryGetValue(id, out var vulnerability))
        {
            if (facts.Vulnerabilities.Count == Limits.Findings)
                draft.Refuse(ReasonCode.ReportLimit, $"the report has more than {Limits.Findings} vulnerabilities");
            facts.Vulnerabilities.Add(id, vulnerability = new ClairVulnerability());
        }

        facts.Vulnerability = vulnerability;
        draft.Resume(vulnerability.Row);
    }

    // "RHSA-2026:1234: title (Important)" and "pyup.io-42559 (CVE-2021-3572)" are names too.
    private static void TakeName(ReportDraft draft, string name)
    {
        var end = name.IndexOf(' ', StringComparison.Ordinal);
        draft.SetId((end < 0 ? name : name[..end]).TrimEnd(':'));
        if (end >= 0)
            AddCves(draft, name[end..]);
    }

    private static void AddCves(ReportDraft draft, string text)
    {
        foreach (var match in Cve.EnumerateMatches(text))
            draft.AddAlias(text.Substring(match.Index, match.Length));
    }

    [GeneratedRegex(@"\bCVE-[0-9]{4}-[0-9]{4,19}\b", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Cve { get; }
}
