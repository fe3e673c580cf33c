// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using SupplyChain.Model;
using SupplyChain.Testing;

namespace SupplyChain.Sigstore.Tests.Bundles;

/// <summary>Sigstore's own conformance cases, by digest.</summary>
public sealed class ConformanceTests
{
    private const string Folder = "vectors/sigstore/conformance/bundle-verify";

    /// <summary>Why each case fails that has to.</summary>
    private static readonly Dictionary<string, string> Reasons = new(StringComparer.Ordinal)
    {
        ["bundle-empty-certificate-chain_fail"] =
            "SIGNATURE_MALFORMED: verificationMaterial.x509CertificateChain has no certificates",
        ["bundle-from-wrong-instance_fail"] =
            "TLOG_MISMATCH: 1 trusted logs have to have recorded the signature; 0 of 1 entries are of one",
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
            "CERT_INVALID: 1 trusted logs have to have recorded certificate ",
        ["invalid-inclusion-proof_fail"] =
            "TLOG_MISMATCH: an entry of a bundle of this version needs a proof with a checkpoint",
        ["managed-key-no-key_fail"] =
            "KEY_NOT_TRUSTED: no key is trusted for this",
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
            "TIME_UNTRUSTED: 1 logs or timestamp authorities have to have told the time; 0 did: the timestamp authority is trusted from ",
        ["rekor2-timestamp-untrusted-tsa-with-embedded-cert_fail"] =
            "TIME_UNTRUSTED: 1 logs or timestamp authorities have to have told the time; 0 did: the timestamp is signed by another certificate ",
        ["rekor2-timestamp-untrusted-tsa-without-embedded-cert_fail"] =
            "TIME_UNTRUSTED: 1 logs or timestamp authorities have to have told the time; 0 did: the timestamp is signed by another certificate ",
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

    public static TheoryData<string> Cases => SharedFiles.Find(Folder + "/cases.json") is { } file
        ? [.. ReadCases(file).Select(conformance => conformance.GetProperty("id").GetString()!)]
        : ["(absent)"];

    [Theory, MemberData(nameof(Cases))]
    public void Judges_as_the_suite_does(string id)
    {
        var conformance = ReadCases(SharedFiles.Require(Folder + "/cases.json")).Single(found => found.GetProperty("id").GetString() == id);
        var outcome = Verify(conformance);

        Assert.True((outcome is null) == (conformance.GetProperty("expect").GetString() == "pass"), $"{id}: {outcome}");
        if (outcome is not null)
            Assert.StartsWith(Reasons[id], outcome, StringComparison.Ordinal);
    }

    private static string? Verify(JsonElement conformance) => Verify(conformance, ReadRoot(conformance), Read(conformance, "bundle"));

    private static string? Verify(JsonElement conformance, TrustedRoot root, byte[] content)
    {
        if (!Bundle.TryReadWithMaterial(content, out var bundle, out var problem))
            return $"{problem.Reason}: {problem.Message}";

        PublicKey? key = null;
        if (conformance.GetProperty("key").GetString() is not null
            && !PublicKey.TryParsePem(System.Text.Encoding.UTF8.GetString(Read(conformance, "key")), out key, out var unread))
        {
            return $"key: {unread}";
        }

        var trust = new BundleTrust
        {
            Root = root,
            Keys = key is null ? [] : [new TrustedKey(key, new ValidityPeriod(DateTimeOffset.UnixEpoch, null))],
            Logs = 1,
            CertificateLogs = conformance.GetProperty("id").GetString()!.StartsWith("managed-key", StringComparison.Ordinal) ? 0 : 1,
            Times = 1,
            Identities =
            [
                new TrustedIdentity { Issuer = conformance.GetProperty("issuer").GetString()!, Subject = conformance.GetProperty("identity").GetString()! },
            ],
        };
        return BundleVerifier.TryVerify(bundle, Digest.Compute(Read(conformance, "artifact")), trust, out _, out problem)
            ? null
            : $"{problem.Reason}: {problem.Message} [{problem.Expected} / {problem.Actual}]";
    }

    private static TrustedRoot ReadRoot(JsonElement conformance)
    {
        Assert.True(TrustedRoot.TryRead(Read(conformance, "trustedRoot"), out var root, out var problem), problem);
        return root;
    }

    private static byte[] Read(JsonElement conformance, string name) =>
        File.ReadAllBytes(Path.Combine(SharedFiles.Require(Folder), conformance.GetProperty(name).GetString()!));

    private static List<JsonElement> ReadCases(string file)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(file));
        return [.. document.RootElement.GetProperty("cases").EnumerateArray().Select(found => found.Clone())];
    }
}
