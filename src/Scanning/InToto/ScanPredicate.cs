// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model.Decisions;
using SupplyChain.Scanning.Reading;

namespace SupplyChain.Scanning.InToto;

/// <summary>
/// What the predicates of cosign and in-toto for scans have in common: who scanned, when, and a result. With cosign that
/// is the scanner's own report, with in-toto a list of ids.
/// </summary>
internal static class ScanPredicate
{
    private static readonly Shape Database = Shape.Object(
        [
            ("lastUpdate", Shape.Anything((draft, ref value) => Facts(draft).DatabaseTime = draft.Time(ref value, "lastUpdate"))),
        ])
        .OrAnything();

    private static readonly Shape Scanner = Shape.Object(
        [
            ("uri", Shape.Text((draft, text) => Facts(draft).ScannerUri = text)),
            ("version", Shape.Text((draft, text) => Facts(draft).ScannerVersion = text)),
            ("db", Database),
            ("result", Shape.Report(ListedVulnerability.Row)),
        ]);

    private static readonly Shape Metadata = Shape.Object(
        [.. new[] { "scanStartedOn", "scanFinishedOn" }.Select(name => (name, Shape.Anything((draft, ref value) =>
            Facts(draft).Time = ReportTime.Older(Facts(draft).Time, draft.Time(ref value, name)))))])
        .OrAnything();

    /// <summary>The members.</summary>
    public static readonly (string Name, Shape Shape)[] Members = [("scanner", Scanner.OrAnything()), ("metadata", Metadata)];

    /// <summary>The report that cosign's predicate carries, as one of the image that the statement around it is about.</summary>
    /// <remarks>
    /// The scanner is the one that the report names: what the predicate says of it nobody checked. Of all times the oldest
    /// counts: a predicate can be written long after the scan.
    /// </remarks>
    public static ScanReport? CompleteReport(ReportDraft draft, string format)
    {
        var facts = Facts(draft);
        if (draft.Inner is null)
            return Complete(draft, format, VulnerabilityCoverage.NotScanned, "the predicate carries no report");

        var read = draft.Inner.Finish();
        if (read.Problem is { } problem)
            draft.Refuse(problem.Reason, $"inside the {format}: {problem.Message}");
        if (read.Report is not { } report)
            return null;

        var subjects = ReadSubjects(facts);
        return draft.Wrap(report) with
        {
            Format = $"{format} with {report.Format}",
            Time = ReportTime.Older(facts.Time, report.Time),
            DatabaseTime = ReportTime.Older(facts.DatabaseTime, report.DatabaseTime),
            Subjects = [.. report.Subjects, .. subjects.Subjects],
            MalformedSubjects = [.. report.MalformedSubjects, .. subjects.Malformed],
        };
    }

    /// <summary>The list that in-toto's predicate carries. An empty one shows nothing of what was looked at.</summary>
    public static ScanReport? CompleteList(ReportDraft draft, string format)
    {
        var isList = draft.Inner is { IsList: true };
        if (draft.Inner is not null && !isList)
            draft.Refuse(ReasonCode.ReportFormat, "the result of in-toto's vulns predicate is a list, found an object");
        else if (draft.HasRowWithoutId)
            draft.Refuse(ReasonCode.ReportFormat, "a vulnerability of the result has no id");
        if (draft.Refusal is not null)
            return null;

        return (draft.Live.Count, isList) switch
        {
            ( > 0, _) => Complete(draft, format, VulnerabilityCoverage.Scanned, "the result lists vulnerabilities"),
            (_, true) => Complete(draft, format, VulnerabilityCoverage.Empty, "the result is an empty list, and nothing is named that was scanned"),
            _ => Complete(draft, format, VulnerabilityCoverage.NotScanned, "the predicate has no result"),
        };
    }

    private static ScanPredicateFacts Facts(ReportDraft draft) => draft.Facts<ScanPredicateFacts>();

    private static ScanReport Complete(ReportDraft draft, string format, VulnerabilityCoverage coverage, string because)
    {
        var facts = Facts(draft);
        var subjects = ReadSubjects(facts);
        var scanner = ScannerIdentity.Of(facts.ScannerUri, facts.ScannerVersion) ?? ScannerIdentity.Unnamed;
        return draft.ToReport(scanner, format, new Coverage { Vulnerabilities = coverage, Because = because }) with
        {
            Kind = ReportKind.InTotoVulns,
            Time = facts.Time,
            DatabaseTime = facts.DatabaseTime,
            Subjects = subjects.Subjects,
            MalformedSubjects = subjects.Malformed,
        };
    }

    private static SubjectList ReadSubjects(ScanPredicateFacts facts)
    {
        var subjects = new SubjectList();
        foreach (var subject in facts.Subjects)
        {
            if (subject.Sha256 is null)
                subjects.AddContradiction("a subject of the statement has no sha256 digest, and evidence is bound by no other");
            else
                subjects.AddStated(subject.Name, subject.Sha256);
        }

        return subjects;
    }
}
