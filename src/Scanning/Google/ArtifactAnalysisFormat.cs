// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model.Decisions;
using SupplyChain.Scanning.Reading;

namespace SupplyChain.Scanning.Google;

/// <summary>
/// Google Artifact Analysis, before called Container Analysis: what gcloud describes of an image, or the occurrences that
/// the API lists, as one document or as a bare list of them.
/// </summary>
internal static class ArtifactAnalysisFormat
{
    private const string Name = "Google Artifact Analysis JSON";

    /// <summary>The format.</summary>
    public static readonly ReportFormat Format = new()
    {
        Name = Name,
        Marks = ["package_vulnerability_summary", "discovery_summary", "image_summary", "occurrences"],
        Members =
        [
            ("image_summary", Shape.Object(
            [
                ("digest", Shape.Text((draft, text) => Facts(draft).ImageDigest = text)),
                ("fully_qualified_digest", Shape.Text((draft, text) => draft.AddDigestOnce(Facts(draft).Names, text))),
            ])),
            ("package_vulnerability_summary", Shape.Object(
                [
                    ("vulnerabilities", Shape.Map(
                        Shape.Array(OccurrenceShape.Occurrence), begin: draft => Facts(draft).HasVulnerabilities = true)),
                ],
                begin: draft => Facts(draft).IsSummary = true)),
            ("discovery_summary", Shape.Object(
                [("discovery", Shape.Array(OccurrenceShape.Occurrence))], begin: draft => Facts(draft).IsSummary = true)),
            ("occurrences", Shape.Array(OccurrenceShape.Occurrence)),
            ("nextPageToken", Shape.Text((draft, text) =>
            {
                if (text.Length > 0)
                    draft.AddError("this is one page of the occurrences, and more follow");
            })),
        ],
        ElementMarks = ["noteName"],
        Element = OccurrenceShape.Occurrence,
        Complete = Complete,
    };

    private static ArtifactAnalysisFacts Facts(ReportDraft draft) => draft.Facts<ArtifactAnalysisFacts>();

    private static ScanReport? Complete(ReportDraft draft)
    {
        var facts = Facts(draft);
        if (draft.HasRowWithoutId)
            draft.Refuse(ReasonCode.ReportFormat, "an occurrence of a vulnerability names none");
        if (draft.Refusal is not null)
            return null;

        if (!facts.HasStatus)
            draft.AddError("no analysisStatus says that the analysis is FINISHED_SUCCESS");

        var subjects = new SubjectList();
        subjects.Add(SubjectRole.Repository, facts.ImageDigest);
        foreach (var name in facts.Names)
            subjects.AddNamed(name.StartsWith("https://", StringComparison.Ordinal) ? name["https://".Length..] : name);
        if (facts.HasUnnamedImage)
            subjects.AddContradiction("an occurrence names no image");

        return draft.ToReport(new ScannerIdentity("google-artifact-analysis", null), Name, Cover(draft)) with
        {
            Time = facts.LastScan,
            Subjects = subjects.Subjects,
            MalformedSubjects = subjects.Malformed,
        };
    }

    // A list of occurrences may have been asked for with a filter, of which nothing is left in the answer.
    private static Coverage Cover(ReportDraft draft)
    {
        var facts = Facts(draft);
        var (coverage, because) = facts switch
        {
            _ when draft.Live.Count + draft.Suppressed.Count > 0 => (VulnerabilityCoverage.Scanned, "the report has vulnerabilities"),
            { HasVulnerabilities: true } => (VulnerabilityCoverage.Scanned, "the summary of vulnerabilities is empty"),
            { IsSummary: true } => (VulnerabilityCoverage.NotScanned, "the report has no summary of vulnerabilities"),
            _ => (VulnerabilityCoverage.Empty, "no occurrence is of a vulnerability, and the list does not tell whether those were asked for"),
        };
        return new Coverage { Vulnerabilities = coverage, Because = because };
    }
}
