// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Scanning.Reading;

namespace SupplyChain.Scanning.CycloneDx;

/// <summary>The components of a document, which its vulnerabilities refer to, and the one it is about.</summary>
internal static class CycloneDxComponents
{
    private static readonly (string Name, Shape Shape)[] Members =
    [
        ("bom-ref", Shape.Text((draft, text) => Current(draft).Reference = text)),
        ("type", Shape.Text((draft, text) => Current(draft).Type = text)),
        ("group", Shape.Text((draft, text) => Current(draft).Group = text)),
        ("name", Shape.Text((draft, text) => Current(draft).Name = text)),
        ("version", Shape.Text((draft, text) => Current(draft).Version = text)),
        ("purl", Shape.Text((draft, text) => Current(draft).Purl = text)),
        ("components", Shape.Array(() => Component!)),
    ];

    // Trivy's.
    private static readonly Shape Property = Shape.Object(
        [
            ("name", Shape.Text((draft, text) => Facts(draft).PropertyName = text)),
            ("value", Shape.Text((draft, text) => Facts(draft).PropertyValue = text)),
        ],
        begin: draft => (Facts(draft).PropertyName, Facts(draft).PropertyValue) = (null, null),
        end: draft =>
        {
            var facts = Facts(draft);
            if (facts.PropertyName is "aquasecurity:trivy:RepoDigest")
                draft.AddDigest(facts.RepoDigests, facts.PropertyValue ?? "");
            else if (facts.PropertyName is "aquasecurity:trivy:ImageID")
                draft.AddDigest(facts.ImageIds, facts.PropertyValue ?? "");
        });

    private static readonly Shape Component = Shape.Object(Members, begin: Open, end: draft =>
    {
        var facts = Facts(draft);
        var component = Close(draft);
        facts.Packages = (facts.Packages ?? 0) + 1;
        if (component.Type is "operating-system")
            facts.OperatingSystem ??= component;
    });

    /// <summary>The list of components.</summary>
    public static readonly Shape Components = Shape.Array(Component, begin: draft => Facts(draft).Packages ??= 0);

    /// <summary>What the document is about.</summary>
    public static readonly Shape Subject = Shape.Object(
        [.. Members, ("properties", Shape.Array(Property))], begin: Open, end: draft => Facts(draft).Subject = Close(draft));

    private static CycloneDxFacts Facts(ReportDraft draft) => draft.Facts<CycloneDxFacts>();

    private static CycloneDxComponent Current(ReportDraft draft) => Facts(draft).Open.Peek();

    private static void Open(ReportDraft draft) => Facts(draft).Open.Push(new CycloneDxComponent());

    private static CycloneDxComponent Close(ReportDraft draft)
    {
        var facts = Facts(draft);
        var component = facts.Open.Pop();
        if (string.IsNullOrEmpty(component.Reference))
            return component;

        if (facts.Components.Count == Limits.ReportComponents)
            draft.Refuse(ReasonCode.ReportLimit, $"the report has more than {Limits.ReportComponents} components");
        else if (!facts.Components.TryAdd(component.Reference, component))
            draft.Refuse(ReasonCode.ReportFormat, $"two components have the bom-ref '{Printable.Escape(component.Reference)}'");
        return component;
    }
}
