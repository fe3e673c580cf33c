// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Scanning.Reading;

namespace SupplyChain.Scanning.CycloneDx;

/// <summary>CycloneDX 1.4 to 1.7 with vulnerabilities; without any it is a bill of materials and no scan.</summary>
internal static class CycloneDxFormat
{
    private const string Name = ReportFormats.CycloneDx;

    private static readonly string[] AcceptedVersions = ["1.4", "1.5", "1.6", "1.7"];

    private static readonly (string Name, Shape Shape)[] ToolMembers =
    [
        ("name", Shape.Text((draft, text) => Facts(draft).ToolName = text)),
        ("version", Shape.Text((draft, text) => Facts(draft).ToolVersion = text)),
    ];

    private static readonly Shape Tool = Shape.Object(
        ToolMembers, begin: draft => (Facts(draft).ToolName, Facts(draft).ToolVersion) = (null, null), end: AddTool);

    // A list before version 1.5, an object of lists since.
    private static readonly Shape Tools = Shape.ObjectOrArray(
        MemberTable.Of([("components", Shape.Array(Tool)), ("services", Shape.Array(Tool))]), Tool);

    private static readonly Shape Metadata = Shape.Object(
        [
            ("timestamp", Shape.Anything((draft, ref value) => Facts(draft).Timestamp = draft.Time(ref value, "timestamp"))),
            ("tools", Tools),
            ("component", CycloneDxComponents.Subject),
        ]);

    /// <summary>The format.</summary>
    public static readonly ReportFormat Format = new()
    {
        Name = Name,
        Marks = ["bomFormat"],
        Members =
        [
            ("bomFormat", Shape.Text((draft, text) => Facts(draft).BomFormat = text)),
            ("specVersion", Shape.Text((draft, text) => Facts(draft).SpecVersion = text)),
            ("serialNumber", Shape.Text((draft, text) => Facts(draft).SerialNumber = text)),
            ("version", Shape.Anything((draft, ref value) => Facts(draft).Version =
                value.TokenType == JsonTokenType.Number && value.TryGetInt32(out var version) ? version : null)),
            ("metadata", Metadata),
            ("components", CycloneDxComponents.Components),
            ("vulnerabilities", Shape.Array(
                CycloneDxVulnerability.Vulnerability, begin: draft => Facts(draft).HasVulnerabilities = true)),
        ],
        Complete = Complete,
    };

    private static CycloneDxFacts Facts(ReportDraft draft) => draft.Facts<CycloneDxFacts>();

    private static ScanReport? Complete(ReportDraft draft)
    {
        var facts = Facts(draft);
        if (facts.BomFormat is not Name || !AcceptedVersions.Contains(facts.SpecVersion, StringComparer.Ordinal))
        {
            draft.Refuse(
                ReasonCode.ReportFormat,
                $"of CycloneDX only {string.Join(", ", AcceptedVersions)} are accepted, this is "
                + $"'{Printable.Escape(facts.BomFormat)}' '{Printable.Escape(facts.SpecVersion)}'");
        }
        else if (draft.HasRowWithoutId)
            draft.Refuse(ReasonCode.ReportFormat, "a vulnerability has no id");
        if (draft.Refusal is not null)
            return null;

        foreach (var row in draft.Live.Concat(draft.Suppressed))
            CycloneDxVulnerability.Resolve(row, facts);
        var subjects = ReadSubjects(facts);
        return draft.ToReport(facts.Tools.FirstOrDefault() ?? ScannerIdentity.Unnamed, $"{Name} {facts.SpecVersion}", Cover(draft)) with
        {
            Kind = ReportKind.CycloneDx,
            Time = facts.Timestamp,
            Subjects = subjects.Subjects,
            MalformedSubjects = subjects.Malformed,
        };
    }

    private static SubjectList ReadSubjects(CycloneDxFacts facts)
    {
        var subjects = new SubjectList();
        if (facts.Subject is not { Type: "container" } subject)
            return subjects;

        subjects.AddImage(subject.Purl, subject.Version, facts.RepoDigests, facts.ImageIds);
        return subjects;
    }

    private static Coverage Cover(ReportDraft draft)
    {
        var facts = Facts(draft);
        var (coverage, because) = facts switch
        {
            _ when draft.Live.Count > 0 => (VulnerabilityCoverage.Scanned, "the document lists vulnerabilities"),
            _ when draft.Suppressed.Count > 0 => (VulnerabilityCoverage.NotScanned, "every vulnerability is set aside: these are statements, no scan"),
            { HasVulnerabilities: true } => (VulnerabilityCoverage.Empty, "vulnerabilities is an empty list, which is also written when nobody looked for any"),
            _ => (VulnerabilityCoverage.NotScanned, "the document has no vulnerabilities: it is a bill of materials"),
        };
        return new Coverage
        {
            Vulnerabilities = coverage,
            Because = because,
            SourceType = facts.Subject?.Type,
            IsOsRecognised = facts.OperatingSystem is null ? null : true,
            OsFamily = facts.OperatingSystem?.Name,
            OsVersion = facts.OperatingSystem?.Version,
            Packages = facts.Packages,
        };
    }

    private static void AddTool(ReportDraft draft)
    {
        var facts = Facts(draft);
        if (facts.Tools.Count == Limits.ReportClasses)
            draft.Refuse(ReasonCode.ReportLimit, $"the report names more than {Limits.ReportClasses} tools");
        if (ScannerIdentity.Of(facts.ToolName, facts.ToolVersion) is { } tool)
            facts.Tools.Add(tool);
    }
}
