// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Scanning.Reading;

namespace SupplyChain.Scanning.Aws;

/// <summary>What a report of one of the services of AWS says beside its rows, as it is read.</summary>
internal sealed class AwsFacts
{
    /// <summary>The digests of the images that the report or its findings name.</summary>
    public List<string> Images { get; } = [];

    /// <summary>Whether a finding names no image by its digest.</summary>
    public bool HasUnnamedImage { get; set; }

    /// <summary>Findings, each of which has a row for every package it is in.</summary>
    public int Findings { get; set; }

    /// <summary>Those among them that are of ECR's basic scan.</summary>
    public int BasicFindings { get; set; }

    /// <summary>Findings about instances, functions and the like.</summary>
    public int OtherResources { get; set; }

    /// <summary>Who made a finding that is not Amazon Inspector's.</summary>
    public string? Foreign { get; set; }

    /// <summary>Whether a finding is of another version of the format than is known.</summary>
    public bool HasOtherVersion { get; set; }

    /// <summary>When an image was last seen to have one of the findings.</summary>
    public DateTimeOffset? LastObserved { get; set; }

    /// <summary>Whether the list of findings is a list, however short.</summary>
    public bool HasFindings { get; set; }

    /// <summary>Whether the list of Inspector's findings within ECR's report is a list.</summary>
    public bool HasEnhancedFindings { get; set; }

    public DateTimeOffset? CompletedAt { get; set; }

    public DateTimeOffset? SourceUpdatedAt { get; set; }

    /// <summary>What became of the scan.</summary>
    public string? Status { get; set; }

    /// <summary>Whether the report says of which image it is, if only by a tag.</summary>
    public bool HasImage { get; set; }

    /// <summary>Findings by the report's own summary.</summary>
    public double Counted { get; set; }

    /// <summary>The attribute of the row being read.</summary>
    public (string? Key, string? Value) Attribute { get; set; }

    /// <summary>The scores of that row by the version of the standard, as <c>CVSS3</c>.</summary>
    public Dictionary<string, double?> Scores { get; } = new(StringComparer.Ordinal);

    /// <summary>Their vectors.</summary>
    public Dictionary<string, string> Vectors { get; } = new(StringComparer.Ordinal);

    /// <summary>The score being read.</summary>
    public (double? Score, string? Vector) Score { get; set; }

    /// <summary>The finding being read.</summary>
    public AwsFinding Finding { get; set; } = new();

    /// <summary>The vulnerability being read, of which a finding of Security Hub may have several.</summary>
    public AwsVulnerability Vulnerability { get; set; } = new();

    /// <summary>The package being read.</summary>
    public AwsPackage Package { get; set; } = new();

    /// <summary>The resource being read.</summary>
    public AwsResource Resource { get; set; } = new();
}

/// <summary>One finding.</summary>
internal sealed class AwsFinding
{
    /// <summary>Whose finding it is, by a resource name that AWS gives.</summary>
    public string? Arn { get; set; }

    public string? ProductName { get; set; }

    /// <summary>The version of the form it has.</summary>
    public string? Version { get; set; }

    /// <summary>The provider's word, where the service keeps it apart from what its customer made of it.</summary>
    public string? ProviderSeverity { get; set; }

    public string? Severity { get; set; }

    public string? Status { get; set; }

    public bool IsSuppressed { get; set; }

    public bool IsFixAvailable { get; set; }

    public bool IsExploited { get; set; }

    public double? Epss { get; set; }

    public DateTimeOffset? LastObserved { get; set; }

    public List<AwsVulnerability> Vulnerabilities { get; } = [];

    public List<AwsResource> Resources { get; } = [];
}

/// <summary>One vulnerability: what its rows have in common, and the packages that they differ by.</summary>
internal sealed class AwsVulnerability
{
    public FindingRow Row { get; init; } = new();

    public bool IsFixAvailable { get; set; }

    public List<AwsPackage> Packages { get; } = [];
}

/// <summary>One package, whose version is split.</summary>
internal sealed class AwsPackage
{
    public string? Name { get; set; }

    public string? Epoch { get; set; }

    public string? Version { get; set; }

    public string? Release { get; set; }

    public string? Manager { get; set; }

    public string? FilePath { get; set; }

    public string? FixedIn { get; set; }

    /// <summary>The version in one piece, as a package database has it.</summary>
    public string? FullVersion =>
        (Epoch is null or "" or "0" ? "" : $"{Epoch}:") + Version + (string.IsNullOrEmpty(Release) ? "" : $"-{Release}");
}

/// <summary>One resource that a finding is about.</summary>
internal sealed class AwsResource
{
    public string? Type { get; set; }

    public string? Id { get; set; }

    public string? Digest { get; set; }
}
