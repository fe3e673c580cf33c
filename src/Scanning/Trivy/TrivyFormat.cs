// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text.Json;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Scanning.Reading;

namespace SupplyChain.Scanning.Trivy;

/// <summary>Trivy's JSON report, schema version 2.</summary>
internal static class TrivyFormat
{
    /// <summary>The format's name.</summary>
    public const string Name = "Trivy JSON";

    private const int AcceptedSchema = 2;

    private static readonly Shape Live = Vulnerability(draft => draft.AddLive());

    // What it was before the row was set aside; the row is added when all that is said of it is known.
    private static readonly Shape Finding = Vulnerability(end: null).OrAnything();

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
        },
        end: draft =>
        {
            // Secrets, misconfigurations and licences are set aside in the same list.
            if (draft.Row.Id is not null || draft.Row.Suppression!.Type is null or "vulnerability")
                draft.AddSuppressed();
        });

    private static readonly Shape Misconfiguration = Shape.Object(
        [("Status", Shape.Text((draft, text) => draft.Trivy.Result.IsFailure = text is not ("PASS" or "EXCEPTION")))],
        begin: draft => draft.Trivy.Result.IsFailure = true,
        end: draft => draft.Trivy.Misconfigurations += draft.Trivy.Result.IsFailure ? 1 : 0);

    private static readonly Shape Result = Shape.Object(
        [
            ("Target", Shape.Text((draft, text) => draft.Trivy.Result.Target = text)),
            ("Class", Shape.Text((draft, text) => AddClass(draft, text))),
            ("Type", Shape.Text((draft, text) => draft.Trivy.Result.Type = text)),
            ("Vulnerabilities", Shape.Array(Live, begin: draft => draft.Trivy.HasVulnerabilityList = true)),
            ("ExperimentalModifiedFindings", Shape.Array(Modified)),
            ("Packages", Shape.Counted(
                begin: draft => draft.Trivy.Packages ??= 0,
                each: draft => draft.Trivy.Packages++)),
            ("Secrets", Shape.Counted(draft => draft.Trivy.Secrets++)),
            ("Misconfigurations", Shape.Array(Misconfiguration)),
            ("Licenses", Shape.Counted(draft => draft.Trivy.Licenses++)),
        ],
        begin: draft =>
        {
            draft.Trivy.Result = new TrivyResult { FirstLive = draft.Live.Count, FirstSuppressed = draft.Suppressed.Count };
            if (draft.Trivy.Results++ == Limits.ReportResults)
                draft.Refuse(ReasonCode.ReportLimit, $"the report has more than {Limits.ReportResults} results");
        },
        end: Place);

    private static readonly Shape Metadata = Shape.Object(
        [
            ("OS", Shape.Object(
            [
                ("Family", Shape.Text((draft, text) => draft.Trivy.OsFamily = text)),
                ("Name", Shape.Text((draft, text) => draft.Trivy.OsVersion = text)),
                ("EOSL", Shape.Flag(draft => draft.Trivy.OsEndOfLife = true)),
            ])),
            ("ImageID", Shape.Text((draft, text) => draft.Trivy.ImageId = text)),
            ("RepoDigests", Shape.Array(Shape.Text((draft, text) => AddRepoDigest(draft, text)))),
            ("ImageConfig", Shape.Object(
            [
                ("os", Shape.Text((draft, text) => draft.Trivy.Os = text)),
                ("architecture", Shape.Text((draft, text) => draft.Trivy.Architecture = text)),
                ("variant", Shape.Text((draft, text) => draft.Trivy.Variant = text)),
            ])),
        ]);

    /// <summary>What is read of the top level. <c>ArtifactID</c> is not: it looks like a digest and is none.</summary>
    public static readonly (string Name, Shape Shape)[] Members =
    [
        ("SchemaVersion", Shape.Anything((draft, ref value) =>
        {
            draft.Formats.Mark(Name);
            draft.Trivy.SchemaVersion = value.TokenType == JsonTokenType.Number
                && value.TryGetInt32(out var version) ? version : 0;
        })),
        ("Trivy", Shape.Object([("Version", Shape.Text((draft, text) => draft.Trivy.ScannerVersion = text))])),
        ("CreatedAt", Shape.Anything((draft, ref value) => draft.Trivy.CreatedAt = draft.Time(ref value, "CreatedAt"))),
        ("ArtifactName", Shape.Text((draft, _) => draft.Trivy.HasArtifact = true)),
        ("ArtifactType", Shape.Text((draft, text) => draft.Trivy.ArtifactType = text)),
        ("Metadata", Metadata),
        ("Results", Shape.Array(Result, begin: draft => draft.Trivy.Results = 0)),
    ];

    /// <summary>Makes the report; refuses through the draft what is not one.</summary>
    public static ScanReport? Complete(ReportDraft draft, Digest digest, long size)
    {
        var facts = draft.Trivy;
        if (facts.SchemaVersion != AcceptedSchema)
            draft.Refuse(ReasonCode.ReportFormat, $"of Trivy's JSON only SchemaVersion {AcceptedSchema} is accepted");
        else if (!facts.HasArtifact && facts.ArtifactType is null && facts.Results is null)
            draft.Refuse(ReasonCode.ReportFormat, "SchemaVersion alone makes no Trivy report: it names no artifact and has no results");
        else if (draft.HasRowWithoutId)
            draft.Refuse(ReasonCode.ReportFormat, "a finding has no VulnerabilityID");
        if (draft.Refusal is not null)
            return null;

        var subjects = new SubjectList();
        if (facts.ArtifactType is "container_image")
        {
            foreach (var name in facts.RepoDigests)
                subjects.AddNamed(name);
            subjects.Add(SubjectRole.Config, facts.ImageId);
        }

        return new ScanReport
        {
            Scanner = new ScannerIdentity("trivy", facts.ScannerVersion),
            Format = string.Create(CultureInfo.InvariantCulture, $"{Name} {AcceptedSchema}"),
            Time = facts.CreatedAt,
            Subjects = subjects.Subjects,
            MalformedSubjects = subjects.Malformed,
            Platform = SubjectList.ReadPlatform(facts.Os, facts.Architecture, facts.Variant),
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
        var facts = draft.Trivy;
        var (coverage, because) = facts switch
        {
            _ when draft.Live.Count + draft.Suppressed.Count > 0 => (VulnerabilityCoverage.Scanned, "the report has findings"),
            { Results: null } => (VulnerabilityCoverage.NotScanned, "the report has no Results"),
            { Results: 0 } => (VulnerabilityCoverage.Empty, "Results is an empty list"),
            { HasVulnerabilityList: true } => (VulnerabilityCoverage.Scanned, "the report lists vulnerabilities, and there are none"),
            _ when facts.Classes.Exists(name => name is "os-pkgs" or "lang-pkgs") =>
                (VulnerabilityCoverage.Scanned, "packages were scanned, and nothing was found"),
            _ => (VulnerabilityCoverage.NotScanned,
                $"only these classes were scanned: {string.Join(", ", facts.Classes.Select(Printable.Escape))}"),
        };
        return new Coverage
        {
            Vulnerabilities = coverage,
            Because = because,
            SourceType = facts.ArtifactType,
            Classes = facts.Classes,
            OsFamily = facts.OsFamily is "" or "none" ? null : facts.OsFamily,
            OsVersion = facts.OsVersion is "" ? null : facts.OsVersion,
            OsEndOfLife = facts.OsEndOfLife,
            Packages = facts.Packages,
            Secrets = facts.Secrets,
            Misconfigurations = facts.Misconfigurations,
            Licenses = facts.Licenses,
        };
    }

    private static Shape Vulnerability(Action<ReportDraft>? end) => Shape.Object(
        [
            ("VulnerabilityID", Shape.Text((draft, text) => draft.SetId(text))),
            ("VendorIDs", Shape.Array(Shape.Text((draft, text) => draft.AddAlias(text)))),
            ("PkgName", Shape.Text((draft, text) => draft.Row.PackageName = text)),
            ("PkgPath", Shape.Text((draft, text) => draft.AddLocation(text))),
            ("PkgIdentifier", Shape.Object([("PURL", Shape.Text((draft, text) => draft.Row.Purl = text))])),
            ("InstalledVersion", Shape.Text((draft, text) => draft.Row.PackageVersion = text)),
            ("FixedVersion", Shape.Text((draft, text) => draft.Row.FixedVersion = text)),
            ("Status", Shape.Text((draft, text) => draft.Row.Status = text)),
            ("Severity", Shape.Anything((draft, ref value) => draft.SetSeverity(ref value))),
        ],
        begin: end is null ? null : draft => draft.BeginRow(),
        end);

    private static void Place(ReportDraft draft)
    {
        var result = draft.Trivy.Result;
        List<string>? target = string.IsNullOrEmpty(result.Target) ? null : [result.Target];
        for (var i = result.FirstLive; i < draft.Live.Count; i++)
            Place(draft.Live[i], result.Type, target);
        for (var i = result.FirstSuppressed; i < draft.Suppressed.Count; i++)
            Place(draft.Suppressed[i], result.Type, target);
    }

    private static void Place(FindingRow row, string? type, List<string>? target)
    {
        row.PackageType = type;
        row.Locations ??= target;
    }

    private static void AddClass(ReportDraft draft, string name)
    {
        var classes = draft.Trivy.Classes;
        if (classes.Contains(name, StringComparer.Ordinal))
            return;
        if (classes.Count == Limits.ReportClasses)
            draft.Refuse(ReasonCode.ReportLimit, $"the report has results of more than {Limits.ReportClasses} classes");
        classes.Add(name);
    }

    // Trivy writes one empty entry for an image that it did not get from a registry.
    private static void AddRepoDigest(ReportDraft draft, string text)
    {
        if (draft.Trivy.RepoDigests.Count == Limits.ReportSubjects)
            draft.Refuse(ReasonCode.ReportLimit, $"the report names more than {Limits.ReportSubjects} digests");
        else if (text.Length > 0)
            draft.Trivy.RepoDigests.Add(text);
    }
}
