// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Sigstore.Tests;

/// <summary>
/// Every one-place change of every kind of bundle, of its JSON and of what it holds encoded, with the reasons it is refused for. What
/// nobody signs is listed; a change anywhere else that is accepted fails the test.
/// </summary>
public sealed class BundleTamperTests
{
    /// <summary>What may change, as patterns: each is optional, a hint, or not what the verdict rests on.</summary>
    private static readonly string[] Unsigned =
    [
        // The artifact's digest is computed, not read; a key is chosen by the policy, not by its hint.
        @"^Delete \$\.messageSignature\.messageDigest$",
        @"^(Delete|Null|Flip) \$\.verificationMaterial\.publicKey\.hint$",
        @"^(Delete|Null) \$\.dsseEnvelope\.signatures\[0\]\.keyid$",
        // DSSE asks its readers to ignore what it does not define.
        @"^Add \$\.dsseEnvelope(\.signatures\[0\])?$",
        // Of a chain the first is asked. The others are hints that have to be certificates, and not roots.
        @"^(Delete|Duplicate) \$\.verificationMaterial\.x509CertificateChain\.certificates\[[1-9]\]$",
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

    /// <summary>
    /// What may change where the one promise is gone: a log of several trees signs its entry's place among all, and the time, nowhere
    /// else. Neither is then reported.
    /// </summary>
    private static readonly string[] UnsignedWithoutPromise =
        [@"^(Delete|Null|Retype|Flip) \$\.verificationMaterial\.tlogEntries\[0\]\.(logIndex|integratedTime)$"];

    /// <summary>What may change inside of encoded parts.</summary>
    private static readonly string[] UnsignedInside =
    [
        @"^\$\.verificationMaterial\.x509CertificateChain\.certificates\[[1-9]\]\.rawBytes: ",
        // A signature line may be there twice: it is the same log's.
        @"^\$\.verificationMaterial\.tlogEntries\[0\]\.inclusionProof\.checkpoint\.envelope: Duplicate line [4-9]$",
        .. TimestampTamperTests.Unsigned.Select(pattern =>
            @"^\$\.verificationMaterial\.timestampVerificationData\.rfc3161Timestamps\[0\]\.signedTimestamp: " + pattern[1..]),
    ];

    /// <summary>What may change inside of bundles that others speak for too.</summary>
    private static readonly string[] UnsignedOfOthers =
    [
        // Signatures of witnesses, which nobody is asked for here.
        @"^\$\.verificationMaterial\.tlogEntries\[0\]\.inclusionProof\.checkpoint\.envelope: \w+ line [4-9]$",
        // Certificates beside a timestamp, where the trust root has the authority's own.
        @"^\$\.verificationMaterial\.timestampVerificationData\.rfc3161Timestamps\[0\]\.signedTimestamp: \w+ 1\.1\.0\.3(\.\d+)*$",
        @"^\$\.verificationMaterial\.timestampVerificationData\.rfc3161Timestamps\[0\]\.signedTimestamp: \w+ 1\.1\.0\.4\.0\.(0|2\.1)$",
        @"^Flip \$\.verificationMaterial\.timestampVerificationData\.rfc3161Timestamps\[0\]\.signedTimestamp$",
    ];

    /// <summary>Why a change is refused, by where it is; the first that fits.</summary>
    private static readonly (string Place, string[] Reasons)[] Reasons =
    [
        ("$.verificationMaterial.tlogEntries", ["SIGNATURE_MALFORMED", "TLOG_MISMATCH", "TIME_UNTRUSTED", "EVIDENCE_LIMIT"]),
        ("$.verificationMaterial.timestampVerificationData", ["SIGNATURE_MALFORMED", "TIME_UNTRUSTED"]),
        // Another certificate has another key, or is not the one that the log recorded.
        ("$.verificationMaterial.certificate", ["SIGNATURE_MALFORMED", "SIGNATURE_INVALID", "TLOG_MISMATCH"]),
        ("$.verificationMaterial.x509CertificateChain", ["SIGNATURE_MALFORMED", "SIGNATURE_INVALID", "TLOG_MISMATCH"]),
        ("$.messageSignature", ["SIGNATURE_MALFORMED", "SIGNATURE_INVALID", "SUBJECT_MISMATCH"]),
        ("$.dsseEnvelope", ["SIGNATURE_MALFORMED", "SIGNATURE_INVALID"]),
        ("$", ["SIGNATURE_MALFORMED"]),
    ];

    public static TheoryData<string> Kinds => OwnBundles.Names;

    public static TheoryData<string> Suite => ConformanceBundles.Names;

    public static TheoryData<string> Implementations => VectorBundles.Names;

    [Theory, MemberData(nameof(Kinds))]
    public void Of_each_kind_of_bundle_only_what_nobody_signs_may_change(string kind) => Check(
        OwnBundles.Instance.Find(kind), kind.Contains("without promise", StringComparison.Ordinal) ? [.. Unsigned, .. UnsignedWithoutPromise] : Unsigned);

    [Theory, MemberData(nameof(Suite))]
    public void Of_bundles_of_others_only_what_nobody_signs_may_change(string name) => Check(
        ConformanceBundles.Find(name), HasOthers(name) ? [.. Unsigned, .. UnsignedOfOthers] : Unsigned);

    [Theory, MemberData(nameof(Implementations))]
    public void Of_bundles_of_other_implementations_only_what_nobody_signs_may_change(string name) => Check(VectorBundles.Find(name), Unsigned);

    private static bool HasOthers(string name) =>
        name.StartsWith("rekor2-", StringComparison.Ordinal) || name is "intoto-with-custom-trust-root" or "managed-key-happy-path";

    private static void Check(BundleCase known, string[] unsigned)
    {
        Assert.True(known.TryVerify(known.Json, known.Trust.Root, out _, out var original, out var problem), problem?.Message);
        // Of what an envelope carries every bit is signed, which is shown elsewhere.
        var changes = JsonTamper.Everything(known.Json).Select(change => (Change: $"{change}", change.Path, change.Json))
            .Concat(NestedTamper.Everything(known.Json, path => path != "$.dsseEnvelope.payload").Select(change => (Change: $"{change}", change.Path, change.Json)));
        var allowed = new ChangeList([.. unsigned, .. UnsignedInside]);
        var wrong = new List<string>();
        foreach (var (change, path, json) in changes)
        {
            var isExpected = known.TryVerify(json, known.Trust.Root, out _, out var verified, out problem)
                ? allowed.Contains(change) || IsUncounted(change, original!, verified!)
                : Reasons.First(expected => path.StartsWith(expected.Place, StringComparison.Ordinal)).Reasons.Contains(problem!.Reason.Name, StringComparer.Ordinal);
            if (!isExpected)
                wrong.Add($"{change}: {problem?.Reason.Name ?? BundleCase.Accepted}");
        }

        Assert.True(wrong.Count == 0, $"{known.Name}:\n{string.Join('\n', wrong)}");
    }

    // Where a log told the time, a timestamp that is worth nothing, be it by the change or as it was, is not reported.
    private static bool IsUncounted(string change, VerifiedMaterial original, VerifiedMaterial verified) =>
        change.Contains("$.verificationMaterial.timestampVerificationData", StringComparison.Ordinal)
        && verified.LogEntries.Any(entry => entry.Time is not null)
        && (verified.Timestamps.Count == 0 || verified.Timestamps.Count < original.Timestamps.Count);
}
