// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model.Decisions;
using SupplyChain.Scanning.Reading;

namespace SupplyChain.Scanning.Clair;

/// <summary>The vulnerability report of Clair 4.</summary>
internal static class ClairFormat
{
    private const string Name = "Clair 4 JSON";

    private static readonly Shape Packages = Shape.Map(
        Shape.Object(
        [
            ("name", Shape.Text((draft, text) => Facts(draft).Package.Name = text)),
            ("version", Shape.Text((draft, text) => Facts(draft).Package.Version = text)),
            ("kind", Shape.Text((draft, text) => Facts(draft).Package.Kind = text)),
        ]),
        key: (draft, id) => Facts(draft).Packages[id] = Facts(draft).Package = new ClairPackage());

    private static readonly Shape Environments = Shape.Map(
        Shape.Array(Shape.Object(
            [("package_db", Shape.Text((draft, text) => Facts(draft).Databases.TryAdd(Facts(draft).PackageId, text)))])),
        key: (draft, id) => Facts(draft).PackageId = id);

    private static readonly Shape Distributions = Shape.Map(
        Shape.Object(
        [
            ("did", Shape.Text((draft, text) => Facts(draft).Distributions[^1] = (text, Facts(draft).Distributions[^1].Version))),
            ("version_id", Shape.Text((draft, text) => Facts(draft).Distributions[^1] = (Facts(draft).Distributions[^1].Id, text))),
        ]),
        key: (draft, _) => Facts(draft).Distributions.Add(default));

    /// <summary>The format.</summary>
    public static readonly ReportFormat Format = new()
    {
        Name = Name,
        Marks = ["manifest_hash", "package_vulnerabilities"],
        Members =
        [
            ("manifest_hash", Shape.Text((draft, text) => Facts(draft).ManifestHash = text)),
            ("packages", Packages),
            ("environments", Environments),
            ("distributions", Distributions),
            ("vulnerabilities", ClairVulnerabilities.All),
            ("package_vulnerabilities", ClairVulnerabilities.Edges),
            ("enrichments", ClairVulnerabilities.Enrichments),
        ],
        Complete = Complete,
    };

    private static ClairFacts Facts(ReportDraft draft) => draft.Facts<ClairFacts>();

    private static ScanReport? Complete(ReportDraft draft)
    {
        var facts = Facts(draft);
        ClairVulnerabilities.AddRows(draft);
        if (draft.HasRowWithoutId)
            draft.Refuse(ReasonCode.ReportFormat, "a vulnerability has no name");
        if (draft.Refusal is not null)
            return null;

        var subjects = new SubjectList();
        subjects.Add(SubjectRole.Manifest, facts.ManifestHash);
        return draft.ToReport(new ScannerIdentity("clair", null), Name, Cover(draft)) with
        {
            Subjects = subjects.Subjects,
            MalformedSubjects = subjects.Malformed,
        };
    }

    private static Coverage Cover(ReportDraft draft)
    {
        var facts = Facts(draft);
        var (coverage, because) = facts switch
        {
            _ when draft.Live.Count > 0 => (VulnerabilityCoverage.Scanned, "the report has vulnerabilities"),
            { HasVulnerabilities: false } or { HasEdges: false } =>
                (VulnerabilityCoverage.NotScanned, "the report does not list vulnerabilities and the packages that have them"),
            { Packages.Count: 0 } => (VulnerabilityCoverage.Empty, "there are no vulnerabilities, and no packages were scanned"),
            _ => (VulnerabilityCoverage.Scanned, "the report lists vulnerabilities, and there are none"),
        };
        var distribution = facts.Distributions is [var only] ? only : default;
        return new Coverage
        {
            Vulnerabilities = coverage,
            Because = because,
            IsOsRecognised = facts.Distributions.Count > 0,
            OsFamily = string.IsNullOrEmpty(distribution.Id) ? null : distribution.Id,
            OsVersion = string.IsNullOrEmpty(distribution.Version) ? null : distribution.Version,
            Packages = facts.Packages.Count,
        };
    }
}
