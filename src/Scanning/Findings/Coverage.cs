// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Scanning;

/// <summary>Whether a report shows that somebody looked for vulnerabilities.</summary>
public enum VulnerabilityCoverage
{
    /// <summary>Its vulnerability section is absent, null, or only other classes were scanned.</summary>
    NotScanned,

    /// <summary>The section is there, but nothing that was scanned is in it or named beside it.</summary>
    Empty,

    /// <summary>Packages were scanned: there are findings, or a scanned class or image without any.</summary>
    Scanned,
}

/// <summary>What a report shows of what was scanned and what was left out. Only <see cref="VulnerabilityCoverage.Scanned"/> may count as a scan.</summary>
public sealed record Coverage
{
    /// <summary>Whether vulnerabilities were looked for.</summary>
    public required VulnerabilityCoverage Vulnerabilities { get; init; }

    /// <summary>What in the report says so, for people.</summary>
    public required string Because { get; init; }

    /// <summary>What was scanned, in the scanner's word: <c>container_image</c>, <c>filesystem</c>, <c>image</c>, <c>directory</c> …</summary>
    public string? SourceType { get; init; }

    /// <summary>The classes that Trivy reports on, each once, such as <c>os-pkgs</c>.</summary>
    public IReadOnlyList<string> Classes { get; init; } = [];

    /// <summary>Whether the scanner recognised an operating system; null when the format does not tell.</summary>
    public bool? IsOsRecognised { get; init; }

    /// <summary>The operating system's family or distribution; null when none was recognised.</summary>
    public string? OsFamily { get; init; }

    /// <summary>The operating system's version.</summary>
    public string? OsVersion { get; init; }

    /// <summary>Whether the scanner says that the distribution no longer publishes advisories: few findings mean little then.</summary>
    public bool OsEndOfLife { get; init; }

    /// <summary>Packages the report lists; null when it lists none at all, which is not zero.</summary>
    public int? Packages { get; init; }

    /// <summary>
    /// What the scanner says went wrong or is missing, in sentences that are safe to show. With any of these it is no
    /// scan: <see cref="Vulnerabilities"/> is <see cref="VulnerabilityCoverage.NotScanned"/>.
    /// </summary>
    public IReadOnlyList<string> Errors { get; init; } = [];

    /// <summary>Secrets found.</summary>
    public int Secrets { get; init; }

    /// <summary>Misconfigurations found.</summary>
    public int Misconfigurations { get; init; }

    /// <summary>Licence findings.</summary>
    public int Licenses { get; init; }

    /// <summary>What the scanner says it was told to leave out; null when the format does not tell (Trivy's never does).</summary>
    public ScanFilters? Filters { get; init; }
}

/// <summary>What Grype's echoed configuration says was left out.</summary>
/// <param name="OnlyFixed">Findings without a fix were dropped.</param>
/// <param name="OnlyNotFixed">Findings with a fix were dropped.</param>
/// <param name="IgnoreWontFix">Findings that will not be fixed were dropped.</param>
/// <param name="IgnoreRules">Rules that set findings aside; Grype's own defaults, for kernel headers, among them.</param>
/// <param name="Excludes">Path patterns that were not looked at.</param>
/// <param name="VexDocuments">VEX documents that were applied.</param>
/// <param name="Scope">The layers that were looked at, such as <c>squashed</c>.</param>
public sealed record ScanFilters(
    bool OnlyFixed, bool OnlyNotFixed, bool IgnoreWontFix, int IgnoreRules, int Excludes, int VexDocuments, string? Scope);
