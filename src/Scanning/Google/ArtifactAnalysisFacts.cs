// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Scanning.Reading;

namespace SupplyChain.Scanning.Google;

/// <summary>What a report of Google Artifact Analysis says beside its rows, as it is read.</summary>
internal sealed class ArtifactAnalysisFacts
{
    /// <summary>Whether the vulnerabilities of a summary are there, however few.</summary>
    public bool HasVulnerabilities { get; set; }

    /// <summary>Whether a summary was asked for, rather than a list of occurrences.</summary>
    public bool IsSummary { get; set; }

    public string? ImageDigest { get; set; }

    /// <summary>What the image is called with its digest: by the summary, and by every occurrence.</summary>
    public List<string> Names { get; } = [];

    public bool HasUnnamedImage { get; set; }

    /// <summary>Whether any analysis says what became of it.</summary>
    public bool HasStatus { get; set; }

    /// <summary>When the oldest of the analyses scanned last.</summary>
    public DateTimeOffset? LastScan { get; set; }

    /// <summary>The occurrence being read.</summary>
    public Occurrence Occurrence { get; set; } = new();

    /// <summary>The package being read.</summary>
    public PackageIssue Issue { get; set; } = new();

    /// <summary>The version being read.</summary>
    public PackageVersion Version { get; set; } = new();
}

/// <summary>One occurrence: of a vulnerability, or of an analysis.</summary>
internal sealed class Occurrence
{
    public string? Kind { get; set; }

    public string? Note { get; set; }

    public string? Resource { get; set; }

    /// <summary>What the rows of a vulnerability have in common; null where it is none.</summary>
    public FindingRow? Row { get; set; }

    public string? EffectiveSeverity { get; set; }

    public string? Severity { get; set; }

    public bool IsFixAvailable { get; set; }

    public List<PackageIssue> Issues { get; } = [];

    /// <summary>What a VEX statement that Google applied says of the image.</summary>
    public Suppression? Assessment { get; set; }
}

/// <summary>One package that the vulnerability is in.</summary>
internal sealed class PackageIssue
{
    public string? Name { get; set; }

    public string? Type { get; set; }

    public string? EffectiveSeverity { get; set; }

    public bool IsFixAvailable { get; set; }

    public PackageVersion Affected { get; } = new();

    public PackageVersion Fixed { get; } = new();

    public List<string> Locations { get; } = [];
}

/// <summary>A version, in one piece or split.</summary>
internal sealed class PackageVersion
{
    public string? Kind { get; set; }

    public string? FullName { get; set; }

    public string? Epoch { get; set; }

    public string? Name { get; set; }

    public string? Revision { get; set; }

    /// <summary>The version in one piece, as a package database has it; null where the kind says that there is none.</summary>
    public string? Text => Kind is "MAXIMUM" or "MINIMUM" ? null
        : !string.IsNullOrEmpty(FullName) ? FullName
        : string.IsNullOrEmpty(Name) ? null
        : (Epoch is null or "0" ? "" : $"{Epoch}:") + Name + (string.IsNullOrEmpty(Revision) ? "" : $"-{Revision}");
}
