// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Scanning.Harbor;

/// <summary>What a Harbor report says beside its rows, as it is read.</summary>
internal sealed class HarborFacts
{
    /// <summary>How often the document says when it was made: it may hold one report only.</summary>
    public int Reports { get; set; }

    public DateTimeOffset? GeneratedAt { get; set; }

    public int Scanners { get; set; }

    public string? ScannerName { get; set; }

    public string? ScannerVersion { get; set; }

    /// <summary>The highest severity, as the scanner sums up.</summary>
    public string? Overall { get; set; }

    /// <summary>Whether <c>vulnerabilities</c> is a list, however short.</summary>
    public bool HasVulnerabilities { get; set; }

    public string? Repository { get; set; }

    public string? ArtifactDigest { get; set; }

    /// <summary>The digests that the findings name.</summary>
    public List<string> FindingDigests { get; } = [];

    /// <summary>What one source scores the row being read by version 2 and 3 of CVSS.</summary>
    public (double? Score, string? Vector)[] Scores { get; } = new (double?, string?)[2];
}
