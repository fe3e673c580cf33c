// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Scanning.Reading;
using SupplyChain.Scanning.Results;

namespace SupplyChain.Scanning.Twistcli;

/// <summary>One result of twistcli, the command of Prisma Cloud, formerly Twistlock: one image.</summary>
internal static class TwistcliImage
{
    private const string FixedIn = "fixed in ";

    private static readonly Shape Vulnerability = Shape.Object(
        [
            ("id", Shape.Text((draft, text) => draft.SetId(text))),
            ("status", Shape.Text((draft, text) => draft.Row.Status = text)),
            ("severity", Shape.Anything((draft, ref value) => draft.SetSeverity(ref value))),
            ("packageName", Shape.Text((draft, text) => draft.Row.PackageName = text)),
            ("packageVersion", Shape.Text((draft, text) => draft.Row.PackageVersion = text)),
            ("cvss", Shape.Anything((draft, ref value) => Facts(draft).Score = draft.Number(ref value, 10, "cvss"))),
            ("vector", Shape.Text((draft, text) => Facts(draft).Vector = text)),
        ],
        begin: draft =>
        {
            draft.BeginRow();
            (Facts(draft).Score, Facts(draft).Vector) = (null, null);
        },
        end: draft =>
        {
            // The only place for a version that fixes it.
            if (draft.Row.Status?.StartsWith(FixedIn, StringComparison.OrdinalIgnoreCase) == true)
                draft.Row.FixedVersion = draft.Row.Status[FixedIn.Length..];
            draft.AddScore(Facts(draft).Score, Facts(draft).Vector);
            draft.AddLive();
        });

    private static readonly Shape Violation = Shape.Object(
        [
            ("title", Shape.Text((draft, text) => Facts(draft).Other!.Title = text)),
            ("severity", Shape.Anything((draft, ref value) => Facts(draft).Other!.SeverityWord = draft.SeverityWord(ref value))),
        ],
        begin: draft => Facts(draft).Other = draft.AddOther(OtherFindingKind.Misconfiguration));

    /// <summary>What only twistcli says of a result.</summary>
    public static readonly (string Name, Shape Shape)[] Members =
    [
        ("id", Shape.Text((draft, text) => AddDigest(draft, Facts(draft).ImageIds, text))),
        ("digest", Shape.Text((draft, text) => AddDigest(draft, Facts(draft).RepoDigests, text))),
        ("distro", Shape.Text((draft, text) => Facts(draft).Distro = text)),
        ("scanTime", Shape.Anything((draft, ref value) =>
            Facts(draft).Time = ReportTime.Older(Facts(draft).Time, draft.Time(ref value, "scanTime")))),
        ("vulnerabilities", Shape.Array(Vulnerability, begin: draft =>
        {
            draft.Facts<ResultsFacts>().IsTwistcli = true;
            Facts(draft).HasVulnerabilities = true;
        })),
        ("vulnerabilityDistribution", Shape.Object(
            [
                ("total", Shape.Anything((draft, ref value) =>
                {
                    if (draft.Number(ref value, Limits.Findings, "total") is { } total)
                        Facts(draft).Counted = (Facts(draft).Counted ?? 0) + total;
                })),
            ],
            begin: draft => draft.Facts<ResultsFacts>().IsTwistcli = true)),
        ("compliances", Shape.Array(Violation)),
    ];

    /// <summary>The report of a document that twistcli wrote.</summary>
    public static ScanReport Complete(ReportDraft draft)
    {
        var facts = Facts(draft);
        var subjects = new SubjectList();
        foreach (var digest in facts.RepoDigests)
            subjects.Add(SubjectRole.Repository, digest);
        foreach (var id in facts.ImageIds)
            subjects.Add(SubjectRole.Config, id);
        if (draft.Facts<ResultsFacts>().Results > 1)
            subjects.AddContradiction("the report is of several images");

        return draft.ToReport(new ScannerIdentity("twistcli", null), "twistcli JSON", Cover(draft)) with
        {
            Time = facts.Time,
            Subjects = subjects.Subjects,
            MalformedSubjects = subjects.Malformed,
        };
    }

    private static TwistcliFacts Facts(ReportDraft draft) => draft.Facts<ResultsFacts>().Twistcli;

    private static void AddDigest(ReportDraft draft, List<string> digests, string text)
    {
        draft.Facts<ResultsFacts>().IsTwistcli = true;
        draft.AddDigest(digests, text);
    }

    private static Coverage Cover(ReportDraft draft)
    {
        var (facts, packages) = (Facts(draft), draft.Facts<ResultsFacts>().Packages);
        var (coverage, because) = facts switch
        {
            _ when draft.Live.Count > 0 => (VulnerabilityCoverage.Scanned, "the report has vulnerabilities"),
            { HasVulnerabilities: false, Counted: null } => (VulnerabilityCoverage.NotScanned, "the report has neither vulnerabilities nor their number"),
            { Counted: > 0 } => (VulnerabilityCoverage.NotScanned, "the report counts vulnerabilities, and none is listed"),
            _ when packages == 0 => (VulnerabilityCoverage.Empty, "there are no vulnerabilities, and no packages are listed"),
            _ => (VulnerabilityCoverage.Scanned, "packages are listed, and nothing was found"),
        };
        return new Coverage
        {
            Vulnerabilities = coverage,
            Because = because,
            SourceType = "container_image",
            IsOsRecognised = !string.IsNullOrEmpty(facts.Distro),
            OsFamily = string.IsNullOrEmpty(facts.Distro) ? null : facts.Distro,
            Packages = packages,
            Misconfigurations = draft.CountOthers(OtherFindingKind.Misconfiguration),
        };
    }
}
