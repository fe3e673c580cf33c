// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Scanning.Reading;

namespace SupplyChain.Scanning.TrivyOperator;

/// <summary>The VulnerabilityReport that Trivy's operator keeps in a cluster, about the image of one container.</summary>
internal static class TrivyOperatorFormat
{
    private const string Name = "Trivy operator's VulnerabilityReport";

    private const string Group = "aquasecurity.github.io/";

    private static readonly string[] Counts = ["criticalCount", "highCount", "mediumCount", "lowCount", "unknownCount"];

    private static readonly Shape Vulnerability = Shape.Object(
        [
            ("vulnerabilityID", Shape.Text((draft, text) => draft.SetId(text))),
            ("resource", Shape.Text((draft, text) => draft.Row.PackageName = text)),
            ("installedVersion", Shape.Text((draft, text) => draft.Row.PackageVersion = text)),
            ("fixedVersion", Shape.Text((draft, text) => draft.Row.FixedVersion = text)),
            ("packagePURL", Shape.Text((draft, text) => draft.Row.Purl = text)),
            ("packageType", Shape.Text((draft, text) => draft.Row.PackageType = text)),
            ("packagePath", Shape.Text((draft, text) => draft.AddLocation(text))),
            ("target", Shape.Text((draft, text) => draft.AddLocation(text))),
            ("severity", Shape.Anything((draft, ref value) => draft.SetSeverity(ref value))),
            ("score", Shape.Anything((draft, ref value) => draft.AddScore(draft.Number(ref value, 10, "score"), vector: null))),
        ],
        begin: draft => draft.BeginRow(),
        end: draft => draft.AddLive());

    private static readonly Shape Report = Shape.Object(
        [
            ("updateTimestamp", Shape.Anything((draft, ref value) => Facts(draft).Updated = draft.Time(ref value, "updateTimestamp"))),
            ("scanner", Shape.Object(
            [
                ("name", Shape.Text((draft, text) => Facts(draft).ScannerName = text)),
                ("version", Shape.Text((draft, text) => Facts(draft).ScannerVersion = text)),
            ])),
            ("registry", Shape.Object([("server", Shape.Text((draft, text) => Facts(draft).Server = text))])),
            ("artifact", Shape.Object(
            [
                ("repository", Shape.Text((draft, text) => Facts(draft).Repository = text)),
                ("digest", Shape.Text((draft, text) => Facts(draft).Digest = text)),
            ])),
            ("os", Shape.Object(
            [
                ("family", Shape.Text((draft, text) => Facts(draft).OsFamily = text)),
                ("name", Shape.Text((draft, text) => Facts(draft).OsVersion = text)),
                ("eosl", Shape.Flag(draft => Facts(draft).OsEndOfLife = true)),
            ])),
            ("summary", Shape.Object(
                [.. Counts.Select(name => (name, Shape.Anything((draft, ref value) =>
                    Facts(draft).CountsFindings |= draft.Number(ref value, double.MaxValue, name) > 0)))])),
            ("vulnerabilities", Shape.Array(Vulnerability, begin: draft => Facts(draft).HasVulnerabilities = true)),
        ],
        begin: draft => Facts(draft).HasReport = true);

    /// <summary>The format.</summary>
    public static readonly ReportFormat Format = new()
    {
        Name = Name,
        Marks = ["kind", "report"],
        Members =
        [
            ("apiVersion", Shape.Text((draft, text) => Facts(draft).ApiVersion = text)),
            ("kind", Shape.Text((draft, text) => Facts(draft).Kind = text)),
            ("report", Report),
        ],
        Complete = Complete,
    };

    private static TrivyOperatorFacts Facts(ReportDraft draft) => draft.Facts<TrivyOperatorFacts>();

    private static ScanReport? Complete(ReportDraft draft)
    {
        var facts = Facts(draft);
        if (facts.Kind is not "VulnerabilityReport" || facts.ApiVersion?.StartsWith(Group, StringComparison.Ordinal) != true || !facts.HasReport)
        {
            draft.Refuse(
                ReasonCode.ReportFormat,
                $"of Kubernetes objects only Trivy operator's VulnerabilityReport is accepted, this is a '{Printable.Escape(facts.Kind)}' "
                + $"of '{Printable.Escape(facts.ApiVersion)}'{(facts.HasReport ? "" : " without a report")}");
        }
        else if (!string.Equals(facts.ScannerName, "Trivy", StringComparison.OrdinalIgnoreCase))
        {
            draft.Refuse(
                ReasonCode.ReportScannerNotAccepted,
                $"this is the report of '{Printable.Escape(facts.ScannerName)}', which only has the form of Trivy operator's");
        }
        else if (draft.HasRowWithoutId)
            draft.Refuse(ReasonCode.ReportFormat, "a vulnerability has no vulnerabilityID");
        if (draft.Refusal is not null)
            return null;

        var subjects = ReadSubjects(facts);
        return draft.ToReport(ScannerIdentity.Of("trivy", facts.ScannerVersion)!, Name, Cover(draft)) with
        {
            Kind = ReportKind.TrivyOperator,
            Time = facts.Updated,
            Subjects = subjects.Subjects,
            MalformedSubjects = subjects.Malformed,
        };
    }

    // The digest is the one the node pulled by: an index or a manifest.
    private static SubjectList ReadSubjects(TrivyOperatorFacts facts)
    {
        var subjects = new SubjectList();
        if (!string.IsNullOrEmpty(facts.Digest))
            subjects.AddNamed($"{facts.Server}/{facts.Repository}@{facts.Digest}");
        return subjects;
    }

    private static Coverage Cover(ReportDraft draft)
    {
        var facts = Facts(draft);
        var (coverage, because) = facts switch
        {
            _ when draft.Live.Count > 0 => (VulnerabilityCoverage.Scanned, "the report lists vulnerabilities"),
            { HasVulnerabilities: false } => (VulnerabilityCoverage.NotScanned, "the report has no vulnerabilities member"),
            { CountsFindings: true } => (VulnerabilityCoverage.NotScanned, "the summary counts findings, and none is listed"),
            { OsFamily: null or "" or "none" } => (VulnerabilityCoverage.Empty, "there are no vulnerabilities, and no operating system was recognised"),
            _ => (VulnerabilityCoverage.Scanned, "an operating system was recognised, and nothing was found"),
        };
        return new Coverage
        {
            Vulnerabilities = coverage,
            Because = because,
            SourceType = "container_image",
            IsOsRecognised = facts.OsFamily is not (null or "" or "none"),
            OsFamily = facts.OsFamily is "" or "none" ? null : facts.OsFamily,
            OsVersion = facts.OsVersion is "" ? null : facts.OsVersion,
            OsEndOfLife = facts.OsEndOfLife,
        };
    }
}
