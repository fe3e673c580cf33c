// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Scanning.Reading;

namespace SupplyChain.Scanning.Snyk;

/// <summary>The JSON that Snyk writes of a container image: one document, or a list of them. It names the image by a tag.</summary>
internal static class SnykFormat
{
    private const string Name = "Snyk JSON";

    /// <summary>The format.</summary>
    public static readonly ReportFormat Format = new()
    {
        Name = Name,
        Marks = ["packageManager"],
        Members = SnykDocuments.Members,
        ElementMarks = ["packageManager"],
        Element = SnykDocuments.Element,
        Complete = Complete,
    };

    private static SnykFacts Facts(ReportDraft draft) => draft.Facts<SnykFacts>();

    private static ScanReport? Complete(ReportDraft draft)
    {
        var facts = Facts(draft);

        // One that is alone begins and ends with the report.
        if (facts.Documents.Count == 0)
            SnykDocuments.Close(draft);

        if (!facts.Documents.Exists(document => document.IsContainer))
            draft.Refuse(ReasonCode.ReportFormat, "this is Snyk's report of a project, not of a container image: it has no docker member");
        else if (draft.HasRowWithoutId)
            draft.Refuse(ReasonCode.ReportFormat, "a vulnerability has no id");
        if (draft.Refusal is not null)
            return null;

        var subjects = ReadSubjects(facts);
        return draft.ToReport(new ScannerIdentity("snyk", null), Name, Cover(draft)) with
        {
            Subjects = subjects.Subjects,
            MalformedSubjects = subjects.Malformed,
            Platform = ReadPlatform(facts),
        };
    }

    // An application's path may be that of the image with more behind it.
    private static SubjectList ReadSubjects(SnykFacts facts)
    {
        var subjects = new SubjectList();
        var paths = facts.Documents.Select(document => document.Path).Where(path => !string.IsNullOrEmpty(path)).OfType<string>().ToList();
        if (paths.MinBy(path => path.Length) is not { } image)
            return subjects;

        if (paths.Exists(path => path != image && !path.StartsWith(image + "/", StringComparison.Ordinal)))
            subjects.AddContradiction("the report is of several images");
        else if (image.Contains("@sha256:", StringComparison.Ordinal))
            subjects.AddNamed(image);
        return subjects;
    }

    private static Platform? ReadPlatform(SnykFacts facts)
    {
        var named = facts.Documents.Select(document => document.Platform).OfType<string>().Distinct(StringComparer.Ordinal).ToList();
        return named is [var only] && Platform.TryParse(only, out var platform, out _) ? platform : null;
    }

    private static Coverage Cover(ReportDraft draft)
    {
        var facts = Facts(draft);
        var (coverage, because) = facts switch
        {
            _ when draft.Live.Count + draft.Suppressed.Count > 0 => (VulnerabilityCoverage.Scanned, "the report has vulnerabilities"),
            { Counted: > 0 } => (VulnerabilityCoverage.NotScanned, "the report counts vulnerabilities, and none is listed"),
            { Dependencies: 0 } => (VulnerabilityCoverage.Empty, "there are no vulnerabilities, and no packages were counted"),
            _ => (VulnerabilityCoverage.Scanned, "packages were counted, and nothing was found"),
        };
        return new Coverage
        {
            Vulnerabilities = coverage,
            Because = because,
            SourceType = "container_image",
            Packages = (int)Math.Min(facts.Dependencies, int.MaxValue),
            Licenses = draft.CountOthers(OtherFindingKind.License),
        };
    }
}
