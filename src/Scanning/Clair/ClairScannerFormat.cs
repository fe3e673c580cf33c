// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model.Decisions;
using SupplyChain.Scanning.Reading;

namespace SupplyChain.Scanning.Clair;

/// <summary>The report of clair-scanner, a client of Clair. It names its image by a tag.</summary>
internal static class ClairScannerFormat
{
    private const string Name = "clair-scanner JSON";

    private static readonly Shape Vulnerability = Shape.Object(
        [
            ("vulnerability", Shape.Text((draft, text) => draft.SetId(text))),
            ("severity", Shape.Anything((draft, ref value) => draft.SetSeverity(ref value))),
            ("fixedby", Shape.Text((draft, text) => draft.Row.FixedVersion = text)),
            ("featurename", Shape.Text((draft, text) => draft.Row.PackageName = text)),
            ("featureversion", Shape.Text((draft, text) => draft.Row.PackageVersion = text)),
        ],
        begin: draft => draft.BeginRow(),
        end: draft => draft.AddLive());

    /// <summary>The format. That an id was approved, by a list of its user's, changes nothing here.</summary>
    public static readonly ReportFormat Format = new()
    {
        Name = Name,
        Marks = ["unapproved"],
        Members =
        [
            ("image", Shape.Text((draft, text) => Facts(draft).HasImage = text.Length > 0)),
            ("unapproved", Shape.Counted(draft => Facts(draft).Unapproved++)),
            ("vulnerabilities", Shape.Array(Vulnerability, begin: draft => Facts(draft).HasList = true)),
        ],
        Complete = Complete,
    };

    private static ClairListFacts Facts(ReportDraft draft) => draft.Facts<ClairListFacts>();

    private static ScanReport? Complete(ReportDraft draft)
    {
        if (draft.HasRowWithoutId)
            draft.Refuse(ReasonCode.ReportFormat, "a row names no vulnerability");
        if (draft.Refusal is not null)
            return null;

        if (Facts(draft).Unapproved > draft.Live.Count)
            draft.Note($"{Facts(draft).Unapproved} vulnerabilities are unapproved, of which the report describes {draft.Live.Count}");
        return draft.ToReport(new ScannerIdentity("clair-scanner", null), Name, Cover(draft));
    }

    private static Coverage Cover(ReportDraft draft)
    {
        var (coverage, because) = Facts(draft) switch
        {
            { HasList: false } => (VulnerabilityCoverage.NotScanned, "the report has no list of vulnerabilities"),
            _ when draft.Live.Count > 0 => (VulnerabilityCoverage.Scanned, "the report has vulnerabilities"),
            { Unapproved: > 0 } => (VulnerabilityCoverage.NotScanned, "vulnerabilities are unapproved that the report does not list"),
            { HasImage: false } => (VulnerabilityCoverage.Empty, "there are no vulnerabilities, and no image is named that was scanned"),
            _ => (VulnerabilityCoverage.Scanned, "the report lists vulnerabilities, and there are none"),
        };
        return new Coverage { Vulnerabilities = coverage, Because = because };
    }
}
