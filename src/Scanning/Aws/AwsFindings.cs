// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Scanning.Reading;

namespace SupplyChain.Scanning.Aws;

/// <summary>How findings of Amazon Inspector become rows, whichever service hands them on: a row for each package of each vulnerability.</summary>
internal static class AwsFindings
{
    /// <summary>What stands beside a page of findings when more follow.</summary>
    public static readonly Shape NextToken = Shape.Text((draft, text) =>
    {
        if (text.Length > 0)
            draft.AddError("this is one page of the findings, and more follow");
    });

    /// <summary>Begins a finding.</summary>
    public static void Begin(ReportDraft draft)
    {
        var facts = draft.Facts<AwsFacts>();
        facts.Finding = new AwsFinding();
        facts.Findings++;
    }

    /// <summary>Begins a vulnerability of the finding, and its first row.</summary>
    public static void BeginVulnerability(ReportDraft draft)
    {
        draft.BeginRow();
        var facts = draft.Facts<AwsFacts>();
        facts.Vulnerability = new AwsVulnerability { Row = draft.Row };
        facts.Finding.Vulnerabilities.Add(facts.Vulnerability);
    }

    /// <summary>Begins a package, and but for the first one a row.</summary>
    public static void BeginPackage(ReportDraft draft)
    {
        var facts = draft.Facts<AwsFacts>();
        if (facts.Vulnerability.Packages.Count > 0)
            draft.BeginRow();
        draft.Resume(facts.Vulnerability.Row);
        facts.Vulnerability.Packages.Add(facts.Package = new AwsPackage());
    }

    /// <summary>Begins a resource that the finding is about.</summary>
    public static void BeginResource(ReportDraft draft)
    {
        var facts = draft.Facts<AwsFacts>();
        if (facts.Finding.Resources.Count == Limits.ReportSubjects)
            draft.Refuse(ReasonCode.ReportLimit, $"a finding is about more than {Limits.ReportSubjects} resources");
        facts.Finding.Resources.Add(facts.Resource = new AwsResource());
    }

    /// <summary>Makes rows of the finding, unless it is about no image.</summary>
    /// <param name="draft">The draft.</param>
    /// <param name="imageType">What the service calls an image among its types of resources.</param>
    public static void End(ReportDraft draft, string imageType)
    {
        var facts = draft.Facts<AwsFacts>();
        var finding = facts.Finding;
        var images = finding.Resources
            .Where(resource => resource.Digest is not null || string.Equals(resource.Type, imageType, StringComparison.Ordinal))
            .ToList();

        // What names no resource is about anything, and counts.
        if (images.Count == 0 && finding.Resources.Count > 0)
        {
            facts.OtherResources++;
            return;
        }

        AddImages(draft, images);
        if (finding.LastObserved > (facts.LastObserved ?? DateTimeOffset.MinValue))
            facts.LastObserved = finding.LastObserved;

        // Of images Inspector finds nothing but vulnerabilities; a row without one refuses the report.
        if (finding.Vulnerabilities.Count == 0)
            BeginVulnerability(draft);
        foreach (var vulnerability in finding.Vulnerabilities)
            AddRows(draft, finding, vulnerability);
    }

    /// <summary>The digests of the images, and what is wrong with them.</summary>
    public static SubjectList ReadSubjects(AwsFacts facts)
    {
        var subjects = new SubjectList();
        foreach (var digest in facts.Images)
            subjects.Add(SubjectRole.Repository, digest);
        if (facts.HasUnnamedImage)
            subjects.AddContradiction("a finding names no image by its digest");
        return subjects;
    }

    /// <summary>The coverage of a list of findings, which tells of images that were scanned only where something was found.</summary>
    public static Coverage Cover(ReportDraft draft)
    {
        var others = draft.Facts<AwsFacts>().OtherResources;
        if (others > 0)
            draft.Note($"findings about something else than an image, which do not count: {others}");
        var hasRows = draft.Live.Count + draft.Suppressed.Count > 0;
        return new Coverage
        {
            Vulnerabilities = hasRows ? VulnerabilityCoverage.Scanned : VulnerabilityCoverage.NotScanned,
            Because = hasRows ? "the report has findings about an image" : "no finding is about an image",
        };
    }

    private static void AddImages(ReportDraft draft, List<AwsResource> images)
    {
        var facts = draft.Facts<AwsFacts>();
        facts.HasUnnamedImage |= images.Count == 0;
        foreach (var image in images)
        {
            // The resource's name ends with the digest too; one that differs leads to another image.
            var named = image.Id?[(image.Id.LastIndexOf('/') + 1)..];
            draft.AddDigestOnce(facts.Images, image.Digest ?? "");
            if (named?.Contains(':', StringComparison.Ordinal) == true)
                draft.AddDigestOnce(facts.Images, named);
            else
                facts.HasUnnamedImage |= string.IsNullOrEmpty(image.Digest);
        }
    }

    private static void AddRows(ReportDraft draft, AwsFinding finding, AwsVulnerability vulnerability)
    {
        draft.Resume(vulnerability.Row);
        draft.AddEpss(finding.Epss);
        var row = vulnerability.Row;
        (row.SeverityWord, row.Status) = (finding.ProviderSeverity ?? finding.Severity, finding.Status);
        row.IsKnownExploited |= finding.IsExploited;
        row.IsFixUnknown = finding.IsFixAvailable || vulnerability.IsFixAvailable;
        if (finding.IsSuppressed)
            row.Suppression = new Suppression { Status = "SUPPRESSED", Origin = "suppression rule" };

        foreach (var package in vulnerability.Packages.DefaultIfEmpty(new AwsPackage()))
        {
            draft.Resume(new FindingRow());
            draft.Row.TakeFrom(row);
            (draft.Row.PackageName, draft.Row.PackageVersion) = (package.Name, package.FullVersion);
            (draft.Row.PackageType, draft.Row.FixedVersion) = (package.Manager, package.FixedIn);
            if (package.FilePath is { } path)
                draft.AddLocation(path);
            if (draft.Row.Suppression is null)
                draft.AddLive();
            else
                draft.AddSuppressed();
        }
    }
}
