// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Scanning.Reading;
using SupplyChain.Scanning.Results;

namespace SupplyChain.Scanning.OsvScanner;

/// <summary>One result of osv-scanner: what was found in the packages of one file. Packages without findings are listed only on demand.</summary>
internal static class OsvResults
{
    private const double HighestScore = 10;

    private static readonly Shape Group = Shape.Object(
        [
            ("ids", Shape.Array(Shape.Text((draft, text) => draft.AddTo(Facts(draft).Group.Ids, text, "ids in a group")))),

            // An empty text where no advisory has a vector.
            ("max_severity", Shape.Anything((draft, ref value) =>
            {
                if (!value.ValueSpan.IsEmpty)
                    Facts(draft).Group.HighestScore = draft.Number(ref value, HighestScore, "max_severity");
            })),
        ],
        begin: draft => Facts(draft).Group = new OsvGroup(),
        end: draft =>
        {
            var groups = Facts(draft).Package.Groups;
            if (groups.Count == Limits.Findings)
                draft.Refuse(ReasonCode.ReportLimit, $"a package has more than {Limits.Findings} groups");
            groups.Add(Facts(draft).Group);
        });

    /// <summary>One package; twistcli's are only counted.</summary>
    public static readonly Shape Package = Shape.Object(
        [
            ("package", Shape.Object(
                [
                    ("name", Shape.Text((draft, text) => Facts(draft).Package.Name = text)),
                    ("version", Shape.Text((draft, text) => Facts(draft).Package.Version = text)),
                    ("ecosystem", Shape.Text((draft, text) => Facts(draft).Package.Ecosystem = text)),
                ],
                begin: draft => draft.Facts<ResultsFacts>().IsOsvScanner = true)),
            ("vulnerabilities", Shape.Array(OsvVulnerability.Row)),
            ("groups", Shape.Array(Group)),
            ("license_violations", Shape.Array(Shape.Text((draft, text) => draft.AddOther(OtherFindingKind.License).Id = text))),
        ],
        begin: draft =>
        {
            draft.Facts<ResultsFacts>().Packages++;
            Facts(draft).Package = new OsvPackage { FirstLive = draft.Live.Count };
        },
        end: Place);

    /// <summary>What only osv-scanner says of a result.</summary>
    public static readonly (string Name, Shape Shape)[] Members =
    [
        ("source", Shape.Object(
            [("path", Shape.Text((draft, text) => Facts(draft).Path = text))],
            begin: draft => draft.Facts<ResultsFacts>().IsOsvScanner = true)),
    ];

    /// <summary>What osv-scanner says of an image; it names none of the digests that a registry knows.</summary>
    public static readonly Shape ImageMetadata = Shape.Object(
        [("os", Shape.Text((draft, text) => Facts(draft).Os = text))],
        begin: draft => Facts(draft).IsImage = true);

    /// <summary>What is kept of osv-scanner's.</summary>
    public static OsvFacts Facts(ReportDraft draft) => draft.Facts<ResultsFacts>().Osv;

    /// <summary>A result begins.</summary>
    public static void Begin(ReportDraft draft) => (Facts(draft).Path, Facts(draft).FirstOfResult) = (null, draft.Live.Count);

    /// <summary>A result ends: the rows of its packages learn the file.</summary>
    public static void End(ReportDraft draft)
    {
        if (string.IsNullOrEmpty(Facts(draft).Path))
            return;
        List<string> path = [Facts(draft).Path!];
        for (var i = Facts(draft).FirstOfResult; i < draft.Live.Count; i++)
            draft.Live[i].Locations ??= path;
    }

    /// <summary>The report of a document that osv-scanner wrote.</summary>
    public static ScanReport Complete(ReportDraft draft)
    {
        var (facts, results) = (Facts(draft), draft.Facts<ResultsFacts>());
        var (coverage, because) = draft.Live.Count > 0
            ? (VulnerabilityCoverage.Scanned, "the report has vulnerabilities")
            : (VulnerabilityCoverage.Empty, "no vulnerabilities are listed, which is also written when there was nothing to look at");
        return draft.ToReport(new ScannerIdentity("osv-scanner", null), "osv-scanner JSON", new Coverage
        {
            Vulnerabilities = coverage,
            Because = because,
            SourceType = facts.IsImage ? "image" : null,
            IsOsRecognised = facts.IsImage ? !string.IsNullOrEmpty(facts.Os) : null,
            OsFamily = string.IsNullOrEmpty(facts.Os) ? null : facts.Os,
            Packages = results.Packages,
            Licenses = draft.CountOthers(OtherFindingKind.License),
        });
    }

    private static void Place(ReportDraft draft)
    {
        var package = Facts(draft).Package;
        if (package.FirstLive == draft.Live.Count)
            return;

        var rows = draft.Live.Skip(package.FirstLive).ToList();
        foreach (var row in rows)
            (row.PackageName, row.PackageVersion, row.PackageType) = (package.Name, package.Version, package.Ecosystem);

        // Each row is rated by one group, however often its id is listed.
        var byId = rows.Where(row => row.Id is not null).GroupBy(row => row.Id!, StringComparer.Ordinal)
            .ToDictionary(same => same.Key, same => same.ToList(), StringComparer.Ordinal);
        foreach (var group in package.Groups)
            Rate(draft, group, [.. group.Ids.SelectMany(id => byId.Remove(FindingId.Canonicalise(id) ?? "", out var same) ? same : [])]);

        foreach (var affected in package.Affected.GroupBy(affected => affected.Row!))
            SetFixed(draft, affected.Key, [.. affected], package.Name);
    }

    // The scanner takes the advisories of a group for one vulnerability, so that one without a word is as severe as the others.
    private static void Rate(ReportDraft draft, OsvGroup group, List<FindingRow> rows)
    {
        var worst = rows.Select(row => row.SeverityWord).Where(word => SeverityWords.Read(word) != Severity.Unknown).MaxBy(SeverityWords.Read);
        foreach (var row in rows)
        {
            if (row.SeverityWord is null && worst is not null)
                (row.SeverityWord, row.Severity) = (worst, SeverityWords.Read(worst));
            draft.Resume(row);
            draft.AddScore(group.HighestScore, vector: null);
        }
    }

    // An advisory may be of several packages. Where none of them goes by the row's name, any fix is taken for its own: a
    // finding with a fix is held to the lower limit.
    private static void SetFixed(ReportDraft draft, FindingRow row, List<OsvAffected> affected, string? name)
    {
        var own = affected.Where(one => string.Equals(one.Name, name, StringComparison.Ordinal)).ToList();
        var versions = (own.Count > 0 ? own : affected).SelectMany(one => one.Fixed).Distinct(StringComparer.Ordinal).ToList();
        draft.Resume(row);
        draft.SetFixed(versions);
    }
}
