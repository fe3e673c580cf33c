// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
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
