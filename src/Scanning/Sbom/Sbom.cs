// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Scanning;

/// <summary>The formats in which SBOMs are read.</summary>
public enum SbomFormat
{
    /// <summary>CycloneDX JSON, versions 1.4 to 1.7.</summary>
    CycloneDx,

    /// <summary>SPDX JSON, versions 2.2 and 2.3.</summary>
    Spdx,
}

/// <summary>An SBOM, reduced to what policies judge.</summary>
/// <param name="Format">The format it was read as.</param>
/// <param name="Version">The format's version as written.</param>
/// <param name="Components">What is in the image, nested ones among the others; in the document's order.</param>
public sealed record Sbom(SbomFormat Format, string Version, IReadOnlyList<SbomComponent> Components);

/// <summary>One thing in an image.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">Its version; null when not told.</param>
/// <param name="Purl">Its package URL; null when not told.</param>
/// <param name="Licenses">Ids, expressions and names of its licences as written; empty when none is told.</param>
public sealed record SbomComponent(string Name, string? Version, string? Purl, IReadOnlyList<string> Licenses);
