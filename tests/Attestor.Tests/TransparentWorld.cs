// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json.Nodes;
using SupplyChain.Kms;
using SupplyChain.Model;
using SupplyChain.Oci;
using SupplyChain.Policy;
using SupplyChain.Sigstore;
using SupplyChain.Sigstore.Clients;
using SupplyChain.Testing.Sigstore;

namespace SupplyChain.Attestor.Tests;

/// <summary>An attestor whose policy wants logs and timestamp authorities to see what is signed, and those services.</summary>
internal sealed class TransparentWorld : IAsyncDisposable
{
    private readonly TransparencyHttp _http;

    private TransparentWorld(World attestor, SigstoreServices services)
    {
        Attestor = attestor;
        Services = services;
        _http = new TransparencyHttp(attestor.Clock);
        attestor.Witnesses = new Witnesses(_http, attestor.Clock);
    }

    public World Attestor { get; }

    public SigstoreServices Services { get; }

    /// <summary>Starts one; the policy gets <paramref name="policy"/> at its end.</summary>
    /// <param name="policy">More of the policy.</param>
    /// <param name="log">The log that the trust root names.</param>
    /// <param name="wrap">What happens when the key signs.</param>
    /// <param name="config">Changes the signing configuration.</param>
    /// <param name="root">Changes whom to believe.</param>
    public static async ValueTask<TransparentWorld> StartAsync(
        string policy = "\n  transparency: { trustRoot: example, log: required, timestamp: required }", SigstoreService log = SigstoreService.Rekor1,
        Func<ISigningKey, ISigningKey>? wrap = null, Action<JsonObject>? config = null, Action<JsonObject>? root = null)
    {
        var attestor = await World.CreateAsync(wrap: wrap);
        var services = await SigstoreServices.StartAsync(new TrustWorld(attestor.Clock));
        var world = new TransparentWorld(attestor, services);
        var signing = services.Config(log);
        config?.Invoke(signing);
        attestor.MoreDocuments = [TrustRoot(services, signing, root)];
        attestor.Load(World.SigningPolicyText + policy);
        return world;
    }

    /// <summary>The trust root of the simulated services as a policy document.</summary>
    public static PolicyFile TrustRoot(SigstoreServices services, JsonObject signingConfig, Action<JsonObject>? root = null) =>
        new("trust.json", Encoding.UTF8.GetBytes(services.TrustRootDocument("example", signingConfig, root).ToJsonString()));

    /// <summary>A clean image, and the request to sign it.</summary>
    public async ValueTask<(Digest Image, AttestationRequest Request)> AskAsync()
    {
        var image = await Attestor.PushImageAsync();
        return (image.Digest, Attestor.Request(image.Digest, SampleReport.Of(image.Config!.Digest, Attestor.Clock.GetUtcNow())));
    }

    /// <summary>Every bundle that is stored beside the image, as it is stored.</summary>
    public async ValueTask<IReadOnlyList<(Digest Digest, Bundle Bundle)>> BundlesAsync(Digest image)
    {
        var bundles = new List<(Digest, Bundle)>();
        foreach (var referrer in await Attestor.Registry.ListReferrersAsync(Attestor.Repository, image, CancellationToken.None))
        {
            var manifest = await Attestor.Registry.FetchManifestAsync(Attestor.Repository, referrer.Digest, CancellationToken.None);
            var blob = await Attestor.Registry.FetchBlobAsync(Attestor.Repository, manifest!.Layers[0], 1 << 20, CancellationToken.None);
            Assert.True(Bundle.TryReadWithMaterial(blob, out var bundle, out var problem), problem?.Message);
            bundles.Add((manifest.Layers[0].Digest, bundle));
        }

        return bundles;
    }

    /// <summary>What a verifier makes of a bundle that asks for a log, and for times.</summary>
    public VerifiedMaterial Verify(Bundle bundle, Digest image, int logs, int times)
    {
        var trust = new BundleTrust
        {
            Root = Attestor.Policies!.FindTrustRoot("example")!.Root,
            Keys = [new TrustedKey(Attestor.PublicKey, new ValidityPeriod(Attestor.Clock.GetUtcNow().AddDays(-1), null))],
            Logs = logs,
            CertificateLogs = 0,
            Times = times,
        };
        Assert.True(BundleVerifier.TryVerify(bundle, image, trust, out var verified, out var problem), problem?.Message);
        return verified;
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await Attestor.DisposeAsync();
        await Services.DisposeAsync();
        Services.World.Dispose();
    }
}
