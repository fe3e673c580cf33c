// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Scanning.Reading;

namespace SupplyChain.Scanning.Aws;

/// <summary>
/// What Amazon ECR answers to DescribeImageScanFindings: findings of its own basic scan, or "enhanced" ones of Amazon
/// Inspector.
/// </summary>
internal static class EcrFormat
{
    private const string Name = "Amazon ECR JSON";

    private static readonly Shape Findings = Shape.Object(
        [
            ("findings", Shape.Array(EcrFinding.Finding, begin: draft => Facts(draft).HasFindings = true)),
            ("enhancedFindings", Shape.Array(InspectorFinding.Finding, begin: draft => Facts(draft).HasEnhancedFindings = true)),
            ("imageScanCompletedAt", Shape.Anything((draft, ref value) =>
                Facts(draft).CompletedAt = draft.Time(ref value, "imageScanCompletedAt"))),
            ("vulnerabilitySourceUpdatedAt", Shape.Anything((draft, ref value) =>
                Facts(draft).SourceUpdatedAt = draft.Time(ref value, "vulnerabilitySourceUpdatedAt"))),
            ("findingSeverityCounts", Shape.Map(Shape.Anything((draft, ref value) =>
                Facts(draft).Counted += draft.Number(ref value, Limits.Findings, "a count of findings") ?? 0))),
        ]);

    /// <summary>The format.</summary>
    public static readonly ReportFormat Format = new()
    {
        Name = Name,
        Marks = ["imageScanFindings", "imageScanStatus"],
        Members =
        [
            ("imageScanFindings", Findings),
            ("imageScanStatus", Shape.Object([("status", Shape.Text((draft, text) => Facts(draft).Status = text))])),
            ("imageId", Shape.Object(
            [
                ("imageDigest", Shape.Text((draft, text) =>
                {
                    Facts(draft).HasImage |= text.Length > 0;
                    draft.AddDigestOnce(Facts(draft).Images, text);
                })),
                ("imageTag", Shape.Text((draft, text) => Facts(draft).HasImage |= text.Length > 0)),
            ])),
            ("nextToken", AwsFindings.NextToken),
        ],
        Complete = Complete,
    };

    private static AwsFacts Facts(ReportDraft draft) => draft.Facts<AwsFacts>();

    private static ScanReport? Complete(ReportDraft draft)
    {
        var facts = Facts(draft);
        if (facts.BasicFindings > 0 && facts.Findings > facts.BasicFindings)
            draft.Refuse(ReasonCode.ReportFormat, "this has findings of ECR's basic scan and of Amazon Inspector; send one scanner's own output");
        else if (facts.OtherResources > 0)
            draft.Refuse(ReasonCode.ReportFormat, "a finding of the image's scan is about something else than an image");
        else if (draft.HasRowWithoutId)
            draft.Refuse(ReasonCode.ReportFormat, "a finding names no vulnerability");
        if (draft.Refusal is not null)
            return null;

        if (facts.Status is not ("COMPLETE" or "ACTIVE"))
            draft.AddError($"the status of the scan is '{Printable.Escape(facts.Status)}', neither COMPLETE nor ACTIVE");
        if (facts.Counted > facts.Findings)
            draft.AddError($"the summary counts {facts.Counted:F0} findings, of which {facts.Findings} are listed");

        var subjects = AwsFindings.ReadSubjects(facts);
        var isBasic = facts.BasicFindings > 0 || !facts.HasEnhancedFindings;
        return draft.ToReport(new ScannerIdentity(isBasic ? "amazon-ecr" : InspectorFormat.Scanner, null), Name, Cover(draft)) with
        {
            Time = facts.CompletedAt,
            DatabaseTime = facts.SourceUpdatedAt,
            Subjects = subjects.Subjects,
            MalformedSubjects = subjects.Malformed,
        };
    }

    private static Coverage Cover(ReportDraft draft) => Facts(draft) switch
    {
        { HasFindings: false, HasEnhancedFindings: false } => new Coverage
        {
            Vulnerabilities = VulnerabilityCoverage.NotScanned,
            Because = "the report has no list of findings",
        },
        { HasImage: false } when draft.Live.Count + draft.Suppressed.Count == 0 => new Coverage
        {
            Vulnerabilities = VulnerabilityCoverage.Empty,
            Because = "there are no findings, and no image is named that was scanned",
        },
        _ => new Coverage
        {
            Vulnerabilities = VulnerabilityCoverage.Scanned,
            Because = draft.Live.Count + draft.Suppressed.Count > 0 ? "the report has findings" : "there are no findings",
        },
    };
}
