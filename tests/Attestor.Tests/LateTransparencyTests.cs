// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using SupplyChain.Ledger;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Policy;
using SupplyChain.Testing.Sigstore;

namespace SupplyChain.Attestor.Tests;

/// <summary>What changes while a key, a log or a timestamp authority takes its time counts for the request that waits for it.</summary>
public sealed class LateTransparencyTests
{
    private const string Asked = "\n  transparency: { trustRoot: example, log: required, timestamp: required }";

    private Digest? _image;
    private KnownEvidence? _newer;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("", 1, 3)]
    [InlineData(Asked, 3, 3)]
    [InlineData(Asked, 4, 4)]
    public async Task A_newer_report_that_becomes_known_before_the_approval_is_seen_binds(string policy, int signature, int signed)
    {
        await using var world = await StartAsync(signature, RememberNewer, policy);
        var request = await AskAsync(world);

        var interrupted = Assert.IsType<AttestationAnswer.Interrupted>(await world.Attestor.Cycle().AttestAsync(request, Stop));

        Assert.Equal("REPORT_SUPERSEDED", interrupted.Reason.Name);
        Assert.Equal($"report {_newer!.Report} of trivy became known while the request was worked on", interrupted.Message);
        Assert.Equal(signed, world.Attestor.Key.Calls);
        await AssertSupersededForGoodAsync(world, request);
    }

    [Fact]
    public async Task An_approval_that_nobody_saw_does_not_outrank_a_newer_report()
    {
        await using var world = await StartAsync(4, found => found.Services.Break(SigstoreService.Rekor1, SigstoreFault.ServerError));
        var request = await AskAsync(world);
        Assert.Equal("TRANSPARENCY_UNAVAILABLE", Assert.IsType<AttestationAnswer.Interrupted>(await world.Attestor.Cycle().AttestAsync(request, Stop)).Reason.Name);
        world.Services.Mend();
        RememberNewer(world);

        await AssertSupersededForGoodAsync(world, request);
    }

    [Fact]
    public async Task An_approval_that_was_seen_stands_and_is_stored_by_the_next_look()
    {
        await using var world = await StartAsync(4, _ => { });
        var request = await AskAsync(world);
        // The ledger holds every signature twice: as it was made, and as it was seen.
        Assert.Equal("POLICY_CHANGED", (await AskWhileAsync(world, request, after: null)).Reason.Name);
        Assert.Empty(await world.BundlesAsync(_image!));
        RememberNewer(world);

        await world.Attestor.Reconciliation().RunAsync(Stop);

        Assert.Equal(3, (await world.BundlesAsync(_image!)).Count);
        Assert.Equal(4, world.Attestor.Key.Calls);
    }

    [Fact]
    public async Task What_a_key_signed_that_was_revoked_since_is_shown_to_nobody()
    {
        await using var world = await StartAsync(3, found => found.Attestor.Policies = found.Attestor.Read(
            World.SigningPolicyText + Asked, ", state: revoked, revokedAt: 2026-11-20"));
        var request = await AskAsync(world);

        var interrupted = Assert.IsType<AttestationAnswer.Interrupted>(await world.Attestor.Cycle().AttestAsync(request, Stop));

        Assert.Equal("KEY_REVOKED", interrupted.Reason.Name);
        Assert.StartsWith("what was signed for this request rests on a key that no longer counts", interrupted.Message, StringComparison.Ordinal);
        Assert.Equal(3, world.Attestor.Key.Calls);
        Assert.Equal(0, world.Services.AllCalls);
        Assert.Empty(await world.BundlesAsync(_image!));
    }

    [Theory]
    [InlineData("policy")]
    [InlineData("trust root")]
    public async Task Under_words_that_are_no_longer_in_force_nothing_is_shown(string changed)
    {
        await using var world = await StartAsync(3, found => found.Attestor.Policies = After(found, changed));
        var request = await AskAsync(world);

        var interrupted = Assert.IsType<AttestationAnswer.Interrupted>(await world.Attestor.Cycle().AttestAsync(request, Stop));

        Assert.Equal("POLICY_CHANGED", interrupted.Reason.Name);
        Assert.Equal(3, world.Attestor.Key.Calls);
        Assert.Equal(0, world.Services.AllCalls);
    }

    [Theory]
    [InlineData("policy")]
    [InlineData("trust root")]
    public async Task Nor_is_anything_stored_that_was_seen_under_them(string changed)
    {
        await using var world = await StartAsync(4, _ => { });
        var request = await AskAsync(world) with { IdempotencyKey = "once" };
        var (before, after) = (world.Attestor.Policies, After(world, changed));
        Assert.Equal("POLICY_CHANGED", (await AskWhileAsync(world, request, after)).Reason.Name);
        Assert.Empty(await world.BundlesAsync(_image!));

        world.Attestor.Policies = after;
        await world.Attestor.Reconciliation().RunAsync(Stop);
        Assert.Equal("POLICY_CHANGED", Assert.IsType<AttestationAnswer.Interrupted>(await world.Attestor.Cycle().AttestAsync(request, Stop)).Reason.Name);
        Assert.Empty(await world.BundlesAsync(_image!));

        world.Attestor.Policies = before;
        await world.Attestor.Reconciliation().RunAsync(Stop);
        Assert.Equal(3, (await world.BundlesAsync(_image!)).Count);
    }

    private static async Task<TransparentWorld> StartAsync(int signature, Action<TransparentWorld> action, string policy = Asked)
    {
        var hook = new SignedHook { At = signature, Do = action };
        var world = await TransparentWorld.StartAsync(policy, wrap: hook.Wrap);
        hook.World = world;
        return world;
    }

    private async Task<AttestationRequest> AskAsync(TransparentWorld world)
    {
        var image = await world.Attestor.PushImageAsync();
        var now = world.Attestor.Clock.GetUtcNow();
        (_image, _newer) = (image.Digest, new KnownEvidence(image.Digest, image.Config!.Digest, "trivy", now, Digest.Compute("dirty"u8)));
        return world.Attestor.Request(image.Digest, SampleReport.Of(image.Config.Digest, now.AddHours(-1)));
    }

    private void RememberNewer(TransparentWorld world) =>
        world.Attestor.Ledger.RecordEvidenceAsync(_newer!, CancellationToken.None).AsTask().GetAwaiter().GetResult();

    // The policies change once everything was seen, and before any of it is stored.
    private static async Task<AttestationAnswer.Interrupted> AskWhileAsync(TransparentWorld world, AttestationRequest request, PolicySet? after)
    {
        var before = world.Attestor.Policies;
        var cycle = world.Attestor.Cycle(() => Signatures(world) < 8 ? before : after);
        return Assert.IsType<AttestationAnswer.Interrupted>(await cycle.AttestAsync(request, Stop));
    }

    private static int Signatures(TransparentWorld world) =>
        world.Attestor.EntriesAsync().AsTask().GetAwaiter().GetResult().Count(entry => entry.Kind == EntryKind.Signature);

    private static PolicySet After(TransparentWorld world, string changed)
    {
        var policy = World.SigningPolicyText + Asked;
        if (changed == "policy")
            return world.Attestor.Read(policy.Replace("maximumScanAge: 24h", "maximumScanAge: 12h", StringComparison.Ordinal), "");

        var (config, documents) = (world.Services.Config(), world.Attestor.MoreDocuments);
        config["oidcUrls"] = new JsonArray();
        world.Attestor.MoreDocuments = [TransparentWorld.TrustRoot(world.Services, config)];
        var after = world.Attestor.Read(policy, "");
        world.Attestor.MoreDocuments = documents;
        return after;
    }

    private async Task AssertSupersededForGoodAsync(TransparentWorld world, AttestationRequest request)
    {
        await world.Attestor.Reconciliation().RunAsync(Stop);
        var calls = world.Attestor.Key.Calls;

        var decision = Assert.IsType<AttestationAnswer.Decided>(await world.Attestor.Cycle().AttestAsync(request, Stop)).Decision;

        Assert.Contains(decision.Checks, check => check.Reason == ReasonCode.ReportSuperseded);
        Assert.False(decision.IsPositive);
        Assert.Equal(calls, world.Attestor.Key.Calls);
        Assert.Empty(await world.BundlesAsync(_image!));
        Assert.DoesNotContain(await world.Attestor.EntriesAsync(), entry => entry.Kind == EntryKind.Completion);
    }
}
