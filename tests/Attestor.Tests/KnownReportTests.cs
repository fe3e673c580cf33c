// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Ledger;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Oci;

namespace SupplyChain.Attestor.Tests;

/// <summary>A bad report binds what it was made of, under whatever name that is brought again.</summary>
public sealed class KnownReportTests
{
    private static readonly (string, string, string?) Critical = ("CVE-2026-0001", "CRITICAL", "3.3.2-r0");

    [Fact]
    public async Task A_report_that_refused_an_index_binds_its_images_when_they_come_alone()
    {
        await using var world = await World.CreateAsync();
        var image = await world.PushImageAsync("amd64", "vulnerable");
        var index = await world.PushIndexAsync((image, "amd64"));
        var now = world.Clock.GetUtcNow();
        await RefuseAsync(world, index.Digest, SampleReport.Of(image.Config!.Digest, now, findings: Critical));

        await EnsureSupersededAsync(world, image.Digest, SampleReport.Of(image.Config!.Digest, now.AddHours(-1)));
    }

    [Fact]
    public async Task A_report_that_refused_an_image_binds_every_index_that_lists_it()
    {
        await using var world = await World.CreateAsync();
        var image = await world.PushImageAsync("amd64", "vulnerable");
        var other = await world.PushImageAsync("arm64", "clean");
        var index = await world.PushIndexAsync((image, "amd64"), (other, "arm64"));
        var now = world.Clock.GetUtcNow();
        await RefuseAsync(world, image.Digest, SampleReport.Of(image.Config!.Digest, now, findings: Critical));

        await EnsureSupersededAsync(
            world, index.Digest, SampleReport.Of(image.Config!.Digest, now.AddHours(-1)), SampleReport.Of(other.Config!.Digest, now));
    }

    [Fact]
    public async Task A_report_binds_the_same_configuration_under_another_manifest()
    {
        await using var world = await World.CreateAsync();
        var image = await world.PushImageAsync("amd64", "vulnerable");
        var renamed = Manifest.WriteImage(
            artifactType: null, image.Config!, [.. image.Layers],
            annotations: new Dictionary<string, string>(StringComparer.Ordinal) { ["org.example.attempt"] = "2" });
        await world.Registry.PushManifestAsync(world.Repository, renamed, tag: null, CancellationToken.None);
        Assert.NotEqual(image.Digest, renamed.Digest);
        var now = world.Clock.GetUtcNow();
        await RefuseAsync(world, image.Digest, SampleReport.Of(image.Config!.Digest, now, findings: Critical));

        await EnsureSupersededAsync(world, renamed.Digest, SampleReport.Of(image.Config!.Digest, now.AddHours(-1)));
    }

    [Fact]
    public async Task A_report_by_a_clock_a_little_ahead_binds_as_well()
    {
        await using var world = await World.CreateAsync();
        var image = await world.PushImageAsync("amd64", "vulnerable");
        var now = world.Clock.GetUtcNow();
        await RefuseAsync(world, image.Digest, SampleReport.Of(image.Config!.Digest, now.Add(Limits.ClockSkew), findings: Critical));

        await EnsureSupersededAsync(world, image.Digest, SampleReport.Of(image.Config!.Digest, now.AddHours(-1)));
    }

    [Fact]
    public async Task A_report_dated_further_ahead_is_stale_and_binds_nobody()
    {
        await using var world = await World.CreateAsync();
        var image = await world.PushImageAsync();
        var now = world.Clock.GetUtcNow();
        var decision = await RefuseAsync(
            world, image.Digest, SampleReport.Of(image.Config!.Digest, now.Add(Limits.ClockSkew).AddSeconds(1)));
        Assert.Contains(decision.Checks, check => check.Reason == ReasonCode.ReportStale);

        var answer = await world.Cycle().AttestAsync(
            world.Request(image.Digest, SampleReport.Of(image.Config!.Digest, now)), CancellationToken.None);

        Assert.True(Assert.IsType<AttestationAnswer.Decided>(answer).Decision.IsPositive);
    }

    [Fact]
    public async Task A_report_without_a_time_does_not_outlast_a_newer_one_by_being_sent_again()
    {
        await using var world = await World.CreateAsync(World.SigningPolicyText.Replace(
            "maximumScanAge: 24h", "maximumScanAge: { limit: 24h, whenMissing: accept }", StringComparison.Ordinal));
        var image = await world.PushImageAsync();
        var undated = SampleReport.Undated(image.Config!.Digest);
        var first = await world.Cycle().AttestAsync(world.Request(image.Digest, undated) with { IdempotencyKey = "1" }, CancellationToken.None);
        Assert.True(Assert.IsType<AttestationAnswer.Decided>(first).Decision.IsPositive);
        var signed = world.Key.Calls;
        world.Clock.Advance(TimeSpan.FromHours(1));
        await RefuseAsync(world, image.Digest, SampleReport.Of(image.Config!.Digest, world.Clock.GetUtcNow(), findings: Critical));
        world.Clock.Advance(TimeSpan.FromHours(1));

        var again = await world.Cycle().AttestAsync(world.Request(image.Digest, undated) with { IdempotencyKey = "2" }, CancellationToken.None);

        var decision = Assert.IsType<AttestationAnswer.Decided>(again).Decision;
        Assert.Contains(decision.Checks, check => check.Reason == ReasonCode.ReportSuperseded);
        Assert.Equal(signed, world.Key.Calls);
    }

    [Fact]
    public async Task A_report_that_becomes_known_before_the_key_is_asked_binds()
    {
        await using var world = await World.CreateAsync();
        var image = await world.PushImageAsync();
        var now = world.Clock.GetUtcNow();
        var request = world.Request(image.Digest, SampleReport.Of(image.Config!.Digest, now.AddHours(-1)));
        var dirty = new KnownEvidence(image.Digest, image.Config.Digest, "trivy", now, Digest.Compute("dirty"u8));
        var asked = 0;
        var cycle = new SigningCycle(
            () =>
            {
                // The second time the policies are asked for is after the judgement.
                if (Interlocked.Increment(ref asked) == 2)
                    world.Ledger.RecordEvidenceAsync(dirty, CancellationToken.None).AsTask().GetAwaiter().GetResult();
                return world.Policies;
            },
            world.Registries, new AttestorKeys((_, _, _) => ValueTask.FromResult<Kms.ISigningKey>(world.Key), world.Ledger, world.Clock), world.Ledger,
            world.Clock, Microsoft.Extensions.Logging.Abstractions.NullLogger<SigningCycle>.Instance);

        var answer = Assert.IsType<AttestationAnswer.Interrupted>(await cycle.AttestAsync(request, CancellationToken.None));

        Assert.Equal(ReasonCode.ReportSuperseded, answer.Reason);
        Assert.Equal($"report {dirty.Report} of trivy became known while the request was worked on", answer.Message);
        Assert.Equal(0, world.Key.Calls);
        await EnsureSupersededAsync(world, image.Digest, SampleReport.Of(image.Config!.Digest, now.AddHours(-1)));
    }

    private static async ValueTask<Decision> RefuseAsync(World world, Digest image, params SampleReport[] reports)
    {
        var answer = await world.Cycle().AttestAsync(world.Request(image, reports), CancellationToken.None);
        var decision = Assert.IsType<AttestationAnswer.Decided>(answer).Decision;
        Assert.False(decision.IsPositive);
        return decision;
    }

    private static async ValueTask EnsureSupersededAsync(World world, Digest image, params SampleReport[] reports)
    {
        var decision = await RefuseAsync(world, image, reports);
        Assert.Contains(decision.Checks, check => check.Reason == ReasonCode.ReportSuperseded);
        Assert.Equal(0, world.Key.Calls);
    }
}
