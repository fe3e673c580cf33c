// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using SupplyChain.Model;
using SupplyChain.Scanning.Reading;

namespace SupplyChain.Scanning.Google;

/// <summary>One occurrence: an analysis, or a vulnerability with a row for every package that it is in.</summary>
internal static class OccurrenceShape
{
    private static readonly Shape Location = Shape.Object(
        [("filePath", Shape.Text((draft, text) => draft.AddTo(Facts(draft).Issue.Locations, text, "locations")))]);

    private static readonly Shape Issue = Shape.Object(
        [
            ("affectedPackage", Shape.Text((draft, text) => Facts(draft).Issue.Name = text)),
            ("packageType", Shape.Text((draft, text) => Facts(draft).Issue.Type = text)),
            ("affectedVersion", Version(issue => issue.Affected)),
            ("fixedVersion", Version(issue => issue.Fixed)),
            ("fixAvailable", Shape.Flag(draft => Facts(draft).Issue.IsFixAvailable = true)),
            ("effectiveSeverity", Shape.Anything((draft, ref value) => Facts(draft).Issue.EffectiveSeverity = draft.SeverityWord(ref value))),
            ("fileLocation", Shape.Array(Location)),
        ],
        begin: BeginIssue);

    private static readonly Shape Assessment = Shape.Object(
        [
            ("state", Shape.Text((draft, text) => Facts(draft).Occurrence.Assessment!.Status = text)),
            ("noteName", Shape.Text((draft, text) => Facts(draft).Occurrence.Assessment!.Origin = text)),
            ("justification", Shape.Object(
                [("details", Shape.Text((draft, text) => Facts(draft).Occurrence.Assessment!.Statement = text))])),
        ],
        begin: draft => Facts(draft).Occurrence.Assessment = new Suppression());

    private static readonly Shape Vulnerability = Shape.Object(
        [
            ("severity", Shape.Anything((draft, ref value) => Facts(draft).Occurrence.Severity = draft.SeverityWord(ref value))),
            ("effectiveSeverity", Shape.Anything((draft, ref value) => Facts(draft).Occurrence.EffectiveSeverity = draft.SeverityWord(ref value))),
            ("cvssScore", Shape.Anything((draft, ref value) => draft.AddScore(draft.Number(ref value, 10, "cvssScore"), null))),
            ("cvssV2", Score("baseScore")),
            ("cvssv3", Score("baseScore")),
            ("fixAvailable", Shape.Flag(draft => Facts(draft).Occurrence.IsFixAvailable = true)),
            ("packageIssue", Shape.Array(Issue)),
            ("vexAssessment", Assessment),
        ],
        begin: BeginVulnerability);

    private static readonly Shape Discovery = Shape.Object(
        [
            ("analysisStatus", Shape.Text(TakeStatus)),
            ("continuousAnalysis", Shape.Text((draft, text) =>
            {
                if (text is "INACTIVE")
                    draft.Note("continuousAnalysis is INACTIVE: vulnerabilities that became known since the last scan are missing");
            })),
            ("lastScanTime", Shape.Anything((draft, ref value) =>
            {
                var time = draft.Time(ref value, "lastScanTime");
                if (Facts(draft).LastScan is null || time < Facts(draft).LastScan)
                    Facts(draft).LastScan = time;
            })),
        ]);

    /// <summary>The occurrence.</summary>
    public static readonly Shape Occurrence = Shape.Object(
        [
            ("kind", Shape.Text((draft, text) => Facts(draft).Occurrence.Kind = text)),
            ("noteName", Shape.Text((draft, text) => Facts(draft).Occurrence.Note = text)),
            ("resourceUri", Shape.Text((draft, text) => Facts(draft).Occurrence.Resource = text)),
            ("vulnerability", Vulnerability),
            ("discovery", Discovery),
        ],
        begin: draft => Facts(draft).Occurrence = new Occurrence(),
        end: End);

    private static ArtifactAnalysisFacts Facts(ReportDraft draft) => draft.Facts<ArtifactAnalysisFacts>();

    private static Shape Score(string name) => Shape.Object(
        [(name, Shape.Anything((draft, ref value) => draft.AddScore(draft.Number(ref value, 10, name), null)))]);

    private static Shape Version(Func<PackageIssue, PackageVersion> of) => Shape.Object(
        [
            ("kind", Shape.Text((draft, text) => Facts(draft).Version.Kind = text)),
            ("fullName", Shape.Text((draft, text) => Facts(draft).Version.FullName = text)),
            ("epoch", Shape.Anything((draft, ref value) => Facts(draft).Version.Epoch =
                value.TokenType == JsonTokenType.Number ? draft.Text(value.ValueSpan) : null)),
            ("name", Shape.Text((draft, text) => Facts(draft).Version.Name = text)),
            ("revision", Shape.Text((draft, text) => Facts(draft).Version.Revision = text)),
        ],
        begin: draft => Facts(draft).Version = of(Facts(draft).Issue));

    private static void BeginVulnerability(ReportDraft draft)
    {
        draft.BeginRow();
        Facts(draft).Occurrence.Row = draft.Row;
    }

    private static void BeginIssue(ReportDraft draft)
    {
        var occurrence = Facts(draft).Occurrence;
        if (occurrence.Issues.Count > 0)
            draft.BeginRow();
        draft.Resume(occurrence.Row!);
        occurrence.Issues.Add(Facts(draft).Issue = new PackageIssue());
    }

    private static void TakeStatus(ReportDraft draft, string status)
    {
        Facts(draft).HasStatus = true;
        if (status is not "FINISHED_SUCCESS")
            draft.AddError($"analysisStatus is '{Printable.Escape(status)}', not FINISHED_SUCCESS");
    }

    private static void End(ReportDraft draft)
    {
        var (facts, occurrence) = (Facts(draft), Facts(draft).Occurrence);
        if (string.IsNullOrEmpty(occurrence.Resource))
            facts.HasUnnamedImage = true;
        else
            draft.AddDigestOnce(facts.Names, occurrence.Resource);

        if (occurrence.Row is null && occurrence.Kind is "VULNERABILITY")
            BeginVulnerability(draft);
        if (occurrence.Row is not { } row)
            return;

        draft.Resume(row);
        draft.SetId(occurrence.Note?[(occurrence.Note.LastIndexOf('/') + 1)..] ?? "");
        row.Suppression = occurrence.Assessment;
        foreach (var issue in occurrence.Issues.DefaultIfEmpty(new PackageIssue()))
            AddRow(draft, occurrence, issue);
    }

    private static void AddRow(ReportDraft draft, Occurrence occurrence, PackageIssue issue)
    {
        draft.Resume(new FindingRow());
        var row = draft.Row;
        row.TakeFrom(occurrence.Row!);
        (row.PackageName, row.PackageType, row.PackageVersion) = (issue.Name, issue.Type, issue.Affected.Text);

        // The distribution's word; the other is the standard one of whoever described the vulnerability.
        row.SeverityWord = issue.EffectiveSeverity ?? occurrence.EffectiveSeverity ?? occurrence.Severity;
        row.FixedVersion = issue.Fixed.Text;
        row.IsFixUnknown = issue.IsFixAvailable || (occurrence.IsFixAvailable && occurrence.Issues.Count < 2);
        foreach (var location in issue.Locations)
            draft.AddLocation(location);

        if (row.Suppression?.Status is "NOT_AFFECTED" or "FIXED")
        {
            draft.AddSuppressed();
            return;
        }

        row.Status = row.Suppression?.Status;
        row.Suppression = null;
        draft.AddLive();
    }
}
