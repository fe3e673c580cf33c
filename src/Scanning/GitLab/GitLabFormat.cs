// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Scanning.Reading;

namespace SupplyChain.Scanning.GitLab;

/// <summary>GitLab's report of a container scan, whichever scanner made it.</summary>
internal static class GitLabFormat
{
    private const string Name = "GitLab container scanning";

    private const string ContainerScan = "container_scanning";

    private static readonly Shape Message = Shape.Object(
        [
            ("level", Shape.Text((draft, text) =>
            {
                if (text is "fatal" or "error")
                    draft.AddError("the scan left a message of an error");
            })),
        ]);

    private static readonly Shape Scan = Shape.Object(
        [
            ("type", Shape.Text((draft, text) => Facts(draft).Type = text)),
            ("status", Shape.Text((draft, text) => Facts(draft).Status = text)),
            ("start_time", Shape.Anything((draft, ref value) =>
                Facts(draft).Time = ReportTime.Older(Facts(draft).Time, draft.Time(ref value, "start_time")))),
            ("end_time", Shape.Anything((draft, ref value) =>
                Facts(draft).Time = ReportTime.Older(Facts(draft).Time, draft.Time(ref value, "end_time")))),
            ("messages", Shape.Array(Message)),
            ("scanner", Shape.Object(
            [
                ("name", Shape.Text((draft, text) => Facts(draft).ScannerName = text)),
                ("version", Shape.Text((draft, text) => Facts(draft).ScannerVersion = text)),
            ])),
        ]);

    /// <summary>The format.</summary>
    public static readonly ReportFormat Format = new()
    {
        Name = Name,
        Marks = ["scan"],
        Members =
        [
            ("scan", Scan),
            ("vulnerabilities", Shape.Array(GitLabVulnerability.Row, begin: draft => Facts(draft).HasVulnerabilities = true)),
        ],
        Complete = Complete,
    };

    private static GitLabFacts Facts(ReportDraft draft) => draft.Facts<GitLabFacts>();

    private static ScanReport? Complete(ReportDraft draft)
    {
        var facts = Facts(draft);
        if (facts.Type is not ContainerScan)
        {
            draft.Refuse(
                ReasonCode.ReportFormat,
                $"of GitLab's reports only those of {ContainerScan} are accepted, this is of '{Printable.Escape(facts.Type)}'");
        }
        else if (draft.HasRowWithoutId)
            draft.Refuse(ReasonCode.ReportFormat, "a vulnerability has no identifier but those of weaknesses");
        if (draft.Refusal is not null)
            return null;

        if (facts.Status is not "success")
            draft.AddError($"the scan's status is '{Printable.Escape(facts.Status)}', not success");

        var subjects = ReadSubjects(facts);
        var scanner = ScannerIdentity.Of(facts.ScannerName, facts.ScannerVersion) ?? ScannerIdentity.Unnamed;
        return draft.ToReport(scanner, Name, Cover(draft)) with
        {
            Kind = ReportKind.GitLab,
            Time = facts.Time,
            Subjects = subjects.Subjects,
            MalformedSubjects = subjects.Malformed,
        };
    }

    // The image stands at each row, as the scanner was asked for it: by a tag, or by a digest.
    private static SubjectList ReadSubjects(GitLabFacts facts)
    {
        var subjects = new SubjectList();
        if (facts.Images.Count > 1)
            subjects.AddContradiction("the report is of several images");
        else if (facts.Images is [var image] && image.Contains("@sha256:", StringComparison.Ordinal))
            subjects.AddNamed(image);
        return subjects;
    }

    private static Coverage Cover(ReportDraft draft)
    {
        var (coverage, because) = Facts(draft) switch
        {
            _ when draft.Live.Count > 0 => (VulnerabilityCoverage.Scanned, "the report has vulnerabilities"),
            { HasVulnerabilities: true } => (VulnerabilityCoverage.Empty, "there are no vulnerabilities, and nothing is named that was scanned"),
            _ => (VulnerabilityCoverage.NotScanned, "the report has no vulnerabilities member"),
        };
        return new Coverage { Vulnerabilities = coverage, Because = because, SourceType = "container_image" };
    }
}
