// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;

namespace SupplyChain.Scanning;

/// <summary>Who made a report, in the report's own words. Nothing proves them: trust goes to whoever signed or sent it.</summary>
/// <param name="Name">As the format names it, such as <c>trivy</c> or <c>grype</c>.</param>
/// <param name="Version">The scanner's version; null when the report gives none, as older ones do.</param>
public sealed record ScannerIdentity(string Name, string? Version)
{
    /// <summary>Name and version.</summary>
    public override string ToString() => Version is null ? Name : $"{Name} {Version}";
}

/// <summary>A vulnerability scan report of any accepted format, reduced to what policies judge.</summary>
public sealed record ScanReport
{
    /// <summary>Who made it.</summary>
    public required ScannerIdentity Scanner { get; init; }

    /// <summary>The format it was read as: <c>Trivy JSON 2</c> or <c>Grype JSON</c>.</summary>
    public required string Format { get; init; }

    /// <summary>When the scan was made; null when the report gives no usable time (absent, year 1, without a zone, a placeholder).</summary>
    public DateTimeOffset? Time { get; init; }

    /// <summary>When the vulnerability database was built; null when the report gives no usable time.</summary>
    public DateTimeOffset? DatabaseTime { get; init; }

    /// <summary>The digests by which the report names its image; empty when it names none.</summary>
    public IReadOnlyList<ReportSubject> Subjects { get; init; } = [];

    /// <summary>What is wrong with the digests it gives: malformed, or contradicting what the report embeds. With any of these it binds to nothing.</summary>
    public IReadOnlyList<string> MalformedSubjects { get; init; } = [];

    /// <summary>The platform the report says it scanned, if it says.</summary>
    public Platform? Platform { get; init; }

    /// <summary>What was scanned.</summary>
    public required Coverage Coverage { get; init; }

    /// <summary>The live findings, folded, in the report's order.</summary>
    public IReadOnlyList<Finding> Findings { get; init; } = [];

    /// <summary>What the report itself sets aside, one entry a row.</summary>
    public IReadOnlyList<SuppressedFinding> Suppressed { get; init; } = [];

    /// <summary>Live rows before folding.</summary>
    public int Rows { get; init; }

    /// <summary>What a reader should know although nothing was refused: words outside the severity table, times that are none.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The SHA-256 digest of the report's bytes.</summary>
    public required Digest Digest { get; init; }

    /// <summary>How many bytes it has.</summary>
    public required long Size { get; init; }
}
