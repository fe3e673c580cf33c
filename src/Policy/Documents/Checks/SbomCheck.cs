// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Scanning;

namespace SupplyChain.Policy;

/// <summary>Every platform has an SBOM, and nothing in it is denied.</summary>
public sealed record SbomCheck : AttestationCheck
{
    private static readonly string[] CycloneDxTypes =
    [
        "https://cyclonedx.org/bom", "https://cyclonedx.org/bom/v1.4", "https://cyclonedx.org/bom/v1.5", "https://cyclonedx.org/bom/v1.6",
        "https://cyclonedx.org/bom/v1.7",
    ];

    private static readonly string[] SpdxTypes =
        ["https://spdx.dev/Document", "https://spdx.dev/Document/v2.2", "https://spdx.dev/Document/v2.3", "https://spdx.dev/Document/v3"];

    internal SbomCheck(string name)
        : base(name)
    {
    }

    /// <summary>Every type that SBOMs are attested as.</summary>
    internal static IReadOnlyList<string> AllTypes { get; } = [.. CycloneDxTypes, .. SpdxTypes];

    /// <inheritdoc/>
    public override IReadOnlyList<string> PredicateTypes => AllTypes;

    /// <summary>How firmly a bare SBOM has to be tied to the image, for <see cref="EvidenceSource.Submitted"/>.</summary>
    public EvidenceBinding Binding { get; init; }

    /// <inheritdoc/>
    public override int LargestPredicate => Limits.SbomBytes;

    /// <summary>The formats that count; at least one.</summary>
    public required IReadOnlyList<SbomFormat> Formats { get; init; }

    /// <summary>Licences that no component may have, by SPDX id or by the text that the SBOM has.</summary>
    public IReadOnlyList<string> DeniedLicenses { get; init; } = [];

    /// <summary>Packages that must not be there.</summary>
    public IReadOnlyList<PackagePattern> DeniedPackages { get; init; } = [];

    /// <summary>What every component has to tell.</summary>
    public IReadOnlyList<SbomField> RequiredFields { get; init; } = [];

    /// <summary>The type that an SBOM is attested as, whatever its version.</summary>
    /// <param name="predicateType">One of <see cref="PredicateTypes"/>.</param>
    public static string GeneralTypeOf(string predicateType) => TypeOf(FormatOf(predicateType));

    /// <summary>The same by format.</summary>
    internal static string TypeOf(SbomFormat format) => format == SbomFormat.CycloneDx ? CycloneDxTypes[0] : SpdxTypes[0];

    /// <summary>The format that a predicate type of <see cref="PredicateTypes"/> announces.</summary>
    internal static SbomFormat FormatOf(string predicateType) =>
        CycloneDxTypes.Contains(predicateType, StringComparer.Ordinal) ? SbomFormat.CycloneDx : SbomFormat.Spdx;
}

/// <summary>Something that a component may tell.</summary>
public enum SbomField
{
    /// <summary>Its version.</summary>
    Version,

    /// <summary>Its package URL.</summary>
    Purl,

    /// <summary>A licence.</summary>
    License,
}
