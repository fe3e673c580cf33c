// SPDX-License-Identifier: Apache-2.0

using SupplyChain.EndToEnd.Components;
using SupplyChain.EndToEnd.Examples;
using SupplyChain.Model;
using SupplyChain.Sigstore;
using SupplyChain.Testing.Sigstore;

namespace SupplyChain.EndToEnd.Crash;

/// <summary>
/// The attestor is ended with kill -9 when a signature is on record as the key made it, and not yet as others have seen it: after the start that
/// very signature is seen, once, and published.
/// </summary>
public sealed class WitnessedCrashTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>The three before the approval are seen together; each takes one request to everybody who is asked.</summary>
    public static TheoryData<string, string, int, int> BetweenTheRecords => new()
    {
        { "log: required, timestamp: required", "7", 4, 3 },
        { "log: required, timestamp: required", "8", 4, 3 },
        { "log: required", "4", 4, 3 },
        { "log: required", "answer4", 4, 3 },
        { "timestamp: required", "answer4", 4, 3 },
        { "log: required, timestamp: required", "1", 3, 0 },
    };

    [Theory, MemberData(nameof(BetweenTheRecords))]
    public async Task After_a_crash_before_a_signature_is_on_record_as_seen_the_same_request_ends_with_it_seen_and_published_once(
        string asked, string moment, int made, int seen)
    {
        using var world = new TrustWorld(TimeProvider.System);
        await using var services = await SigstoreServices.StartAsync(world);
        using var folder = AttestorFolder.ForExample();
        folder.RequireTransparency(services, asked);
        var image = ExampleImage.Open("clean");
        var report = await File.ReadAllBytesAsync(Path.Combine(ExampleImage.Folder, "reports", "clean.trivy.json"), Stop);

        await CrashDrill.RunAsync(folder, "8", moment, $"{AttestorFolder.LayoutHost}/demo/shop@{image.Digest}", report, async () =>
        {
            var (bare, witnessed) = await CrashDrill.ReadSignaturesAsync(folder.Ledger);
            Assert.Equal((made, seen), (bare.Count, witnessed.Count));
            Assert.Empty(PublishedArtifacts.Read(folder.Layout, image.Digest));
        });

        var published = PublishedArtifacts.Read(folder.Layout, image.Digest);
        await CrashDrill.EnsureHonestAsync(folder.Ledger, published);
        var (signed, shown) = await CrashDrill.ReadSignaturesAsync(folder.Ledger);
        Assert.Equal(signed, shown);
        Assert.Equal(4, signed.Count);
        var isLogged = asked.Contains("log", StringComparison.Ordinal);
        Assert.Equal(isLogged ? 4 : 0, world.Rekor1.Recorded);
        Assert.All(published.Where(artifact => artifact.Purpose != "tag"), artifact => EnsureSeen(folder, artifact, image.Digest, world, isLogged));
    }

    // As a verifier reads it that asks for a log, or for a time.
    private static void EnsureSeen(AttestorFolder folder, PublishedArtifact artifact, Digest image, TrustWorld world, bool isLogged)
    {
        var content = File.ReadAllBytes(Path.Combine(folder.Layout, "blobs", artifact.Content.Algorithm, artifact.Content.Hex));
        Assert.True(Bundle.TryReadWithMaterial(content, out var bundle, out var problem), problem?.Message);
        Assert.True(PublicKey.TryParsePem(File.ReadAllText(folder.PublicKey), out var key, out var unreadable), unreadable);
        Assert.True(TrustedRoot.TryRead(System.Text.Encoding.UTF8.GetBytes(world.Root().ToJsonString()), out var root, out unreadable), unreadable);
        var trust = new BundleTrust
        {
            Root = root,
            Keys = [new TrustedKey(key, new ValidityPeriod(DateTimeOffset.UnixEpoch, null))],
            Logs = isLogged ? 1 : 0,
            CertificateLogs = 0,
            Times = 1,
        };
        Assert.True(BundleVerifier.TryVerify(bundle, image, trust, out _, out problem), problem?.Message);
    }
}
