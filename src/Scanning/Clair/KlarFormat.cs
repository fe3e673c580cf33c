// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model.Decisions;
using SupplyChain.Scanning.Reading;

namespace SupplyChain.Scanning.Clair;

/// <summary>The report of klar, a client of Clair. It names no image.</summary>
internal static class KlarFormat
{
    private const string Name = "klar JSON";

    private static readonly Shape Vulnerability = Shape.Object(
        [
            ("Name", Shape.Text((draft, text) => draft.SetId(text))),
            ("Severity", Shape.Anything((draft, ref value) => draft.SetSeverity(ref value))),
            ("FixedBy", Shape.Text((draft, text) => draft.Row.FixedVersion = text)),
            ("FeatureName", Shape.Text((draft, text) => draft.Row.PackageName = text)),
            ("FeatureVersion", Shape.Text((draft, text) => draft.Row.PackageVersion = text)),
        ],
        begin: draft => draft.BeginRow(),
        end: draft => draft.AddLive());

    /// <summary>The format. The lists are sorted by severity, which every row has itself.</summary>
    public static readonly ReportFormat Format = new()
    {
        Name = Name,
        Marks = ["LayerCount"],
        Members =
        [
            ("LayerCount", Shape.Skipped),
            ("Vulnerabilities", Shape.Map(
                Shape.Array(Vulnerability), begin: draft => draft.Facts<ClairListFacts>().HasList = true)),
        ],
        Complete = Complete,
    };

    private static ScanReport? Complete(ReportDraft draft)
    {
        if (draft.HasRowWithoutId)
            draft.Refuse(ReasonCode.ReportFormat, "a vulnerability has no Name");
        return draft.Refusal is null ? draft.ToReport(new ScannerIdentity("klar", null), Name, Cover(draft)) : null;
    }

    private static Coverage Cover(ReportDraft draft)
    {
        var (coverage, because) = draft.Facts<ClairListFacts>() switch
        {
            { HasList: false } => (VulnerabilityCoverage.NotScanned, "the report has no Vulnerabilities"),
            _ when draft.Live.Count > 0 => (VulnerabilityCoverage.Scanned, "the report has vulnerabilities"),
            _ => (VulnerabilityCoverage.Empty, "there are no vulnerabilities, and klar names nothing that it scanned"),
        };
        return new Coverage { Vulnerabilities = coverage, Because = because };
    }
}
