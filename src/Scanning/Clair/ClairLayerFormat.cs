// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Scanning.Reading;

namespace SupplyChain.Scanning.Clair;

/// <summary>
/// The analysis of a layer, with those below it, by Clair before version 4, also as Quay hands it on, whatever Clair it has.
/// The layer's name is of no fixed kind, so that it names no image.
/// </summary>
internal static class ClairLayerFormat
{
    private const string Name = "Clair layer JSON";

    private static readonly Shape Vulnerability = Shape.Object(
        [
            ("Name", Shape.Text((draft, text) => draft.SetId(text))),
            ("Severity", Shape.Anything((draft, ref value) => draft.SetSeverity(ref value))),
            ("FixedBy", Shape.Text((draft, text) => draft.Row.FixedVersion = text)),
        ],
        begin: draft => draft.BeginRow(),
        end: draft => draft.AddLive());

    private static readonly Shape Feature = Shape.Object(
        [
            ("Name", Shape.Text((draft, text) => Facts(draft).FeatureName = text)),
            ("Version", Shape.Text((draft, text) => Facts(draft).FeatureVersion = text)),
            ("VersionFormat", Shape.Text((draft, text) => Facts(draft).FeatureFormat = text)),
            ("Vulnerabilities", Shape.Array(Vulnerability)),
        ],
        begin: draft =>
        {
            var facts = Facts(draft);
            (facts.FeatureName, facts.FeatureVersion, facts.FeatureFormat) = (null, null, null);
            facts.FirstLive = draft.Live.Count;
            facts.Features++;
        },
        end: draft =>
        {
            var facts = Facts(draft);
            foreach (var row in draft.Live.Skip(facts.FirstLive))
                (row.PackageName, row.PackageVersion, row.PackageType) = (facts.FeatureName, facts.FeatureVersion, facts.FeatureFormat);
        });

    private static readonly Shape Layer = Shape.Object(
        [
            ("Features", Shape.Array(Feature, begin: draft => Facts(draft).HasList = true)),
        ],
        begin: draft => Facts(draft).Layers++);

    /// <summary>The format.</summary>
    public static readonly ReportFormat Format = new()
    {
        Name = Name,
        Marks = ["Layer", "data"],
        Members =
        [
            ("Layer", Layer),
            ("data", Shape.Object([("Layer", Layer)], begin: draft => Facts(draft).IsOfQuay = true)),
            ("status", Shape.Text((draft, text) => Facts(draft).Status = text)),
        ],
        Complete = Complete,
    };

    private static ClairListFacts Facts(ReportDraft draft) => draft.Facts<ClairListFacts>();

    private static ScanReport? Complete(ReportDraft draft)
    {
        var facts = Facts(draft);
        if (facts.Layers > 1)
            draft.Refuse(ReasonCode.ReportFormat, "this has two analyses of a layer; send one scanner's own output");
        else if (draft.HasRowWithoutId)
            draft.Refuse(ReasonCode.ReportFormat, "a vulnerability has no Name");
        if (draft.Refusal is not null)
            return null;

        if (facts.Status is null ? facts.IsOfQuay : facts.Status is not "scanned")
            draft.AddError($"the status of the scan is '{Printable.Escape(facts.Status)}', not scanned");
        return draft.ToReport(new ScannerIdentity("clair", null), Name, Cover(draft));
    }

    private static Coverage Cover(ReportDraft draft)
    {
        var facts = Facts(draft);
        var (coverage, because) = facts switch
        {
            { HasList: false } => (VulnerabilityCoverage.NotScanned, "the report has no Features"),
            { Features: 0 } => (VulnerabilityCoverage.Empty, "Features is an empty list"),
            _ => (VulnerabilityCoverage.Scanned, "the report lists what was scanned"),
        };
        return new Coverage { Vulnerabilities = coverage, Because = because, Packages = facts.HasList ? facts.Features : null };
    }
}
