// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Scanning.Reading;

namespace SupplyChain.Scanning.Trivy;

/// <summary>What a Trivy report says beside its rows, as it is read.</summary>
internal sealed class TrivyFacts
{
    public int? SchemaVersion { get; set; }

    public string? ScannerVersion { get; set; }

    public bool HasArtifact { get; set; }

    public string? ArtifactType { get; set; }

    public DateTimeOffset? CreatedAt { get; set; }

    public string? ImageId { get; set; }

    public List<string> RepoDigests { get; } = [];

    public string? OsFamily { get; set; }

    public string? OsVersion { get; set; }

    public bool OsEndOfLife { get; set; }

    public string? Os { get; set; }

    public string? Architecture { get; set; }

    public string? Variant { get; set; }

    /// <summary>Entries of <c>Results</c>; null when there is no such list.</summary>
    public int? Results { get; set; }

    public List<string> Classes { get; } = [];

    public int? Packages { get; set; }

    /// <summary>Whether some result of packages, or of no class, lists vulnerabilities, however few.</summary>
    public bool HasVulnerabilityList { get; set; }

    /// <summary>The result being read.</summary>
    public TrivyResult Result { get; set; } = new();

    /// <summary>The secret, misconfiguration or licence being read.</summary>
    public OtherRow? Other { get; set; }

    /// <summary>Whether the misconfiguration being read is none: Trivy can also list what passed.</summary>
    public bool IsPass { get; set; }

    /// <summary>What one source scores the row being read by each version of CVSS.</summary>
    public (double? Score, string? Vector)[] Scores { get; } = new (double?, string?)[3];
}

/// <summary>One entry of <c>Results</c>. Its members come in any order, so its rows learn their target and type when it ends.</summary>
internal sealed class TrivyResult
{
    public string? Target { get; set; }

    public string? Class { get; set; }

    public string? Type { get; set; }

    public bool HasVulnerabilities { get; set; }

    public int FirstLive { get; init; }

    public int FirstSuppressed { get; init; }

    public int FirstOther { get; init; }
}
