// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Sigstore;

/// <summary>The predicate types this product writes or knows by name; compared exactly, never by prefix.</summary>
public static class PredicateTypes
{
    /// <summary>An image signature in statement form, as cosign 3 writes it.</summary>
    public const string ImageSignature = "https://sigstore.dev/cosign/sign/v1";

    /// <summary>A vulnerability scan with the scanner's report inside.</summary>
    public const string VulnerabilityScan = "https://cosign.sigstore.dev/attestation/vuln/v1";

    /// <summary>A SLSA verification summary: what a verifier decided about an artifact.</summary>
    public const string VerificationSummary = "https://slsa.dev/verification_summary/v1";

    /// <summary>SLSA provenance, version 1.</summary>
    public const string SlsaProvenance = "https://slsa.dev/provenance/v1";

    /// <summary>SLSA provenance, version 0.2.</summary>
    public const string SlsaProvenance02 = "https://slsa.dev/provenance/v0.2";

    /// <summary>An SPDX document, as an object or as tag-value text.</summary>
    public const string Spdx = "https://spdx.dev/Document";

    /// <summary>A CycloneDX document.</summary>
    public const string CycloneDx = "https://cyclonedx.org/bom";

    /// <summary>An OpenVEX document.</summary>
    public const string OpenVex = "https://openvex.dev/ns";

    /// <summary>An in-toto link.</summary>
    public const string Link = "https://in-toto.io/Link/v1";

    /// <summary>cosign's type for content of no type.</summary>
    public const string Custom = "https://cosign.sigstore.dev/attestation/v1";

    /// <summary>The type behind one of cosign's <c>--type</c> names, or null for an unknown name.</summary>
    public static string? FromCosignName(string name) => name switch
    {
        "vuln" => VulnerabilityScan,
        "slsaprovenance" or "slsaprovenance02" => SlsaProvenance02,
        "slsaprovenance1" => SlsaProvenance,
        "spdx" or "spdxjson" => Spdx,
        "cyclonedx" => CycloneDx,
        "openvex" => OpenVex,
        "link" => Link,
        "custom" => Custom,
        _ => null,
    };
}
