// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json.Nodes;
using SupplyChain.Model.Decisions;
using SupplyChain.Sigstore;
using SupplyChain.Testing.Sigstore;

namespace SupplyChain.Attestor.Api.Tests;

/// <summary>The service with a policy that wants a log and a timestamp authority to see what it signs, as its files name them.</summary>
public sealed class TransparencyTests(TransparentService service) : IClassFixture<TransparentService>
{
    [Fact]
    public async Task An_image_is_signed_once_everybody_has_seen_it_and_verifies_for_whoever_asks_for_that()
    {
        var image = service.PushImage("seen/shop");

        var answer = await service.AttestAsync(Bodies.Multipart(image.Name, Service.ReportOf(image)));

        answer.AssertDecision(201, Outcome.Approved);
        Assert.True(PublicKey.TryParsePem(await File.ReadAllTextAsync(service.Folder["approval.pub"], TestContext.Current.CancellationToken), out var publicKey, out var unreadable), unreadable);
        Assert.True(TrustedRoot.TryRead(Encoding.UTF8.GetBytes(service.Sigstore.Root().ToJsonString()), out var root, out unreadable), unreadable);
        var trust = new BundleTrust
        {
            Root = root,
            Keys = [new TrustedKey(publicKey, new ValidityPeriod(DateTimeOffset.UnixEpoch, null))],
            Logs = 1,
            CertificateLogs = 0,
            Times = 2,
        };
        var bundles = service.BundlesOf("seen/shop", image.Digest).ToList();
        Assert.Equal(3, bundles.Count);
        Assert.All(bundles, content =>
        {
            Assert.True(Bundle.TryReadWithMaterial(content, out var bundle, out var problem), problem?.Message);
            Assert.True(BundleVerifier.TryVerify(bundle, image.Digest, trust, out _, out problem), problem?.Message);
        });
    }

    [Fact]
    public async Task Where_nobody_has_to_see_it_nobody_is_asked()
    {
        var image = service.PushImage();
        var calls = service.Sigstore.AllCalls;

        (await service.AttestAsync(Bodies.Multipart(image.Name, Service.ReportOf(image)))).AssertDecision(201, Outcome.Approved);

        Assert.Equal(calls, service.Sigstore.AllCalls);
    }

    [Theory]
    [InlineData(SigstoreService.Rekor1, SigstoreFault.ServerError, "TRANSPARENCY_UNAVAILABLE", "failed (HTTP 500)")]
    [InlineData(SigstoreService.Rekor1, SigstoreFault.RefusesKey, "TRANSPARENCY_REFUSED", "refused (HTTP 400): unsupported kind of key")]
    [InlineData(SigstoreService.Timestamps, SigstoreFault.Throttle, "TRANSPARENCY_UNAVAILABLE", "asks for fewer requests")]
    [InlineData(SigstoreService.Timestamps, SigstoreFault.OtherAuthority, "TIME_UNTRUSTED", "the timestamp is signed by another certificate")]
    public async Task A_fault_is_answered_by_its_reason_and_passes_when_it_has_passed(SigstoreService broken, SigstoreFault fault, string reason, string words)
    {
        var image = service.PushImage("seen/shop");
        var report = Service.ReportOf(image);

        service.Sigstore.Break(broken, fault);
        var interrupted = await service.AttestAsync(Bodies.Multipart(image.Name, report));
        service.Sigstore.Mend();
        Assert.Empty(service.BundlesOf("seen/shop", image.Digest));
        var finished = await service.AttestAsync(Bodies.Multipart(image.Name, report));

        interrupted.AssertProblem($"{fault}", 503, "unavailable", reason, "a log or timestamp authority that the policy wants to see what is signed did not");
        Assert.Contains(words, service.Log.Text, StringComparison.Ordinal);
        finished.AssertDecision(201, Outcome.Approved);
        Assert.Equal(3, service.BundlesOf("seen/shop", image.Digest).Count());
    }

    [Fact]
    public async Task A_policy_with_services_elsewhere_is_not_put_in_force()
    {
        var elsewhere = service.Sigstore.Config();
        elsewhere["tsaUrls"]![0]!["url"] = "https://time.example.com";
        service.WriteTrustRoot("elsewhere", elsewhere);
        service.WritePolicy("elsewhere-policy", service.SigningText("elsewhere", "elsewhere") + "\n  transparency: { trustRoot: elsewhere, timestamp: required }");
        try
        {
            await service.ReloadAsync();

            var image = service.PushImage("elsewhere/shop");
            (await service.AttestAsync(Bodies.Multipart(image.Name, Service.ReportOf(image)))).AssertProblem("elsewhere", 403, "not-authorised", "NOT_AUTHORISED");
            Assert.Contains("names a service at time.example.com, which this service may not speak to", service.Log.Text, StringComparison.Ordinal);
        }
        finally
        {
            service.RemovePolicy("elsewhere-policy.yaml");
            service.RemovePolicy("elsewhere.json");
            await service.ReloadAsync();
        }
    }
}

/// <summary>The host with a log and a timestamp authority that it may speak to.</summary>
public sealed class TransparentService : Service, IAsyncLifetime
{
    public SigstoreServices Sigstore { get; private set; } = null!;

    protected override string KeyMembers =>
        $$"""
        "keyPasswordFile": "password", "transparency": { "hosts": ["http://{{Sigstore.Origin.Authority}}"] }
        """;

    /// <summary>Every bundle that is stored beside an image.</summary>
    public IEnumerable<byte[]> BundlesOf(string repository, Model.Digest image) => Registry.In(repository).BundlesOf(image);

    public void WriteTrustRoot(string name, JsonObject signingConfig) => File.WriteAllText(
        Path.Combine(Folder["policies"], name + ".json"), Sigstore.TrustRootDocument(name, signingConfig).ToJsonString());

    public void RemovePolicy(string file) => File.Delete(Path.Combine(Folder["policies"], file));

    async ValueTask IAsyncLifetime.InitializeAsync()
    {
        Sigstore = await SigstoreServices.StartAsync(new TrustWorld(TimeProvider.System));
        Prepare = () =>
        {
            WriteTrustRoot("example", Sigstore.Config());
            WritePolicy("seen", SigningText("seen", "seen") + "\n  transparency: { trustRoot: example, log: required, timestamp: required }");
        };
        await InitializeAsync();
    }

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        await DisposeAsync();
        await Sigstore.DisposeAsync();
        Sigstore.World.Dispose();
    }
}
