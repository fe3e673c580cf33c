// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Scanning;

/// <summary>The formats in which SBOMs are read.</summary>
public enum SbomFormat
{
    /// <summary>CycloneDX JSON, versions 1.4 to 1.7.</summary>
    CycloneDx,

    /// <summary>SPDX JSON, versions 2.2 and 2.3, and SPDX 3.0 JSON-LD.</summary>
    Spdx,
}

/// <summary>An SBOM, reduced to what policies judge.</summary>
/// <param name="Format">The format it was read as.</param>
/// <param name="Version">The format's version as written.</param>
/// <param name="Components">What is in the image, nested ones among the others; in the document's order.</param>
public sealed record Sbom(SbomFormat Format, string Version, IReadOnlyList<SbomComponent> Components)
{
    /// <summary>
    /// What SPDX 2 says of the security of packages. It is no scan: nothing tells who looked, when, and whether for everything, so that
    /// no check of vulnerabilities counts it.
    /// </summary>
    public IReadOnlyList<SbomAdvisory> Advisories { get; init; } = [];

    /// <summary>The digests by which it names the image it is of; empty when it names none.</summary>
    public IReadOnlyList<ReportSubject> Subjects { get; init; } = [];

    /// <summary>What is wrong with the digests it gives. With any of these it binds to nothing.</summary>
    public IReadOnlyList<string> MalformedSubjects { get; init; } = [];
}

/// <summary>One thing in an image.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">Its version; null when not told.</param>
/// <param name="Purl">Its package URL; null when not told.</param>
/// <param name="Licenses">Ids, expressions and names of its licences as written; empty when none is told.</param>
public sealed record SbomComponent(string Name, string? Version, string? Purl, IReadOnlyList<string> Licenses);

/// <summary>A place where something is said of the security of a component.</summary>
/// <param name="Component">The component.</param>
/// <param name="Kind"><c>advisory</c>, <c>fix</c> or <c>url</c>.</param>
/// <param name="Locator">Where: mostly an address, which need not name a vulnerability.</param>
public sealed record SbomAdvisory(SbomComponent Component, string Kind, string Locator);
