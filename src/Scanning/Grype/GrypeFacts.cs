// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Scanning.Reading;

namespace SupplyChain.Scanning.Grype;

/// <summary>What a Grype report says beside its rows, as it is read.</summary>
internal sealed class GrypeFacts
{
    public string? ScannerName { get; set; }

    public string? ScannerVersion { get; set; }

    public DateTimeOffset? Timestamp { get; set; }

    public DateTimeOffset? DatabaseBuilt { get; set; }

    public string? DatabaseError { get; set; }

    /// <summary>Whether <c>matches</c> is a list, however short.</summary>
    public bool HasMatches { get; set; }

    public bool HasSource { get; set; }

    public string? SourceType { get; set; }

    public string? ManifestDigest { get; set; }

    public string? ImageId { get; set; }

    public List<string> RepoDigests { get; } = [];

    public string? Os { get; set; }

    public string? Architecture { get; set; }

    public string? Variant { get; set; }

    public EmbeddedManifest? Manifest { get; set; }

    public EmbeddedConfig? Config { get; set; }

    public string? DistroName { get; set; }

    public string? DistroVersion { get; set; }

    public bool DistroEndOfLife { get; set; }

    /// <summary>Whether the run's configuration is echoed.</summary>
    public bool HasConfiguration { get; set; }

    public bool OnlyFixed { get; set; }

    public bool OnlyNotFixed { get; set; }

    public bool IgnoreWontFix { get; set; }

    public int IgnoreRules { get; set; }

    public int Excludes { get; set; }

    public int VexDocuments { get; set; }

    public string? Scope { get; set; }

    /// <summary>The fixed versions of the row being read.</summary>
    public List<string> FixedVersions { get; } = [];

    /// <summary>The base score being read.</summary>
    public double? Score { get; set; }

    /// <summary>Its vector.</summary>
    public string? Vector { get; set; }
}
