// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Scanning.Reading;

namespace SupplyChain.Scanning.Aws;

/// <summary>What AWS Security Hub answers to GetFindings, of findings that Amazon Inspector gave it.</summary>
internal static class SecurityHubFormat
{
    private const string Name = "AWS Security Hub JSON";

    /// <summary>The format.</summary>
    public static readonly ReportFormat Format = new()
    {
        Name = Name,
        Marks = ["Findings"],
        Members =
        [
            ("Findings", Shape.Array(SecurityHubFinding.Finding)),
            ("NextToken", AwsFindings.NextToken),
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
                $"this is a list with a finding of '{Printable.Escape(facts.Foreign)}'; of Security Hub those of Amazon Inspector are accepted");
        }
        else if (facts.HasOtherVersion)
            draft.Refuse(ReasonCode.ReportFormat, "of Security Hub's findings only SchemaVersion 2018-10-08 is accepted");
        else if (draft.HasRowWithoutId)
            draft.Refuse(ReasonCode.ReportFormat, "a finding about an image names no vulnerability");
        if (draft.Refusal is not null)
            return null;

        var subjects = AwsFindings.ReadSubjects(facts);
        return draft.ToReport(new ScannerIdentity(InspectorFormat.Scanner, null), Name, AwsFindings.Cover(draft)) with
        {
            Time = facts.LastObserved,
            Subjects = subjects.Subjects,
            MalformedSubjects = subjects.Malformed,
        };
    }
}
