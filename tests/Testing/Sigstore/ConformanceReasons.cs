// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Testing.Sigstore;

/// <summary>Why each case of Sigstore's conformance suite fails that has to: the reason and how the message starts.</summary>
public static class ConformanceReasons
{
    private static readonly Dictionary<string, string> Reasons = new(StringComparer.Ordinal)
    {
        ["bundle-empty-certificate-chain_fail"] =
            "SIGNATURE_MALFORMED: verificationMaterial.x509CertificateChain has no certificates",
        ["bundle-from-wrong-instance_fail"] =
            "TLOG_MISMATCH: too few trusted logs recorded the signature",
        ["bundle-malformed-json_fail"] =
            "SIGNATURE_MALFORMED: the bundle is malformed: not JSON",
        ["bundle-unknown-version_fail"] =
            "SIGNATURE_MALFORMED: the bundle has the unknown mediaType",
        ["bundle-with-root-cert_fail"] =
            "SIGNATURE_MALFORMED: verificationMaterial.x509CertificateChain has the root certificate",
        ["checkpoint-bad-keyhint_fail"] =
            "TLOG_MISMATCH: the checkpoint does not count: none of the 1 signatures is by a known key",
        ["dsse-invalid-sig_fail"] =
            "SIGNATURE_INVALID: ",
        ["dsse-mismatch-envelope_fail"] =
            "TLOG_MISMATCH: the log entry is of payload sha256:",
        ["inclusion-proof-corrupted-hash_fail"] =
            "TLOG_MISMATCH: the proof leads to root ",
        ["incorrect-public-key_fail"] =
            "TLOG_MISMATCH: the promise of inclusion was not signed by rekor.sigstore.dev",
        ["intoto-expired-certificate_fail"] =
            "CERT_INVALID: certificate ",
        ["intoto-missing-inclusion-proof_fail"] =
            "TLOG_MISMATCH: an entry of a bundle of this version needs a proof with a checkpoint",
        ["intoto-set-outside-signing-cert-validity_fail"] =
            "CERT_INVALID: certificate ",
        ["invalid-checkpoint-signature_fail"] =
            "TLOG_MISMATCH: the checkpoint does not count: the signature of rekor.sigstore.dev+c0d23d6a is not by that key",
        ["invalid-ct-key_fail"] =
            "CERT_INVALID: too few trusted logs recorded certificate ",
        ["invalid-inclusion-proof_fail"] =
            "TLOG_MISMATCH: an entry of a bundle of this version needs a proof with a checkpoint",
        ["managed-key-no-key_fail"] =
            "KEY_NOT_TRUSTED: it is signed by a key, and only certificates are trusted for this",
        ["managed-key-wrong-key_fail"] =
            "key: the key is not a PEM block",
        ["rekor2-checkpoint-missing-origin_fail"] =
            "TLOG_MISMATCH: the checkpoint does not count: the signature of ",
        ["rekor2-checkpoint-missing-root-hash_fail"] =
            "TLOG_MISMATCH: the checkpoint does not count: the signature of ",
        ["rekor2-checkpoint-no-matching-signature_fail"] =
            "TLOG_MISMATCH: the checkpoint does not count: none of the 1 signatures is by a known key",
        ["rekor2-dsse-invalid-sig_fail"] =
            "SIGNATURE_INVALID: ",
        ["rekor2-dsse-mismatch-sig_fail"] =
            "TLOG_MISMATCH: the log entry is not the record of this signature, digest and signer",
        ["rekor2-no-inclusion-proof_fail"] =
            "TLOG_MISMATCH: an entry of a bundle of this version needs a proof with a checkpoint",
        ["rekor2-timestamp-outside-trust-root-tsa-validity_fail"] =
            "TIME_UNTRUSTED: too few logs and timestamp authorities told the time: the timestamp authority is trusted from ",
        ["rekor2-timestamp-untrusted-tsa-with-embedded-cert_fail"] =
            "TIME_UNTRUSTED: too few logs and timestamp authorities told the time: the timestamp is signed by another certificate ",
        ["rekor2-timestamp-untrusted-tsa-without-embedded-cert_fail"] =
            "TIME_UNTRUSTED: too few logs and timestamp authorities told the time: the timestamp is signed by another certificate ",
        // Its base64 is broken into lines, which is refused before the time is looked at.
        ["rekor2-timestamp-with-incorrect-time_fail"] =
            "SIGNATURE_MALFORMED: verificationMaterial.timestampVerificationData.rfc3161Timestamps[0].signedTimestamp is String; expected bytes in canonical base64",
        ["signature-mismatch_fail"] =
            "SIGNATURE_INVALID: ",
        ["wrong-hashedrekord-artifact_fail"] =
            "TLOG_MISMATCH: the log entry is of sha256:",
        ["wrong-hashedrekord-cert-and-sig_fail"] =
            "TLOG_MISMATCH: the log entry is of another signature",
        ["wrong-hashedrekord-entry_fail"] =
            "TLOG_MISMATCH: the log entry is of sha256:",
        ["wrong-material_fail"] =
            "SUBJECT_MISMATCH: the bundle is about another artifact",
    };

    /// <summary>The reason of one case.</summary>
    public static string Of(string id) => Reasons[id];
}
