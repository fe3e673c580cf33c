// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using System.Text.RegularExpressions;
using SupplyChain.Model;
using SupplyChain.Testing;

namespace SupplyChain.Sigstore.Tests.Bundles;

/// <summary>Sigstore's own conformance cases, by path and by digest of the artifact.</summary>
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
        var artifact = Read(conformance, "artifact");
        foreach (var known in new[] { Artifact.FromBytes(artifact), Artifact.FromDigest(Digest.Compute(artifact)) })
        {
            var outcome = Verify(conformance, ReadRoot(conformance), Read(conformance, "bundle"), known);

            Assert.True((outcome is null) == (conformance.GetProperty("expect").GetString() == "pass"), $"{id}: {outcome}");
            if (outcome is not null)
                Assert.StartsWith(Reasons[id], outcome, StringComparison.Ordinal);
        }
    }

    /// <summary>Fixtures of each kind of bundle.</summary>
    public static TheoryData<string> Tampered => SharedFiles.Find(Folder) is null
        ? ["(absent)"]
        : ["happy-path-v0.1", "happy-path-v0.3", "happy-path-intoto-in-dsse-v3", "intoto-with-custom-trust-root", "managed-key-happy-path", "rekor2-happy-path"];

    [Theory, MemberData(nameof(Tampered))]
    public void Of_a_bundle_only_what_nobody_signs_may_change(string id)
    {
        var conformance = ReadCases(SharedFiles.Require(Folder + "/cases.json")).Single(found => found.GetProperty("id").GetString() == id);
        var root = ReadRoot(conformance);
        var artifact = Artifact.FromBytes(Read(conformance, "artifact"));

        var accepted = JsonTamper.Everything(Read(conformance, "bundle"))
            .Where(change => Verify(conformance, root, change.Json, artifact) is null).Select(change => change.ToString()).ToList();

        var allowed = id.StartsWith("rekor2", StringComparison.Ordinal) ? [.. Unsigned, .. UnsignedInRekor2] : Unsigned;
        Assert.Equal([], accepted.Where(change => !Array.Exists(allowed, pattern => Regex.IsMatch(change, pattern, RegexOptions.NonBacktracking))));
    }

    /// <summary>What may change, as patterns: each is optional, a hint, or not what the verdict rests on.</summary>
    private static readonly string[] Unsigned =
    [
        // The artifact's digest is computed, not read; a key is chosen by the policy, not by its hint.
        @"^Delete \$\.messageSignature\.messageDigest$",
        @"^(Delete|Null|Flip) \$\.verificationMaterial\.publicKey\.hint$",
        @"^(Delete|Null) \$\.dsseEnvelope\.signatures\[0\]\.keyid$",
        // DSSE asks its readers to ignore what it does not define.
        @"^Add \$\.dsseEnvelope(\.signatures\[0\])?$",
        // Of a chain the first is asked.
        @"^Duplicate \$\.verificationMaterial\.x509CertificateChain\.certificates\[0\]$",
        // Either a promise or a proof is needed, by version; the other is judged where it is there.
        @"^(Delete|Null) \$\.verificationMaterial\.tlogEntries\[0\]\.(inclusionPromise|inclusionProof)(\.checkpoint|\.signedEntryTimestamp)?$",
        // 0 and an empty list may be left out, and a number be text.
        @"^(Delete|Null) \$\.verificationMaterial\.tlogEntries\[0\]\.inclusionProof\.(logIndex|hashes)$",
        @"^Retype \$\.verificationMaterial\.tlogEntries\[0\]\.inclusionProof\.(treeSize|logIndex)$",
        // Where a log signs the time nobody else has to; the same answer twice is one.
        @"^(Delete|Null) \$\.verificationMaterial\.timestampVerificationData(\.rfc3161Timestamps(\[0\])?)?$",
        @"^Duplicate \$\.verificationMaterial\.timestampVerificationData\.rfc3161Timestamps\[0\]$",
    ];

    /// <summary>What may change in a bundle of a log that has one tree: size and root are what its checkpoint says.</summary>
    private static readonly string[] UnsignedInRekor2 =
    [
        @"^(Delete|Null|Retype|Flip) \$\.verificationMaterial\.tlogEntries\[0\]\.inclusionProof\.(logIndex|rootHash|treeSize)$",
        // A bit of a certificate that came along, and is not asked.
        @"^Flip \$\.verificationMaterial\.timestampVerificationData\.rfc3161Timestamps\[0\]\.signedTimestamp$",
    ];

    private static string? Verify(JsonElement conformance, TrustedRoot root, byte[] content, Artifact artifact)
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
        return BundleVerifier.TryVerify(bundle, artifact, trust, out _, out problem)
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
