// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Scanning.Reading;

namespace SupplyChain.Scanning.Harbor;

/// <summary>
/// The report that scanners hand to Harbor, as a scanner adapter gives it, or as Harbor's own API does: as a member that is
/// named by the report's media type.
/// </summary>
internal static class HarborFormat
{
    private const string Name = "Harbor JSON";

    private static readonly string[] MediaTypes =
    [
        "application/vnd.security.vulnerability.report; version=1.1",
        "application/vnd.scanner.adapter.vuln.report.harbor+json; version=1.0",
    ];

    private static readonly (string Name, Shape Shape)[] Report =
    [
        ("generated_at", Shape.Anything((draft, ref value) =>
        {
            Facts(draft).Reports++;
            Facts(draft).GeneratedAt = draft.Time(ref value, "generated_at");
        })),
        ("artifact", Shape.Object(
        [
            ("repository", Shape.Text((draft, text) => Facts(draft).Repository = text)),
            ("digest", Shape.Text((draft, text) => Facts(draft).ArtifactDigest = text)),
        ])),
        ("scanner", Shape.Object(
            [
                ("name", Shape.Text((draft, text) => Facts(draft).ScannerName = text)),
                ("version", Shape.Text((draft, text) => Facts(draft).ScannerVersion = text)),
            ],
            begin: draft => Facts(draft).Scanners++)),
        ("severity", Shape.Text((draft, text) => Facts(draft).Overall = text)),
        ("vulnerabilities", Shape.Array(
            HarborVulnerability.Vulnerability, begin: draft => Facts(draft).HasVulnerabilities = true)),
    ];

    /// <summary>The format.</summary>
    public static readonly ReportFormat Format = new()
    {
        Name = Name,
        Marks = ["generated_at", .. MediaTypes],
        Members = [.. Report, .. MediaTypes.Select(type => (type, Shape.Object(Report)))],
        Complete = Complete,
    };

    private static HarborFacts Facts(ReportDraft draft) => draft.Facts<HarborFacts>();

    private static ScanReport? Complete(ReportDraft draft)
    {
        var facts = Facts(draft);
        if (facts.Reports > 1 || facts.Scanners > 1)
            draft.Refuse(ReasonCode.ReportFormat, "this is more than one report in Harbor's form; send one scanner's own output");
        else if (ScannerIdentity.Of(facts.ScannerName, facts.ScannerVersion) is null)
            draft.Refuse(ReasonCode.ReportFormat, "this has the form of Harbor's report, but names no scanner");
        else if (draft.HasRowWithoutId)
            draft.Refuse(ReasonCode.ReportFormat, "a vulnerability has no id");
        if (draft.Refusal is not null)
            return null;

        var subjects = new SubjectList();
        subjects.Add(SubjectRole.Repository, facts.ArtifactDigest);
        foreach (var digest in facts.FindingDigests.Where(digest => digest != facts.ArtifactDigest))
            subjects.Add(SubjectRole.Repository, digest);

        return draft.ToReport(ScannerIdentity.Of(facts.ScannerName, facts.ScannerVersion)!, Name, Cover(draft)) with
        {
            Kind = ReportKind.Harbor,
            Time = facts.GeneratedAt,
            Subjects = subjects.Subjects,
            MalformedSubjects = subjects.Malformed,
        };
    }

    private static Coverage Cover(ReportDraft draft)
    {
        var facts = Facts(draft);
        var (coverage, because) = facts switch
        {
            { HasVulnerabilities: false } => (VulnerabilityCoverage.NotScanned, "the report has no list of vulnerabilities"),
            _ when draft.Live.Count > 0 => (VulnerabilityCoverage.Scanned, "the report has vulnerabilities"),
            { Overall: not null } when SeverityWords.Read(facts.Overall) != Severity.Unknown =>
                (VulnerabilityCoverage.NotScanned, $"the report lists no vulnerability, but sums up '{Printable.Escape(facts.Overall)}'"),
            { Repository: null or "", ArtifactDigest: null or "" } =>
                (VulnerabilityCoverage.Empty, "there are no vulnerabilities, and nothing is named that was scanned"),
            _ => (VulnerabilityCoverage.Scanned, "the report lists vulnerabilities, and there are none"),
        };
        return new Coverage { Vulnerabilities = coverage, Because = because };
    }
}
