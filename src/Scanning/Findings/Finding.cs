// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Scanning;

/// <summary>
/// One vulnerability in one package, as one scanner reports it. Rows of a report that no policy could tell apart are one
/// finding: its severity is their highest, its aliases and locations are all of theirs.
/// </summary>
/// <remarks>Every text is the report's own: escape it with <see cref="Model.Printable"/> before showing it.</remarks>
/// <param name="Id">The id, printable ASCII; <c>CVE-…</c> in capitals and <c>GHSA-…</c> in its canonical case.</param>
/// <param name="Aliases">Other ids of the same vulnerability, in the same form, without <paramref name="Id"/>.</param>
/// <param name="Severity">The scanner's word on the one scale.</param>
/// <param name="SeverityWord">That word as written; null when there was none.</param>
/// <param name="Package">Where the vulnerability is.</param>
/// <param name="FixedVersion">The version or versions that fix it, as written; null when none is named.</param>
/// <param name="Status">The scanner's fix status, such as <c>will_not_fix</c>. It never makes a finding harmless.</param>
/// <param name="Locations">The files or targets it was found in, each once, in the report's order.</param>
public sealed record Finding(
    string Id, IReadOnlyList<string> Aliases, Severity Severity, string? SeverityWord, Package Package,
    string? FixedVersion, string? Status, IReadOnlyList<string> Locations)
{
    /// <summary>
    /// Whether a version is named that fixes it; a status alone says nothing that anybody could install. Where the format
    /// cannot tell it counts as fixable.
    /// </summary>
    public bool IsFixable => FixedVersion is not null || IsFixUnknown;

    /// <summary>Whether the format has no place for a version that fixes it, so that its absence says nothing.</summary>
    public bool IsFixUnknown { get; init; }

    /// <summary>The highest CVSS base score that the report gives; null when it gives none. A score is no severity.</summary>
    public CvssScore? Cvss { get; init; }

    /// <summary>Whether the report says that it is exploited. False only means that the report does not say so.</summary>
    public bool IsKnownExploited { get; init; }

    /// <summary>The highest EPSS probability that the report gives, from 0 to 1; null when it gives none.</summary>
    public double? Epss { get; init; }

    /// <summary>When the version that fixes it became available, the earliest time given; null when the report does not tell.</summary>
    public DateTimeOffset? FixedSince { get; init; }
}

/// <summary>A CVSS base score.</summary>
/// <param name="Score">From 0 to 10, finite.</param>
/// <param name="Vector">The vector as written; null when there is none.</param>
public sealed record CvssScore(double Score, string? Vector);

/// <summary>An installed package.</summary>
/// <param name="Name">Its name; empty when the report gives none.</param>
/// <param name="Version">The installed version; empty when the report gives none.</param>
/// <param name="Purl">Its package URL as written; null when the report gives none.</param>
/// <param name="Type">The scanner's word for its kind, such as <c>deb</c> or <c>node-pkg</c>.</param>
public sealed record Package(string Name, string Version, string? Purl, string? Type);

/// <summary>
/// A finding that the report itself sets aside. It is as live as any other until a policy accepts the reason.
/// </summary>
/// <param name="Finding">The finding.</param>
/// <param name="Status">What the report says of it, such as <c>not_affected</c> or <c>ignored</c>.</param>
/// <param name="Origin">Who set it aside: a file, a VEX document or a rule, as the report names it.</param>
/// <param name="Statement">The reason given.</param>
public sealed record SuppressedFinding(Finding Finding, string? Status, string? Origin, string? Statement);
