// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Scanning.Reading;

namespace SupplyChain.Scanning.Grype;

/// <summary>Grype's JSON report, from 0.7 on. Its matches come before it says what was scanned, with what and when.</summary>
internal static class GrypeFormat
{
    /// <summary>The format's name.</summary>
    public const string Name = "Grype JSON";

    private static readonly Shape Vulnerability = Shape.Object(
        [
            ("id", Shape.Text((draft, text) => draft.SetId(text))),
            ("severity", Shape.Anything((draft, ref value) => draft.SetSeverity(ref value))),
            ("fix", Shape.Object(
            [
                ("state", Shape.Text((draft, text) => draft.Row.Status = text)),
                ("versions", Shape.Array(Shape.Text((draft, text) => AddFixed(draft, text)))),
            ])),
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
        ("relatedVulnerabilities", Shape.Array(Shape.Object([("id", Shape.Text((draft, text) => draft.AddAlias(text)))]))),
        ("artifact", Artifact),
    ];

    private static readonly Shape Match = Shape.Object(
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

    private static readonly Shape IgnoredMatch = Shape.Object(
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

    // Of a directory or file the target is its path.
    private static readonly Shape Target = Shape.Object(
        [
            ("manifestDigest", Shape.Text((draft, text) => draft.Grype.ManifestDigest = text)),
            ("imageID", Shape.Text((draft, text) => draft.Grype.ImageId = text)),
            ("repoDigests", Shape.Array(Shape.Text((draft, text) => AddRepoDigest(draft, text)))),
            ("os", Shape.Text((draft, text) => draft.Grype.Os = text)),
            ("architecture", Shape.Text((draft, text) => draft.Grype.Architecture = text)),
            ("variant", Shape.Text((draft, text) => draft.Grype.Variant = text)),
            ("manifest", Shape.Anything((draft, ref value) => draft.Grype.Manifest =
                value.TokenType == JsonTokenType.String ? EmbeddedImage.ReadManifest(ref value) : null)),
            ("config", Shape.Anything((draft, ref value) => draft.Grype.Config =
                value.TokenType == JsonTokenType.String ? EmbeddedImage.ReadConfig(ref value) : null)),
        ])
        .OrAnything();

    private static readonly Shape Configuration = Shape.Object(
        [
            ("only-fixed", Shape.Flag(draft => draft.Grype.OnlyFixed = true)),
            ("only-notfixed", Shape.Flag(draft => draft.Grype.OnlyNotFixed = true)),
            ("ignore-wontfix", Shape.Anything((draft, ref value) => draft.Grype.IgnoreWontFix = IsSet(ref value))),
            ("ignore", Shape.Counted(draft => draft.Grype.IgnoreRules++)),
            ("exclude", Shape.Counted(draft => draft.Grype.Excludes++)),
            ("vex-documents", Shape.Counted(draft => draft.Grype.VexDocuments++)),
            ("search", Shape.Object([("scope", Shape.Text((draft, text) => draft.Grype.Scope = text))])),
        ],
        begin: draft => draft.Grype.HasConfiguration = true);

    private static readonly (string Name, Shape Shape)[] DatabaseMembers =
    [
        ("built", Shape.Anything((draft, ref value) => draft.Grype.DatabaseBuilt =
            Older(draft.Grype.DatabaseBuilt, draft.Time(ref value, "the database's built time")))),
        ("error", Shape.Anything((draft, ref value) =>
        {
            if (value.TokenType == JsonTokenType.String)
                draft.Grype.DatabaseError = draft.Text(ref value);
            else if (value.TokenType != JsonTokenType.Null)
                draft.Grype.DatabaseError = "an error";
        })),
    ];

    private static readonly Shape Descriptor = Shape.Object(
        [
            ("name", Shape.Text((draft, text) => draft.Grype.ScannerName = text)),
            ("version", Shape.Text((draft, text) => draft.Grype.ScannerVersion = text)),
            ("timestamp", Shape.Anything((draft, ref value) => draft.Grype.Timestamp = draft.Time(ref value, "timestamp"))),
            ("db", Shape.Object([.. DatabaseMembers, ("status", Shape.Object(DatabaseMembers))])),
            ("configuration", Configuration.OrAnything()),
        ]);

    private static readonly Shape Alert = Shape.Object(
        [("type", Shape.Text((draft, text) => draft.Grype.DistroEndOfLife |= text is "distro-eol"))]);

    /// <summary>What is read of the top level.</summary>
    public static readonly (string Name, Shape Shape)[] Members =
    [
        ("matches", Shape.Array(Match, begin: draft =>
            {
                draft.Formats.Mark(Name);
                draft.Grype.HasMatches = true;
            })
            .Or((draft, ref _) => draft.Formats.Mark(Name))),
        ("ignoredMatches", Shape.Array(IgnoredMatch)),
        ("alertsByPackage", Shape.Array(Shape.Object([("alerts", Shape.Array(Alert))]))),
        ("source", Shape.Object(
            [("type", Shape.Text((draft, text) => draft.Grype.SourceType = text)), ("target", Target)],
            begin: draft => draft.Grype.HasSource = true)),
        ("distro", Shape.Object(
        [
            ("name", Shape.Text((draft, text) => draft.Grype.DistroName = text)),
            ("version", Shape.Text((draft, text) => draft.Grype.DistroVersion = text)),
        ])),
        ("descriptor", Descriptor),
    ];

    /// <summary>Makes the report; refuses through the draft what is not one.</summary>
    public static ScanReport? Complete(ReportDraft draft, Digest digest, long size)
    {
        var facts = draft.Grype;
        if (facts.ScannerName is null || !facts.HasSource)
            draft.Refuse(ReasonCode.ReportFormat, "matches alone make no Grype report: it has no descriptor with a name, or no source");
        else if (facts.ScannerName is not "grype")
        {
            draft.Refuse(
                ReasonCode.ReportScannerNotAccepted,
                $"the report has the form of Grype's but is of '{Printable.Escape(facts.ScannerName)}'; send Trivy JSON or Grype JSON");
        }
        else if (draft.HasRowWithoutId)
            draft.Refuse(ReasonCode.ReportFormat, "a match names no vulnerability id");
        if (draft.Refusal is not null)
            return null;

        if (!string.IsNullOrEmpty(facts.DatabaseError))
            draft.Note($"the vulnerability database reports: {Printable.Escape(facts.DatabaseError)}");

        var subjects = ReadSubjects(facts);
        return new ScanReport
        {
            Scanner = new ScannerIdentity("grype", facts.ScannerVersion is null or "" or "[not provided]" ? null : facts.ScannerVersion),
            Format = Name,
            Time = facts.Timestamp,
            DatabaseTime = facts.DatabaseBuilt,
            Subjects = subjects.Subjects,
            MalformedSubjects = subjects.Malformed,
            Platform = SubjectList.ReadPlatform(facts.Os, facts.Architecture, facts.Variant) ?? ProvenPlatform(facts, subjects),
            Coverage = Cover(draft),
            Findings = FindingFold.Fold(draft.Live),
            Suppressed = FindingFold.SetAside(draft.Suppressed),
            Rows = draft.Live.Count,
            Notes = draft.Notes,
            Digest = digest,
            Size = size,
        };
    }

    private static Coverage Cover(ReportDraft draft)
    {
        var facts = draft.Grype;
        var (coverage, because) = facts switch
        {
            { DatabaseError: { Length: > 0 } } => (VulnerabilityCoverage.NotScanned, "the vulnerability database reports an error"),
            _ when draft.Live.Count + draft.Suppressed.Count > 0 => (VulnerabilityCoverage.Scanned, "the report has matches"),
            { HasMatches: false } => (VulnerabilityCoverage.NotScanned, "matches is null"),
            { SourceType: null or "" or "unknown" } => (VulnerabilityCoverage.Empty, "there are no matches, and nothing is named that was scanned"),
            _ => (VulnerabilityCoverage.Scanned, "there are no matches"),
        };
        return new Coverage
        {
            Vulnerabilities = coverage,
            Because = because,
            SourceType = OrNull(facts.SourceType),
            OsFamily = OrNull(facts.DistroName),
            OsVersion = OrNull(facts.DistroVersion),
            OsEndOfLife = facts.DistroEndOfLife,
            Filters = facts.HasConfiguration
                ? new ScanFilters(
                    facts.OnlyFixed, facts.OnlyNotFixed, facts.IgnoreWontFix, facts.IgnoreRules, facts.Excludes,
                    facts.VexDocuments, OrNull(facts.Scope))
                : null,
        };
    }

    private static SubjectList ReadSubjects(GrypeFacts facts)
    {
        var subjects = new SubjectList();
        if (facts.SourceType is not "image")
            return subjects;

        foreach (var name in facts.RepoDigests)
            subjects.AddNamed(name);
        subjects.Add(SubjectRole.Manifest, facts.ManifestDigest);
        subjects.Add(SubjectRole.Config, facts.ImageId);

        if (facts.Manifest is { } manifest && subjects[SubjectRole.Manifest] is { } named && named != manifest.Digest)
            subjects.AddContradiction($"manifestDigest is {named}, but the manifest in the report has {manifest.Digest}");
        if (subjects[SubjectRole.Config] is { } config)
        {
            if (facts.Manifest?.ConfigDigest is { } stated && !string.Equals(stated, config.ToString(), StringComparison.Ordinal))
                subjects.AddContradiction($"imageID is {config}, but the manifest in the report names {Printable.Escape(stated)}");
            if (facts.Config is { } carried && carried.Digest != config)
                subjects.AddContradiction($"imageID is {config}, but the configuration in the report has {carried.Digest}");
        }

        return subjects;
    }

    // Versions before 0.36 name no platform, but carry the configuration that does.
    private static Platform? ProvenPlatform(GrypeFacts facts, SubjectList subjects) =>
        facts.Config is { } config && config.Digest == subjects[SubjectRole.Config] ? config.Platform : null;

    private static void BeginRow(ReportDraft draft)
    {
        draft.BeginRow();
        draft.Grype.FixedVersions.Clear();
    }

    private static void EndRow(ReportDraft draft)
    {
        if (draft.Grype.FixedVersions.Count > 0)
            draft.SetFixed(draft.Grype.FixedVersions);
    }

    private static void AddFixed(ReportDraft draft, string version)
    {
        if (version.Length > 0)
            draft.AddTo(draft.Grype.FixedVersions, version, "fixed versions");
    }

    private static void AddRepoDigest(ReportDraft draft, string text)
    {
        if (draft.Grype.RepoDigests.Count == Limits.ReportSubjects)
            draft.Refuse(ReasonCode.ReportLimit, $"the report names more than {Limits.ReportSubjects} digests");
        else if (text.Length > 0)
            draft.Grype.RepoDigests.Add(text);
    }

    private static bool IsSet(ref Utf8JsonReader value) => value.TokenType switch
    {
        JsonTokenType.String => !value.ValueSpan.IsEmpty && !value.ValueTextEquals("false"u8),
        JsonTokenType.Null or JsonTokenType.False => false,
        _ => true,
    };

    private static DateTimeOffset? Older(DateTimeOffset? one, DateTimeOffset? other) =>
        one is null || other < one ? other : one;

    private static string? OrNull(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
