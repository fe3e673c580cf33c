// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Scanning.Reading;

namespace SupplyChain.Scanning.Aws;

/// <summary>
/// What Amazon Inspector answers to ListFindings. The list may be of many images and of things that are none; all images
/// are named, so that only a list about one is bound to it.
/// </summary>
internal static class InspectorFormat
{
    /// <summary>The name of the scanner, whichever service hands its findings on.</summary>
    public const string Scanner = "amazon-inspector";

    private const string Name = "Amazon Inspector JSON";

    /// <summary>The format.</summary>
    public static readonly ReportFormat Format = new()
    {
        Name = Name,
        Marks = ["findings"],
        Members =
        [
            ("findings", Shape.Array(InspectorFinding.Finding)),
            ("nextToken", AwsFindings.NextToken),
        ],
        Complete = Complete,
    };

    private static ScanReport? Complete(ReportDraft draft)
    {
        var facts = draft.Facts<AwsFacts>();
        if (facts.Findings == 0)
        {
            draft.Refuse(
                ReasonCode.ReportFormat, "this is a list of no findings, which names neither a scanner nor what was scanned");
        }
        else if (facts.Foreign is not null)
        {
            draft.Refuse(
                ReasonCode.ReportScannerNotAccepted,
                $"this is a list with a finding '{Printable.Escape(facts.Foreign)}', which is not Amazon Inspector's");
        }
        else if (draft.HasRowWithoutId)
            draft.Refuse(ReasonCode.ReportFormat, "a finding about an image has no vulnerabilityId");
        if (draft.Refusal is not null)
            return null;

        var subjects = AwsFindings.ReadSubjects(facts);
        return draft.ToReport(new ScannerIdentity(Scanner, null), Name, AwsFindings.Cover(draft)) with
        {
            Time = facts.LastObserved,
            Subjects = subjects.Subjects,
            MalformedSubjects = subjects.Malformed,
        };
    }
}
