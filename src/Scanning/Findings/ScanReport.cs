// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;

namespace SupplyChain.Scanning;

/// <summary>Who made a report, in the report's own words. Nothing proves them: trust goes to whoever signed or sent it.</summary>
/// <param name="Name">In small letters, one name however the format spells it: <c>trivy</c>, <c>grype</c> …</param>
/// <param name="Version">The scanner's version; null when the report gives none, as older ones do.</param>
public sealed record ScannerIdentity(string Name, string? Version)
{
    /// <summary>The scanner of a report that names none.</summary>
    internal static readonly ScannerIdentity Unnamed = new("unnamed", null);

    /// <summary>The identity of a name and version as a report writes them; null when there is no name.</summary>
    internal static ScannerIdentity? Of(string? name, string? version) => string.IsNullOrWhiteSpace(name)
        ? null
        : new ScannerIdentity(
            name.Trim().ToLowerInvariant().Replace(' ', '-'),
            version is null or "" or "[not provided]" ? null : version);

    /// <summary>Name and version.</summary>
    public override string ToString() => Version is null ? Name : $"{Name} {Version}";
}

/// <summary>
/// What a report's format can tell. Formats that many tools write, or that pass on what another tool said, have no place for what a
/// scanner left out, for the end of a distribution's life or the age of its database: as proof of a scan they are worth less than the
/// scanner's own.
/// </summary>
public enum ReportKind
{
    /// <summary>The scanner's own format.</summary>
    Native,

    /// <summary>SARIF.</summary>
    Sarif,

    /// <summary>CycloneDX with vulnerabilities.</summary>
    CycloneDx,

    /// <summary>Harbor's report, of whichever scanner it asked.</summary>
    Harbor,

    /// <summary>GitLab's container scanning, of whichever scanner it ran.</summary>
    GitLab,

    /// <summary>in-toto's vulns predicate, which knows no packages.</summary>
    InTotoVulns,

    /// <summary>Trivy operator's VulnerabilityReport.</summary>
    TrivyOperator,
}

/// <summary>A vulnerability scan report of any accepted format, reduced to what policies judge.</summary>
public sealed record ScanReport
{
    /// <summary>Who made it.</summary>
    public required ScannerIdentity Scanner { get; init; }

    /// <summary>The format it was read as: <c>Trivy JSON 2</c>, <c>Grype JSON</c> …</summary>
    public required string Format { get; init; }

    /// <summary>Whether that is the scanner's own format, or one that many tools write and that tells less.</summary>
    public ReportKind Kind { get; init; }

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

    /// <summary>Secrets, misconfigurations and licence findings, those that the report sets aside among them.</summary>
    public IReadOnlyList<OtherFinding> OtherFindings { get; init; } = [];

    /// <summary>Live rows before folding.</summary>
    public int Rows { get; init; }

    /// <summary>What a reader should know although nothing was refused: words outside the severity table, times that are none.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The SHA-256 digest of the report's bytes.</summary>
    public required Digest Digest { get; init; }

    /// <summary>How many bytes it has.</summary>
    public required long Size { get; init; }
}
