// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Scanning.Reading;

namespace SupplyChain.Scanning.Trivy;

/// <summary>One entry of <c>Results</c>: what was found in one target.</summary>
internal static class TrivyResults
{
    private static readonly (string Name, Shape Shape)[] OtherMembers =
    [
        ("RuleID", Shape.Text((draft, text) => Facts(draft).Other!.Id = text)),
        ("ID", Shape.Text((draft, text) => Facts(draft).Other!.Id = text)),
        ("Name", Shape.Text((draft, text) => Facts(draft).Other!.Id = text)),
        ("Title", Shape.Text((draft, text) => Facts(draft).Other!.Title = text)),
        ("FilePath", Shape.Text((draft, text) => Facts(draft).Other!.Location = text)),
    ];

    // What it was before it was set aside; the row is added when all that is said of it is known.
    private static readonly Shape Finding = Shape.Object([.. TrivyVulnerability.Members, .. OtherMembers]).OrAnything();

    private static readonly Shape Modified = Shape.Object(
        [
            ("Type", Shape.Text((draft, text) => draft.Row.Suppression!.Type = text)),
            ("Status", Shape.Text((draft, text) => draft.Row.Suppression!.Status = text)),
            ("Statement", Shape.Text((draft, text) => draft.Row.Suppression!.Statement = text)),
            ("Source", Shape.Text((draft, text) => draft.Row.Suppression!.Origin = text)),
            ("Finding", Finding),
        ],
        begin: draft =>
        {
            draft.BeginRow();
            draft.Row.Suppression = new Suppression();
            Facts(draft).Other = new OtherRow(OtherFindingKind.Secret) { IsSetAside = true };
        },
        end: EndModified);

    /// <summary>The entry.</summary>
    public static readonly Shape Result = Shape.Object(
        [
            ("Target", Shape.Text((draft, text) => Facts(draft).Result.Target = text)),
            ("Class", Shape.Text(AddClass)),
            ("Type", Shape.Text((draft, text) => Facts(draft).Result.Type = text)),
            ("Vulnerabilities", Shape.Array(TrivyVulnerability.Live, begin: draft => Facts(draft).Result.HasVulnerabilities = true)),
            ("ExperimentalModifiedFindings", Shape.Array(Modified)),
            ("Packages", Shape.Counted(
                begin: draft => Facts(draft).Packages ??= 0,
                each: draft => Facts(draft).Packages++)),
            ("Secrets", Shape.Array(Other(OtherFindingKind.Secret, []))),
            ("Misconfigurations", Shape.Array(Other(
                OtherFindingKind.Misconfiguration,
                [("Status", Shape.Text((draft, text) => Facts(draft).IsPass = text is "PASS" or "EXCEPTION"))]))),
            ("Licenses", Shape.Array(Other(
                OtherFindingKind.License,
                [("PkgName", Shape.Text((draft, text) => Facts(draft).Other!.Title = text))]))),
        ],
        begin: draft =>
        {
            var facts = Facts(draft);
            facts.Result = new TrivyResult
            {
                FirstLive = draft.Live.Count, FirstSuppressed = draft.Suppressed.Count, FirstOther = draft.Others.Count,
            };
            if (facts.Results++ == Limits.ReportResults)
                draft.Refuse(ReasonCode.ReportLimit, $"the report has more than {Limits.ReportResults} results");
        },
        end: Place);

    private static TrivyFacts Facts(ReportDraft draft) => draft.Facts<TrivyFacts>();

    private static Shape Other(OtherFindingKind kind, (string Name, Shape Shape)[] more) => Shape.Object(
        [
            .. OtherMembers, .. more,
            ("VulnerabilityID", Shape.Text((draft, _) =>
                draft.Refuse(ReasonCode.ReportFormat, "a vulnerability stands in a list of something else"))),
            ("Severity", Shape.Anything((draft, ref value) => Facts(draft).Other!.SeverityWord = draft.SeverityWord(ref value))),
        ],
        begin: draft =>
        {
            Facts(draft).IsPass = false;
            Facts(draft).Other = draft.AddOther(kind);
        },
        end: draft =>
        {
            // Checks that passed can be listed too.
            if (Facts(draft).IsPass)
                draft.Others.RemoveAt(draft.Others.Count - 1);
        });

    // Secrets, misconfigurations and licences are set aside in the same list.
    private static void EndModified(ReportDraft draft)
    {
        var type = draft.Row.Suppression!.Type;
        if (draft.Row.Id is not null || type is null or "vulnerability")
        {
            draft.AddSuppressed();
            return;
        }

        var read = Facts(draft).Other!;
        var row = draft.AddOther(type switch
        {
            "misconfiguration" => OtherFindingKind.Misconfiguration,
            "license" => OtherFindingKind.License,
            _ => OtherFindingKind.Secret,
        });
        (row.Id, row.Title, row.Location) = (read.Id, read.Title ?? draft.Row.PackageName, read.Location);
        (row.SeverityWord, row.IsSetAside) = (draft.Row.SeverityWord, true);
    }

    // Members come in any order, so that what was found learns its target and type when the entry ends.
    private static void Place(ReportDraft draft)
    {
        var result = Facts(draft).Result;
        // A list that is empty shows that somebody looked only where packages were scanned.
        Facts(draft).HasVulnerabilityList |= result is { HasVulnerabilities: true, Class: null or "os-pkgs" or "lang-pkgs" };
        List<string>? target = string.IsNullOrEmpty(result.Target) ? null : [result.Target];
        for (var i = result.FirstLive; i < draft.Live.Count; i++)
            Place(draft.Live[i], result.Type, target);
        for (var i = result.FirstSuppressed; i < draft.Suppressed.Count; i++)
            Place(draft.Suppressed[i], result.Type, target);
        for (var i = result.FirstOther; i < draft.Others.Count; i++)
            draft.Others[i].Location ??= result.Target;
    }

    private static void Place(FindingRow row, string? type, List<string>? target)
    {
        row.PackageType = type;
        row.Locations ??= target;
    }

    private static void AddClass(ReportDraft draft, string name)
    {
        Facts(draft).Result.Class = name;
        var classes = Facts(draft).Classes;
        if (classes.Contains(name, StringComparer.Ordinal))
            return;
        if (classes.Count == Limits.ReportClasses)
            draft.Refuse(ReasonCode.ReportLimit, $"the report has results of more than {Limits.ReportClasses} classes");
        classes.Add(name);
    }
}
