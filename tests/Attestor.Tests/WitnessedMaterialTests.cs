// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using SupplyChain.Ledger;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Testing.Sigstore;

namespace SupplyChain.Attestor.Tests;

/// <summary>What is recorded as seen is what a verifier would believe, of everybody who was asked, and is had or given up in good time.</summary>
public sealed class WitnessedMaterialTests
{
    private const string Logged = "\n  transparency: { trustRoot: example, log: required }";
    private const string Stamped = "\n  transparency: { trustRoot: example, timestamp: required }";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Logged, "rekorTlog", "an entry of rekor.example.com is there twice")]
    [InlineData(Stamped, "tsa", "too few logs and timestamp authorities told the time: expected at least 2 logs or timestamp authorities, of distinct operators, found 1; the bundle has 0 log entries and 2 timestamps")]
    [InlineData("\n  transparency: { trustRoot: example, log: required, timestamp: required }", "tsa", "2 timestamp authorities of distinct operators were asked, and the time was told by 1")]
    public async Task One_who_answers_for_two_is_one(string policy, string kind, string words)
    {
        await using var world = await StartAsync(policy, signing => Double(signing, kind, "EXACT"), TrustAnother);
        var (image, request) = await world.AskAsync();
        var log = new FaultLog();

        var interrupted = Assert.IsType<AttestationAnswer.Interrupted>(await world.Attestor.Cycle(logger: log).AttestAsync(request, Stop));

        Assert.Equal("TRANSPARENCY_REFUSED", interrupted.Reason.Name);
        Assert.Contains("a verifier would not believe what logs and timestamp authorities answered: " + words, log.Text, StringComparison.Ordinal);
        Assert.Equal(2, (await SignaturesAsync(world)).Count);
        Assert.Empty(await world.BundlesAsync(image));
    }

    [Fact]
    public async Task An_answer_that_nobody_would_read_in_its_annotation_is_not_recorded()
    {
        await using var world = await TransparentWorld.StartAsync();
        world.Services.Break(SigstoreService.Rekor1, SigstoreFault.PaddedBody);
        var (image, request) = await world.AskAsync();
        var log = new FaultLog();

        var interrupted = Assert.IsType<AttestationAnswer.Interrupted>(await world.Attestor.Cycle(logger: log).AttestAsync(request, Stop));

        Assert.Equal("TRANSPARENCY_REFUSED", interrupted.Reason.Name);
        Assert.Contains("dev.sigstore.cosign/bundle has 35", log.Text, StringComparison.Ordinal);
        Assert.Contains("characters; at most 262144 are read", log.Text, StringComparison.Ordinal);
        Assert.Empty(await world.BundlesAsync(image));
    }

    public static TheoryData<string, string> Over => new()
    {
        { "rekorTlogUrls", "of the 1 it lists, 0 have version 1" },
        { "tsaUrls", "of the 1 it lists, 0 have version 1" },
    };

    [Theory, MemberData(nameof(Over))]
    public async Task Nothing_is_signed_that_nobody_could_see(string services, string words)
    {
        await using var world = await TransparentWorld.StartAsync(config: signing => signing[services]![0]!["validFor"]!["end"] = "2026-11-22T09:59:59Z");

        await AssertNothingSignedAsync(world, words);
    }

    [Fact]
    public async Task Nor_what_two_logs_would_have_to_see_in_a_layout_that_holds_one_entry()
    {
        await using var world = await TransparentWorld.StartAsync(Logged, config: signing =>
        {
            // Next year one of them is left, so that it is no matter for whoever loads the policy.
            Double(signing, "rekorTlog", "ALL");
            signing["rekorTlogUrls"]![0]!["validFor"]!["end"] = "2026-12-31T00:00:00Z";
        });

        await AssertNothingSignedAsync(world, "the tag layout holds the entry of one log, and 2 have to record what is signed; produce.layouts: [bundle] leaves it out");
    }

    [Fact]
    public async Task Whoever_hangs_is_not_waited_for_once_another_signature_was_not_seen()
    {
        await using var world = await TransparentWorld.StartAsync();
        world.Services.Break(SigstoreService.Rekor1, SigstoreFault.Hang);
        world.Services.Break(SigstoreService.Timestamps, SigstoreFault.ServerError, times: 1);
        var (_, request) = await world.AskAsync();
        var log = new FaultLog();

        // The clock stands still: nobody's time runs out.
        var interrupted = Assert.IsType<AttestationAnswer.Interrupted>(await world.Attestor.Cycle(logger: log).AttestAsync(request, Stop));

        Assert.Equal("TRANSPARENCY_UNAVAILABLE", interrupted.Reason.Name);
        Assert.Contains("failed (HTTP 500): the disk is full", log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_that_is_signed_for_an_image_is_seen_within_one_limit_and_later_from_there()
    {
        await using var world = await StartAsync(Stamped);
        // Eight at a time take 18 s, and each has 25 s; all of them together take 140 s.
        world.Services.BeforeAnswer = () => world.Attestor.Clock.Advance(TimeSpan.FromSeconds(2.3));
        var images = new List<(Oci.Manifest Image, string Architecture)>();
        for (var i = 0; i < 30; i++)
            images.Add((await world.Attestor.PushImageAsync($"cpu{i}", $"{i}"), $"cpu{i}"));
        var index = await world.Attestor.PushIndexAsync([.. images]);
        var reports = images.Select(image => SampleReport.Of(image.Image.Config!.Digest, world.Attestor.Clock.GetUtcNow())).ToArray();
        var request = world.Attestor.Request(index.Digest, reports);

        var interrupted = Assert.IsType<AttestationAnswer.Interrupted>(await world.Attestor.Cycle().AttestAsync(request, Stop));

        Assert.Equal("TRANSPARENCY_UNAVAILABLE", interrupted.Reason.Name);
        world.Services.BeforeAnswer = null;
        var calls = world.Services.AllCalls;
        Assert.Equal(Outcome.Approved, Assert.IsType<AttestationAnswer.Decided>(await world.Attestor.Cycle().AttestAsync(request, Stop)).Decision.Outcome);
        Assert.InRange(world.Services.AllCalls - calls, 1, 80);
    }

    private static async Task AssertNothingSignedAsync(TransparentWorld world, string words)
    {
        var (image, request) = await world.AskAsync();
        var log = new FaultLog();

        var interrupted = Assert.IsType<AttestationAnswer.Interrupted>(await world.Attestor.Cycle(logger: log).AttestAsync(request, Stop));

        Assert.Equal("TRANSPARENCY_REFUSED", interrupted.Reason.Name);
        Assert.Contains(words, log.Text, StringComparison.Ordinal);
        Assert.Equal(0, world.Attestor.Key.Calls);
        Assert.DoesNotContain(await world.Attestor.EntriesAsync(), entry => entry.Kind == EntryKind.Intent);
        Assert.Equal(0, world.Services.AllCalls);
        Assert.Empty(await world.BundlesAsync(image));
    }

    // The same service under a second name.
    private static void Double(JsonObject signing, string kind, string selector)
    {
        var services = signing[kind + "Urls"]!.AsArray();
        var twin = services[0]!.DeepClone();
        twin["operator"] = "another";
        services.Add(twin);
        signing[kind + "Config"] = new JsonObject { ["selector"] = selector };
        if (selector == "EXACT")
            signing[kind + "Config"]!["count"] = 2;
    }

    // The same authority as somebody else's: two could be believed.
    private static void TrustAnother(JsonObject root)
    {
        var twin = root["timestampAuthorities"]![0]!.DeepClone();
        twin["operator"] = "four";
        root["timestampAuthorities"]!.AsArray().Add(twin);
    }

    private static async Task<TransparentWorld> StartAsync(string policy, Action<JsonObject>? config = null, Action<JsonObject>? root = null)
    {
        var world = await TransparentWorld.StartAsync(policy: "", config: config, root: root);
        world.Attestor.Load(World.SigningPolicyText.Replace("produce: { ", "produce: { layouts: [bundle], ", StringComparison.Ordinal) + policy);
        return world;
    }

    private static async Task<IReadOnlyList<LedgerEntry>> SignaturesAsync(TransparentWorld world) =>
        [.. (await world.Attestor.EntriesAsync()).Where(entry => entry.Kind == EntryKind.Signature)];
}
