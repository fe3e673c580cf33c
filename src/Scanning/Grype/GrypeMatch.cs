// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using SupplyChain.Scanning.Reading;

namespace SupplyChain.Scanning.Grype;

/// <summary>One match, live or ignored.</summary>
internal static class GrypeMatch
{
    private static readonly Shape Cvss = Shape.Object(
        [
            ("vector", Shape.Text((draft, text) => Facts(draft).Vector = text)),
            ("metrics", Shape.Object(
                [("baseScore", Shape.Anything((draft, ref value) => Facts(draft).Score = draft.Number(ref value, 10, "baseScore")))])),
        ],
        begin: draft => (Facts(draft).Score, Facts(draft).Vector) = (null, null),
        end: draft => draft.AddScore(Facts(draft).Score, Facts(draft).Vector));

    private static readonly Shape Epss = Shape.Array(Shape.Object(
        [("epss", Shape.Anything((draft, ref value) => draft.AddEpss(draft.Number(ref value, 1, "epss"))))]));

    private static readonly Shape Vulnerability = Shape.Object(
        [
            ("id", Shape.Text((draft, text) => draft.SetId(text))),
            ("severity", Shape.Anything((draft, ref value) => draft.SetSeverity(ref value))),
            ("fix", Shape.Object(
            [
                ("state", Shape.Text((draft, text) => draft.Row.Status = text)),
                ("versions", Shape.Array(Shape.Text((draft, text) => AddFixed(draft, text)))),
                ("available", Shape.Array(Shape.Object(
                    [("date", Shape.Anything((draft, ref value) => draft.AddFixedSince(draft.Day(ref value, "the date of a fix"))))]))),
            ])),
            ("cvss", Shape.Array(Cvss).OrAnything()),
            ("knownExploited", Shape.Counted(draft => draft.Row.IsKnownExploited = true)),
            ("epss", Epss),
            ("fixedInVersion", Shape.Text((draft, text) => AddFixed(draft, text))),
        ]);

    private static readonly Shape Artifact = Shape.Object(
        [
            ("name", Shape.Text((draft, text) => draft.Row.PackageName = text)),
            ("version", Shape.Text((draft, text) => draft.Row.PackageVersion = text)),
            ("type", Shape.Text((draft, text) => draft.Row.PackageType = text)),
            ("purl", Shape.Text((draft, text) => draft.Row.Purl = text)),
            ("locations", Shape.Array(Shape.Object([("path", Shape.Text((draft, text) => draft.AddLocation(text)))]).OrAnything())),
        ]);

    private static readonly (string Name, Shape Shape)[] MatchMembers =
    [
        ("vulnerability", Vulnerability),
        ("relatedVulnerabilities", Shape.Array(Shape.Object(
        [
            ("id", Shape.Text((draft, text) => draft.AddAlias(text))),
            ("cvss", Shape.Array(Cvss).OrAnything()),
            ("knownExploited", Shape.Counted(draft => draft.Row.IsKnownExploited = true)),
            ("epss", Epss),
        ]))),
        ("artifact", Artifact),
    ];

    /// <summary>A match.</summary>
    public static readonly Shape Live = Shape.Object(
        MatchMembers,
        begin: BeginRow,
        end: draft =>
        {
            EndRow(draft);
            draft.AddLive();
        });

    // Several rules may have applied; the first reason given is the one shown.
    private static readonly Shape IgnoreRule = Shape.Object(
        [
            ("reason", Shape.Text((draft, text) => draft.Row.Suppression!.Statement ??= OrNull(text))),
            ("vex-status", Shape.Text((draft, text) => draft.Row.Suppression!.Status ??= OrNull(text))),
            ("vex-justification", Shape.Text((draft, text) => draft.Row.Suppression!.Statement ??= OrNull(text))),
        ]);

    /// <summary>A match that was ignored: by a rule, or by a VEX document.</summary>
    public static readonly Shape Ignored = Shape.Object(
        [.. MatchMembers, ("appliedIgnoreRules", Shape.Array(IgnoreRule))],
        begin: draft =>
        {
            BeginRow(draft);
            draft.Row.Suppression = new Suppression();
        },
        end: draft =>
        {
            EndRow(draft);
            var suppression = draft.Row.Suppression!;
            suppression.Origin = suppression.Status is null ? "ignore rule" : "VEX document";
            suppression.Status ??= "ignored";
            draft.AddSuppressed();
        });

    private static GrypeFacts Facts(ReportDraft draft) => draft.Facts<GrypeFacts>();

    private static void BeginRow(ReportDraft draft)
    {
        draft.BeginRow();
        Facts(draft).FixedVersions.Clear();
    }

    private static void EndRow(ReportDraft draft)
    {
        if (Facts(draft).FixedVersions.Count > 0)
            draft.SetFixed(Facts(draft).FixedVersions);
    }

    private static void AddFixed(ReportDraft draft, string version)
    {
        if (version.Length > 0)
            draft.AddTo(Facts(draft).FixedVersions, version, "fixed versions");
    }

    private static string? OrNull(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
