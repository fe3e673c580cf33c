// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Scanning.Reading;

namespace SupplyChain.Scanning.Grype;

/// <summary>Grype's JSON report, from 0.7 on. Its matches come before it says what was scanned, with what and when.</summary>
internal static class GrypeFormat
{
    private const string Name = "Grype JSON";

    // Of a directory or file the target is its path.
    private static readonly Shape Target = Shape.Object(
        [
            ("manifestDigest", Shape.Text((draft, text) => Facts(draft).ManifestDigest = text)),
            ("imageID", Shape.Text((draft, text) => Facts(draft).ImageId = text)),
            ("repoDigests", Shape.Array(Shape.Text((draft, text) => draft.AddDigest(Facts(draft).RepoDigests, text)))),
            ("os", Shape.Text((draft, text) => Facts(draft).Os = text)),
            ("architecture", Shape.Text((draft, text) => Facts(draft).Architecture = text)),
            ("variant", Shape.Text((draft, text) => Facts(draft).Variant = text)),
            ("manifest", Shape.Anything((draft, ref value) => Facts(draft).Manifest =
                value.TokenType == JsonTokenType.String ? EmbeddedImage.ReadManifest(ref value) : null)),
            ("config", Shape.Anything((draft, ref value) => Facts(draft).Config =
                value.TokenType == JsonTokenType.String ? EmbeddedImage.ReadConfig(ref value) : null)),
        ])
        .OrAnything();

    private static readonly Shape Configuration = Shape.Object(
        [
            ("only-fixed", Shape.Flag(draft => Facts(draft).OnlyFixed = true)),
            ("only-notfixed", Shape.Flag(draft => Facts(draft).OnlyNotFixed = true)),
            ("ignore-wontfix", Shape.Anything((draft, ref value) => Facts(draft).IgnoreWontFix = IsSet(ref value))),
            ("ignore", Shape.Counted(draft => Facts(draft).IgnoreRules++)),
            ("exclude", Shape.Counted(draft => Facts(draft).Excludes++)),
            ("vex-documents", Shape.Counted(draft => Facts(draft).VexDocuments++)),
            ("search", Shape.Object([("scope", Shape.Text((draft, text) => Facts(draft).Scope = text))])),
        ],
        begin: draft => Facts(draft).HasConfiguration = true);

    private static readonly (string Name, Shape Shape)[] DatabaseMembers =
    [
        ("built", Shape.Anything((draft, ref value) => Facts(draft).DatabaseBuilt =
            Older(Facts(draft).DatabaseBuilt, draft.Time(ref value, "the database's built time")))),
        ("error", Shape.Anything((draft, ref value) =>
        {
            if (value.TokenType == JsonTokenType.String)
                Facts(draft).DatabaseError = draft.Text(ref value);
            else if (value.TokenType != JsonTokenType.Null)
                Facts(draft).DatabaseError = "an error";
        })),
        ("valid", Shape.Anything((draft, ref value) =>
        {
            if (value.TokenType is not (JsonTokenType.True or JsonTokenType.Null))
                Facts(draft).DatabaseError ??= "it is not valid";
        })),
    ];

    private static readonly Shape Descriptor = Shape.Object(
        [
            ("name", Shape.Text((draft, text) => Facts(draft).ScannerName = text)),
            ("version", Shape.Text((draft, text) => Facts(draft).ScannerVersion = text)),
            ("timestamp", Shape.Anything((draft, ref value) => Facts(draft).Timestamp = draft.Time(ref value, "timestamp"))),
            ("db", Shape.Object([.. DatabaseMembers, ("status", Shape.Object(DatabaseMembers))])),
            ("configuration", Configuration.OrAnything()),
        ]);

    private static readonly Shape Alert = Shape.Object(
        [
            ("type", Shape.Text((draft, text) =>
            {
                Facts(draft).DistroEndOfLife |= text is "distro-eol";
                if (text is "distro-unknown" or "distro-disabled")
                    draft.AddError("Grype has no advisories for this operating system");
            })),
        ]);

    /// <summary>The format.</summary>
    public static readonly ReportFormat Format = new()
    {
        Name = Name,
        Marks = ["matches"],
        Members =
        [
            ("matches", Shape.Array(GrypeMatch.Live, begin: draft => Facts(draft).HasMatches = true)),
            ("ignoredMatches", Shape.Array(GrypeMatch.Ignored)),
            ("alertsByPackage", Shape.Array(Shape.Object([("alerts", Shape.Array(Alert))]))),
            ("source", Shape.Object(
                [("type", Shape.Text((draft, text) => Facts(draft).SourceType = text)), ("target", Target)],
                begin: draft => Facts(draft).HasSource = true)),
            ("distro", Shape.Object(
            [
                ("name", Shape.Text((draft, text) => Facts(draft).DistroName = text)),
                ("version", Shape.Text((draft, text) => Facts(draft).DistroVersion = text)),
            ])),
            ("descriptor", Descriptor),
        ],
        Complete = Complete,
    };

    private static GrypeFacts Facts(ReportDraft draft) => draft.Facts<GrypeFacts>();

    private static ScanReport? Complete(ReportDraft draft)
    {
        var facts = Facts(draft);
        if (facts.ScannerName is null || !facts.HasSource)
            draft.Refuse(ReasonCode.ReportFormat, "matches alone make no Grype report: it has no descriptor with a name, or no source");
        else if (facts.ScannerName is not "grype")
        {
            draft.Refuse(
                ReasonCode.ReportScannerNotAccepted,
                $"this is the report of '{Printable.Escape(facts.ScannerName)}', which only has the form of Grype's");
        }
        else if (draft.HasRowWithoutId)
            draft.Refuse(ReasonCode.ReportFormat, "a match names no vulnerability id");
        if (draft.Refusal is not null)
            return null;

        if (!string.IsNullOrEmpty(facts.DatabaseError))
            draft.AddError($"the vulnerability database reports an error: {Printable.Escape(facts.DatabaseError)}");

        var subjects = ReadSubjects(facts);
        var version = facts.ScannerVersion is "" or "[not provided]" ? null : facts.ScannerVersion;
        return draft.ToReport(new ScannerIdentity("grype", version), Name, Cover(draft)) with
        {
            Time = facts.Timestamp,
            DatabaseTime = facts.DatabaseBuilt,
            Subjects = subjects.Subjects,
            MalformedSubjects = subjects.Malformed,
            Platform = SubjectList.ReadPlatform(facts.Os, facts.Architecture, facts.Variant) ?? ProvenPlatform(facts, subjects),
        };
    }

    private static Coverage Cover(ReportDraft draft)
    {
        var facts = Facts(draft);
        var (coverage, because) = facts switch
        {
            { HasMatches: false } => (VulnerabilityCoverage.NotScanned, "matches is null"),
            _ when draft.Live.Count + draft.Suppressed.Count > 0 => (VulnerabilityCoverage.Scanned, "the report has matches"),
            { SourceType: null or "" or "unknown" } => (VulnerabilityCoverage.Empty, "there are no matches, and nothing is named that was scanned"),

            // It lists no packages: of an image without anything it says the same.
            { DistroName: null or "" } => (VulnerabilityCoverage.Empty, "there are no matches, and no operating system was recognised"),
            _ => (VulnerabilityCoverage.Scanned, "there are no matches"),
        };
        return new Coverage
        {
            Vulnerabilities = coverage,
            Because = because,
            SourceType = OrNull(facts.SourceType),
            IsOsRecognised = OrNull(facts.DistroName) is not null,
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
