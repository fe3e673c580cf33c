// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using System.Text.RegularExpressions;
using SupplyChain.Model;
using SupplyChain.Testing;
using SupplyChain.Testing.Sigstore;

namespace SupplyChain.Sigstore.Tests.Bundles;

/// <summary>Sigstore's own conformance cases, by path and by digest of the artifact.</summary>
public sealed class ConformanceTests
{
    private const string Folder = "vectors/sigstore/conformance/bundle-verify";

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
                Assert.StartsWith(ConformanceReasons.Of(id), outcome, StringComparison.Ordinal);
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
