// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json;
using SupplyChain.Model;
using SupplyChain.Testing;

namespace SupplyChain.Sigstore.Tests;

/// <summary>What Sigstore's own conformance suite wants accepted.</summary>
internal static class ConformanceBundles
{
    private const string Folder = "vectors/sigstore/conformance/bundle-verify";

    /// <summary>Their names; where the suite is absent, one that says so.</summary>
    public static TheoryData<string> Names => SharedFiles.Find(Folder + "/cases.json") is { } file
        ? [.. Read(file).Where(suite => Text(suite, "expect") == "pass").Select(suite => Text(suite, "id"))]
        : ["(absent)"];

    /// <summary>One of them; skips the running test where the suite is absent.</summary>
    public static BundleCase Find(string name)
    {
        var suite = Read(SharedFiles.Require(Folder + "/cases.json")).Single(known => Text(known, "id") == name);
        Assert.True(TrustedRoot.TryRead(File(suite, "trustedRoot"), out var root, out var problem), problem);
        var isByKey = suite.GetProperty("key").GetString() is not null;
        return new BundleCase(name, File(suite, "bundle"), Digest.Compute(File(suite, "artifact")), new BundleTrust
        {
            Root = root,
            Logs = 1,
            CertificateLogs = isByKey ? 0 : 1,
            Times = 1,
            Keys = isByKey ? [new TrustedKey(ReadKey(suite), new ValidityPeriod(DateTimeOffset.UnixEpoch, null))] : [],
            Identities = isByKey ? [] : [new TrustedIdentity { Issuer = Text(suite, "issuer"), Subject = Text(suite, "identity") }],
        });
    }

    private static PublicKey ReadKey(JsonElement suite) =>
        PublicKey.TryParsePem(Encoding.UTF8.GetString(File(suite, "key")), out var key, out var problem) ? key : throw new InvalidOperationException(problem);

    private static string Text(JsonElement suite, string name) => suite.GetProperty(name).GetString()!;

    private static byte[] File(JsonElement suite, string name) =>
        System.IO.File.ReadAllBytes(Path.Combine(SharedFiles.Require(Folder), Text(suite, name)));

    private static List<JsonElement> Read(string file)
    {
        using var document = JsonDocument.Parse(System.IO.File.ReadAllBytes(file));
        return [.. document.RootElement.GetProperty("cases").EnumerateArray().Select(suite => suite.Clone())];
    }
}
