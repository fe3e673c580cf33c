// SPDX-License-Identifier: Apache-2.0

using System.Text;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Testing;
using SupplyChain.Testing.Sigstore;

namespace SupplyChain.Sigstore.Clients.Tests;

/// <summary>Simulated services on a clock that stands still, and a signer whose signatures they see.</summary>
public sealed class Witnesses : IAsyncDisposable
{
    private Witnesses(ManualClock clock, SigstoreServices services)
    {
        (Clock, Services) = (clock, services);
        Http = new TransparencyHttp(clock);
        Assert.True(TrustedRoot.TryRead(Encoding.UTF8.GetBytes(services.Root().ToJsonString()), out var root, out var problem), problem);
        Root = root;
        var statement = StatementWriter.WriteImageSignature(Image, Repository.Parse("registry.example.com/payments/api"));
        Envelope = new Envelope(
            Envelope.InTotoPayloadType, statement, Key.Sign(Envelope.ToBeSigned(Envelope.InTotoPayloadType, statement)), KeyId: "");
        OfEnvelope = LoggedSignature.Of(Envelope, Key.Public);
        OfArtifact = LoggedSignature.Of(Image, Key.Sign(Image), Key.Public);
    }

    public static Digest Image { get; } = Digest.Compute("the image"u8);

    public static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ManualClock Clock { get; }

    public SigstoreServices Services { get; }

    public TransparencyHttp Http { get; }

    public TrustedRoot Root { get; }

    public EphemeralKey Key { get; } = new();

    public Envelope Envelope { get; }

    public LoggedSignature OfEnvelope { get; }

    public LoggedSignature OfArtifact { get; }

    public static async Task<Witnesses> StartAsync()
    {
        var clock = new ManualClock();
        return new Witnesses(clock, await SigstoreServices.StartAsync(new TrustWorld(clock)));
    }

    public LogClient Log(SigstoreService service) => new(Http, Services.Find(service), Root);

    public TimestampClient Timestamps => new(Http, Services.Find(SigstoreService.Timestamps), Root);

    public CertificateClient Certificates => new(Http, Services.Find(SigstoreService.Certificates), Root);

    /// <summary>What a verifier makes of a bundle by this signer's key.</summary>
    public VerifiedMaterial Verify(byte[] content, int logs, int times)
    {
        Assert.True(Bundle.TryReadWithMaterial(content, out var bundle, out var problem), problem?.Message);
        var trust = new BundleTrust
        {
            Root = Root,
            Keys = [new TrustedKey(Key.Public, new ValidityPeriod(Clock.GetUtcNow().AddDays(-1), null))],
            Logs = logs,
            CertificateLogs = 0,
            Times = times,
        };
        Assert.True(BundleVerifier.TryVerify(bundle, Image, trust, out var verified, out problem), problem?.Message);
        return verified;
    }

    /// <summary>Makes a call that fails; one that hangs is given its time.</summary>
    public async Task<TransparencyException> FailAsync<T>(ValueTask<T> call, SigstoreFault fault)
    {
        var running = call.AsTask();
        if (fault is SigstoreFault.Hang or SigstoreFault.LosesAnswer)
        {
            await Services.WaitForHangAsync(Stop);
            Clock.Advance(Limits.TransparencyCall);
        }

        return await Assert.ThrowsAsync<TransparencyException>(() => running);
    }

    public static void AssertRefused(TransparencyException found, string reason, string words)
    {
        Assert.Equal(reason, found.Reason.Name);
        Assert.Contains(words, found.Message, StringComparison.Ordinal);
        Assert.Equal(found.Reason == ReasonCode.TransparencyUnavailable, found.Reason.IsRetryable);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        Key.Dispose();
        await Services.DisposeAsync();
        Services.World.Dispose();
    }
}
