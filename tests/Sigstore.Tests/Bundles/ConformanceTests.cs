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
        ["bundle-empty-certificate-chain_fail"] = "SIGNATURE_MALFORMED: verificationMaterial.x509CertificateChain has no certificates",
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
        TestContext.Current.TestOutputHelper?.WriteLine(outcome ?? "pass");
        if (Reasons.TryGetValue(id, out var reason))
            Assert.StartsWith(reason, outcome, StringComparison.Ordinal);
    }

    private static string? Verify(JsonElement conformance)
    {
        var root = ReadRoot(conformance);
        if (!Bundle.TryReadWithMaterial(Read(conformance, "bundle"), out var bundle, out var problem))
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
            Keys = key is null ? [] : [key],
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
