// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json.Nodes;
using SupplyChain.Ledger;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Oci;
using SupplyChain.Sigstore;
using SupplyChain.Testing.Sigstore;

namespace SupplyChain.Attestor.Tests;

/// <summary>Policies that want others to see what is signed: it is stored with what shows that they did, and not before.</summary>
public sealed class TransparencyTests
{
    private const string Unseen = "a log or timestamp authority that the policy wants to see what is signed did not";
    private const string BundlesAlone = "layouts: [bundle], ";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nobody_is_asked_unless_the_policy_says_so()
    {
        await using var world = await TransparentWorld.StartAsync(policy: "");
        var (image, request) = await world.AskAsync();

        Assert.Equal(Outcome.Approved, Decided(await world.Attestor.Cycle().AttestAsync(request, Stop)).Outcome);

        Assert.Equal(0, world.Services.AllCalls);
        Assert.All(await world.BundlesAsync(image), stored => Assert.Equal(0, stored.Bundle.Material!.LogEntries.Count + stored.Bundle.Material.Timestamps.Count));
        Assert.Equal(
            [EntryKind.Evidence, EntryKind.Key, EntryKind.Intent, EntryKind.Signature, EntryKind.Signature, EntryKind.Signature, EntryKind.Intent,
                EntryKind.Signature, EntryKind.Completion],
            (await world.Attestor.EntriesAsync()).Select(entry => entry.Kind));
    }

    [Theory]
    [InlineData("log: required, timestamp: required", 1, 1)]
    [InlineData("log: required", 1, 0)]
    [InlineData("timestamp: required", 0, 1)]
    public async Task Whoever_the_policy_names_has_seen_everything_that_is_stored(string asked, int logs, int timestamps)
    {
        await using var world = await TransparentWorld.StartAsync($"\n  transparency: {{ trustRoot: example, {asked} }}");
        var (image, request) = await world.AskAsync();

        var decision = Decided(await world.Attestor.Cycle().AttestAsync(request, Stop));

        Assert.Equal(Outcome.Approved, decision.Outcome);
        Assert.Equal(
            ["signature", "tag-signature", "scan-attestation:", "approval"], decision.Artifacts.Select(artifact => artifact.Purpose.Split("sha256:")[0]));
        var bundles = await world.BundlesAsync(image);
        Assert.Equal(3, bundles.Count);
        Assert.All(bundles, stored =>
        {
            var verified = world.Verify(stored.Bundle, image, logs, times: 1);
            Assert.Equal(logs, verified.LogEntries.Count);
            Assert.Equal(timestamps, verified.Timestamps.Count);
        });
        Assert.Equal(4, world.Attestor.Key.Calls);
        Assert.Equal(4 * logs, world.Services.Calls(SigstoreService.Rekor1));
        Assert.Equal(4 * timestamps, world.Services.Calls(SigstoreService.Timestamps));
        Assert.True((await world.Attestor.Ledger.Reader.VerifyAsync(expected: null, Stop)).IsIntact);
    }

    [Fact]
    public async Task A_log_of_version_2_serves_where_bundles_alone_are_stored()
    {
        await using var world = await TransparentWorld.StartAsync(log: SigstoreService.Rekor2, policy: "");
        world.Attestor.Load(BundlesOnly(World.SigningPolicyText) + "\n  transparency: { trustRoot: example, log: required, timestamp: required }");
        var (image, request) = await world.AskAsync();

        Assert.Equal(Outcome.Approved, Decided(await world.Attestor.Cycle().AttestAsync(request, Stop)).Outcome);

        Assert.All(await world.BundlesAsync(image), stored =>
            Assert.Equal("log2026.rekor.example.com", Assert.Single(world.Verify(stored.Bundle, image, logs: 1, times: 1).LogEntries).Log.Host));
    }

    [Fact]
    public async Task The_approval_names_the_attestations_as_they_are_stored()
    {
        await using var world = await TransparentWorld.StartAsync();
        var (image, request) = await world.AskAsync();
        await world.Attestor.Cycle().AttestAsync(request, Stop);

        var bundles = await world.BundlesAsync(image);
        var statements = bundles.Select(stored =>
        {
            Assert.True(EnvelopeVerifier.TryVerify(
                stored.Bundle.Envelope!, image, [world.Attestor.PublicKey], stored.Digest, out var statement, out var problem), problem?.Message);
            return statement;
        }).ToList();
        var scan = statements.Single(statement => statement.PredicateType == PredicateTypes.VulnerabilityScan);
        Assert.True(VerificationSummary.TryRead(
            statements.Single(statement => statement.PredicateType == PredicateTypes.VerificationSummary), out var summary, out _));
        Assert.Equal([scan.Digest], summary.InputAttestations.Select(input => input.Digest));
    }

    [Fact]
    public async Task The_tag_layout_holds_what_was_seen_in_its_annotations()
    {
        await using var world = await TransparentWorld.StartAsync();
        var (image, request) = await world.AskAsync();
        await world.Attestor.Cycle().AttestAsync(request, Stop);

        var manifest = await world.Attestor.Registry.FetchManifestAsync(world.Attestor.Repository, TagLayout.TagFor(image, TagLayout.Signatures), Stop);
        var annotations = Assert.Single(manifest!.Layers).Annotations;
        var entry = JsonNode.Parse(annotations["dev.sigstore.cosign/bundle"])!;
        Assert.Equal(world.Attestor.Clock.GetUtcNow().ToUnixTimeSeconds(), entry["Payload"]!["integratedTime"]!.GetValue<long>());
        Assert.Equal(Convert.ToHexStringLower(world.Services.World.Rekor1.Id), entry["Payload"]!["logID"]!.GetValue<string>());
        Assert.NotEmpty(Convert.FromBase64String(entry["SignedEntryTimestamp"]!.GetValue<string>()));
        var body = JsonNode.Parse(Convert.FromBase64String(entry["Payload"]!["body"]!.GetValue<string>()))!;
        Assert.Equal("hashedrekord", body["kind"]!.GetValue<string>());
        Assert.Equal(annotations[SimpleSigning.SignatureAnnotation], body["spec"]!["signature"]!["content"]!.GetValue<string>());
        var timestamp = JsonNode.Parse(annotations["dev.sigstore.cosign/rfc3161timestamp"])!;
        Assert.NotEmpty(Convert.FromBase64String(timestamp["SignedRFC3161Timestamp"]!.GetValue<string>()));
    }

    public static TheoryData<SigstoreService, SigstoreFault, string, string> Faults => new()
    {
        { SigstoreService.Rekor1, SigstoreFault.ServerError, "TRANSPARENCY_UNAVAILABLE", "failed (HTTP 500): the disk is full" },
        { SigstoreService.Rekor1, SigstoreFault.Hang, "TRANSPARENCY_UNAVAILABLE", "did not answer within 25 s" },
        { SigstoreService.Rekor1, SigstoreFault.Throttle, "TRANSPARENCY_UNAVAILABLE", "asks for fewer requests (HTTP 429)" },
        { SigstoreService.Rekor1, SigstoreFault.LosesAnswer, "TRANSPARENCY_UNAVAILABLE", "did not answer within 25 s" },
        { SigstoreService.Rekor1, SigstoreFault.RefusesKey, "TRANSPARENCY_REFUSED", "refused (HTTP 400): unsupported kind of key" },
        { SigstoreService.Rekor1, SigstoreFault.OtherSignature, "TLOG_MISMATCH", "the log entry is of another signature" },
        { SigstoreService.Rekor1, SigstoreFault.WrongPromise, "TLOG_MISMATCH", "the promise of inclusion was not signed by" },
        { SigstoreService.Timestamps, SigstoreFault.ServerError, "TRANSPARENCY_UNAVAILABLE", "failed (HTTP 500): the disk is full" },
        { SigstoreService.Timestamps, SigstoreFault.Hang, "TRANSPARENCY_UNAVAILABLE", "did not answer within 25 s" },
        { SigstoreService.Timestamps, SigstoreFault.WrongNonce, "TIME_UNTRUSTED", "it is the answer to another question" },
    };

    [Theory, MemberData(nameof(Faults))]
    public async Task Who_does_not_see_it_keeps_it_from_being_stored_until_it_is_asked_again(
        SigstoreService service, SigstoreFault fault, string reason, string words)
    {
        await using var world = await TransparentWorld.StartAsync();
        var (image, request) = await world.AskAsync();
        world.Services.Break(service, fault);

        var log = new FaultLog();

        var interrupted = Assert.IsType<AttestationAnswer.Interrupted>(await AskAsync(world, request, fault, log));

        Assert.Equal(reason, interrupted.Reason.Name);
        Assert.Equal(Unseen, interrupted.Message);
        Assert.Contains(reason, log.Text, StringComparison.Ordinal);
        Assert.Contains(words, log.Text, StringComparison.Ordinal);
        if (fault == SigstoreFault.Throttle)
            Assert.Equal(TimeSpan.FromSeconds(7), interrupted.RetryAfter);
        Assert.Empty(await world.BundlesAsync(image));
        Assert.Null(await world.Attestor.Registry.FetchManifestAsync(world.Attestor.Repository, TagLayout.TagFor(image, TagLayout.Signatures), Stop));
        Assert.DoesNotContain(await world.Attestor.EntriesAsync(), entry => entry.Kind == EntryKind.Completion);

        world.Services.Mend();
        var decision = Decided(await world.Attestor.Cycle().AttestAsync(request, Stop));

        Assert.Equal(Outcome.Approved, decision.Outcome);
        var bundles = await world.BundlesAsync(image);
        Assert.Equal(3, bundles.Count);
        Assert.All(bundles, stored => world.Verify(stored.Bundle, image, logs: 1, times: 1));
        // Nothing was signed twice: what was shown again was what was on record.
        Assert.Equal(4, world.Attestor.Key.Calls);
        Assert.Single(await world.Attestor.EntriesAsync(), entry => entry.Kind == EntryKind.Completion);
    }

    [Fact]
    public async Task What_the_log_recorded_before_its_answer_was_lost_is_what_is_stored()
    {
        await using var world = await TransparentWorld.StartAsync("\n  transparency: { trustRoot: example, log: required }");
        var (image, request) = await world.AskAsync();
        var recorded = world.Attestor.Clock.GetUtcNow();
        world.Services.Break(SigstoreService.Rekor1, SigstoreFault.LosesAnswer);
        Assert.IsType<AttestationAnswer.Interrupted>(await AskAsync(world, request, SigstoreFault.LosesAnswer));
        world.Services.Mend();

        Decided(await world.Attestor.Cycle().AttestAsync(request, Stop));

        // The approval was not signed before; all the others are in the log since the first time.
        var times = (await world.BundlesAsync(image)).Select(stored => world.Verify(stored.Bundle, image, logs: 1, times: 1).LogEntries[0].Time);
        Assert.Equal([recorded, recorded, recorded + Limits.TransparencyCall], times.Order());
    }

    [Fact]
    public async Task An_approval_that_nobody_saw_is_judged_again_and_then_shown_and_stored_without_the_key()
    {
        await using var world = await StartAsync(new SignedHook { At = 4, Do = found => found.Services.Break(SigstoreService.Timestamps, SigstoreFault.ServerError) });
        var (image, request) = await world.AskAsync();
        var interrupted = Assert.IsType<AttestationAnswer.Interrupted>(await world.Attestor.Cycle().AttestAsync(request, Stop));
        Assert.Equal("TRANSPARENCY_UNAVAILABLE", interrupted.Reason.Name);
        world.Services.Mend();

        await world.Attestor.Reconciliation().RunAsync(Stop);
        Assert.Empty(await world.BundlesAsync(image));

        Assert.Equal(Outcome.Approved, Decided(await world.Attestor.Cycle().AttestAsync(request, Stop)).Outcome);
        var bundles = await world.BundlesAsync(image);
        Assert.Equal(3, bundles.Count);
        Assert.All(bundles, stored => world.Verify(stored.Bundle, image, logs: 1, times: 2));
        Assert.Equal(4, world.Attestor.Key.Calls);
        Assert.Single(await world.Attestor.EntriesAsync(), entry => entry.Kind == EntryKind.Completion);
    }

    [Fact]
    public async Task What_rests_on_a_key_that_was_revoked_meanwhile_is_neither_shown_nor_stored()
    {
        await using var world = await TransparentWorld.StartAsync();
        var (image, request) = await world.AskAsync();
        world.Services.Break(SigstoreService.Rekor1, SigstoreFault.ServerError);
        Assert.IsType<AttestationAnswer.Interrupted>(await world.Attestor.Cycle().AttestAsync(request with { IdempotencyKey = "once" }, Stop));
        world.Services.Mend();
        var calls = world.Services.AllCalls;
        world.Attestor.Policies = world.Attestor.Read(
            World.SigningPolicyText + "\n  transparency: { trustRoot: example, log: required, timestamp: required }", ", state: revoked, revokedAt: 2026-11-20");

        await world.Attestor.Cycle().AttestAsync(request with { IdempotencyKey = "once" }, Stop);
        await world.Attestor.Reconciliation().RunAsync(Stop);

        Assert.Equal(calls, world.Services.AllCalls);
        Assert.Empty(await world.BundlesAsync(image));
    }

    [Fact]
    public async Task An_image_of_many_platforms_is_seen_whole()
    {
        await using var world = await TransparentWorld.StartAsync(policy: "");
        world.Attestor.Load(BundlesOnly(World.SigningPolicyText) + "\n  transparency: { trustRoot: example, timestamp: required }");
        var (one, two) = (await world.Attestor.PushImageAsync("amd64", "one"), await world.Attestor.PushImageAsync("arm64", "two"));
        var index = await world.Attestor.PushIndexAsync((one, "amd64"), (two, "arm64"));
        var now = world.Attestor.Clock.GetUtcNow();

        var decision = Decided(await world.Attestor.Cycle().AttestAsync(
            world.Attestor.Request(index.Digest, SampleReport.Of(one.Config!.Digest, now), SampleReport.Of(two.Config!.Digest, now)), Stop));

        Assert.Equal(Outcome.Approved, decision.Outcome);
        Assert.Equal(6, decision.Artifacts.Count);
        Assert.Equal(6, world.Services.Calls(SigstoreService.Timestamps));
        foreach (var image in new[] { one.Digest, two.Digest, index.Digest })
            Assert.All(await world.BundlesAsync(image), stored => world.Verify(stored.Bundle, image, logs: 0, times: 1));
    }

    [Fact]
    public async Task A_service_that_speaks_to_nobody_signs_nothing_that_somebody_has_to_see()
    {
        await using var world = await TransparentWorld.StartAsync();
        world.Attestor.Witnesses = null;
        var (image, request) = await world.AskAsync();

        var log = new FaultLog();

        var interrupted = Assert.IsType<AttestationAnswer.Interrupted>(await world.Attestor.Cycle(logger: log).AttestAsync(request, Stop));

        Assert.Equal("TRANSPARENCY_REFUSED", interrupted.Reason.Name);
        Assert.Contains("policy shop asks for transparency, and this service speaks to no log or timestamp authority", log.Text, StringComparison.Ordinal);
        Assert.Equal(0, world.Attestor.Key.Calls);
        Assert.Empty(await world.BundlesAsync(image));
    }

    [Fact]
    public async Task Services_whose_time_is_over_are_not_asked()
    {
        await using var world = await TransparentWorld.StartAsync(config: signing =>
            signing["rekorTlogUrls"]![0]!["validFor"]!["end"] = "2026-11-22T09:59:59Z");
        var (image, request) = await world.AskAsync();

        var log = new FaultLog();

        var interrupted = Assert.IsType<AttestationAnswer.Interrupted>(await world.Attestor.Cycle(logger: log).AttestAsync(request, Stop));

        Assert.Equal("TRANSPARENCY_REFUSED", interrupted.Reason.Name);
        Assert.Contains("trust root example: the signing configuration asks for 1 logs of distinct operators; of the 1 it lists, 0 have version 1", log.Text, StringComparison.Ordinal);
        Assert.Empty(await world.BundlesAsync(image));
        Assert.Equal(0, world.Services.Calls(SigstoreService.Rekor1));
    }

    private static async Task<AttestationAnswer> AskAsync(TransparentWorld world, AttestationRequest request, SigstoreFault fault, FaultLog? log = null)
    {
        var running = world.Attestor.Cycle(logger: log).AttestAsync(request, Stop).AsTask();
        if (fault is SigstoreFault.Hang or SigstoreFault.LosesAnswer)
        {
            // The three before the approval are shown together.
            for (var i = 0; i < 3; i++)
                await world.Services.WaitForHangAsync(Stop);
            world.Attestor.Clock.Advance(Limits.TransparencyCall);
        }

        return await running;
    }

    private static async Task<TransparentWorld> StartAsync(SignedHook hook)
    {
        var world = await TransparentWorld.StartAsync(wrap: hook.Wrap);
        hook.World = world;
        return world;
    }

    private static string BundlesOnly(string policy) => policy.Replace("produce: { ", "produce: { " + BundlesAlone, StringComparison.Ordinal);

    private static Decision Decided(AttestationAnswer answer) => answer is AttestationAnswer.Interrupted no
        ? throw new InvalidOperationException($"{no.Reason}: {no.Message}")
        : Assert.IsType<AttestationAnswer.Decided>(answer).Decision;
}
