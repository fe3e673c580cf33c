// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Sigstore;

/// <summary>The predicate types this product writes and reads; compared exactly, never by prefix.</summary>
public static class PredicateTypes
{
    /// <summary>An image signature in statement form, as cosign 3 writes it.</summary>
    public const string ImageSignature = "https://sigstore.dev/cosign/sign/v1";

    /// <summary>A vulnerability scan with the scanner's report inside.</summary>
    public const string VulnerabilityScan = "https://cosign.sigstore.dev/attestation/vuln/v1";

    /// <summary>A SLSA verification summary: what a verifier decided about an artifact.</summary>
    public const string VerificationSummary = "https://slsa.dev/verification_summary/v1";

    /// <summary>An OpenVEX document, of whatever version.</summary>
    public const string OpenVex = "https://openvex.dev/ns";

    /// <summary>The same with its version, as some tools write it.</summary>
    public const string OpenVexV020 = "https://openvex.dev/ns/v0.2.0";

    /// <summary>What a test run came to.</summary>
    public const string TestResult = "https://in-toto.io/attestation/test-result/v0.1";

    /// <summary>Attributes that somebody asserts of an artifact.</summary>
    public const string AttributeReportV02 = "https://in-toto.io/attestation/scai/attribute-report/v0.2";

    /// <summary>The same, version 0.3.</summary>
    public const string AttributeReportV03 = "https://in-toto.io/attestation/scai/v0.3";

    /// <summary>SLSA build provenance, version 0.2.</summary>
    public const string ProvenanceV02 = "https://slsa.dev/provenance/v0.2";

    /// <summary>SLSA build provenance, version 1.</summary>
    public const string ProvenanceV1 = "https://slsa.dev/provenance/v1";
}
