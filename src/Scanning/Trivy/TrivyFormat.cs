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
    private const string Name = "Trivy JSON";

    private const int AcceptedSchema = 2;

    private static readonly Shape Metadata = Shape.Object(
        [
            ("OS", Shape.Object(
            [
                ("Family", Shape.Text((draft, text) => Facts(draft).OsFamily = text)),
                ("Name", Shape.Text((draft, text) => Facts(draft).OsVersion = text)),
                ("EOSL", Shape.Flag(draft => Facts(draft).OsEndOfLife = true)),
            ])),
            ("ImageID", Shape.Text((draft, text) => Facts(draft).ImageId = text)),

            // One empty entry stands here for an image that did not come from a registry.
            ("RepoDigests", Shape.Array(Shape.Text((draft, text) => draft.AddDigest(Facts(draft).RepoDigests, text)))),
            ("ImageConfig", Shape.Object(
            [
                ("os", Shape.Text((draft, text) => Facts(draft).Os = text)),
                ("architecture", Shape.Text((draft, text) => Facts(draft).Architecture = text)),
                ("variant", Shape.Text((draft, text) => Facts(draft).Variant = text)),
            ])),
        ]);

    /// <summary>The format. <c>ArtifactID</c> is not read: it looks like a digest and is none.</summary>
    public static readonly ReportFormat Format = new()
    {
        Name = Name,
        Marks = ["SchemaVersion", "Results"],
        Members =
        [
            ("SchemaVersion", Shape.Anything((draft, ref value) => Facts(draft).SchemaVersion =
                value.TokenType == JsonTokenType.Number && value.TryGetInt32(out var version) ? version : 0)),
            ("Trivy", Shape.Object([("Version", Shape.Text((draft, text) => Facts(draft).ScannerVersion = text))])),
            ("CreatedAt", Shape.Anything((draft, ref value) => Facts(draft).CreatedAt = draft.Time(ref value, "CreatedAt"))),
            ("ArtifactName", Shape.Text((draft, _) => Facts(draft).HasArtifact = true)),
            ("ArtifactType", Shape.Text((draft, text) => Facts(draft).ArtifactType = text)),
            ("Metadata", Metadata),
            ("Results", Shape.Array(TrivyResults.Result, begin: draft => Facts(draft).Results = 0)),
        ],
        Complete = Complete,
    };

    private static TrivyFacts Facts(ReportDraft draft) => draft.Facts<TrivyFacts>();

    private static ScanReport? Complete(ReportDraft draft)
    {
        var facts = Facts(draft);
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

        var format = string.Create(CultureInfo.InvariantCulture, $"{Name} {AcceptedSchema}");
        return draft.ToReport(new ScannerIdentity("trivy", facts.ScannerVersion), format, Cover(draft)) with
        {
            Time = facts.CreatedAt,
            Subjects = subjects.Subjects,
            MalformedSubjects = subjects.Malformed,
            Platform = SubjectList.ReadPlatform(facts.Os, facts.Architecture, facts.Variant),
        };
    }

    private static Coverage Cover(ReportDraft draft)
    {
        var facts = Facts(draft);
        var (coverage, because) = facts switch
        {
            _ when draft.Live.Count + draft.Suppressed.Count > 0 => (VulnerabilityCoverage.Scanned, "the report has findings"),
            { Results: null } => (VulnerabilityCoverage.NotScanned, "the report has no Results"),
            { Results: 0 } => (VulnerabilityCoverage.Empty, "Results is an empty list"),
            { Packages: 0 } => (VulnerabilityCoverage.Empty, "packages are listed, and there are none"),
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
            IsOsRecognised = facts.OsFamily is not (null or "" or "none"),
            OsFamily = facts.OsFamily is "" or "none" ? null : facts.OsFamily,
            OsVersion = facts.OsVersion is "" ? null : facts.OsVersion,
            OsEndOfLife = facts.OsEndOfLife,
            Packages = facts.Packages,
            Secrets = draft.CountOthers(OtherFindingKind.Secret),
            Misconfigurations = draft.CountOthers(OtherFindingKind.Misconfiguration),
            Licenses = draft.CountOthers(OtherFindingKind.License),
        };
    }
}
