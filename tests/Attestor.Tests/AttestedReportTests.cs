// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using SupplyChain.Evidence;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Signer;

namespace SupplyChain.Attestor.Tests;

/// <summary>The approval key attests the reports that the decision rests on, each once, and no other.</summary>
public sealed class AttestedReportTests
{
    [Fact]
    public async Task A_report_that_did_not_count_is_not_attested()
    {
        await using var world = await World.CreateAsync();
        var image = await world.PushImageAsync();
        var now = world.Clock.GetUtcNow();
        var counted = SampleReport.Of(image.Config!.Digest, now);

        var decision = await ApproveAsync(world, image.Digest, counted, GrypeOf(image.Config!.Digest, now));

        Assert.Contains(decision.Evidence, line => line is { Used: false, Producer: "grype 0.90.0" });
        Assert.Equal(
            decision.Evidence.Where(line => line.Used).Select(line => Drafts.ScanAttestation + line.Digest),
            ScanAttestations(decision));
    }

    [Fact]
    public async Task A_report_that_is_sent_several_times_is_attested_once()
    {
        await using var world = await World.CreateAsync();
        var image = await world.PushImageAsync();
        var report = SampleReport.Of(image.Config!.Digest, world.Clock.GetUtcNow());

        var decision = await ApproveAsync(world, image.Digest, report, report, report);

        Assert.Single(ScanAttestations(decision));
        Assert.Equal(4, world.Key.Calls);
    }

    [Fact]
    public async Task A_report_that_is_too_large_to_be_attested_is_refused_before_the_key_is_asked()
    {
        await using var world = await World.CreateAsync();
        var image = await world.PushImageAsync();
        var small = SampleReport.Of(image.Config!.Digest, world.Clock.GetUtcNow());
        var request = world.Request(image.Digest) with { Reports = [new Claiming(small, Limits.AttestedReportBytes + 1)] };

        var answer = await world.Cycle().AttestAsync(request, CancellationToken.None);

        var decision = Assert.IsType<AttestationAnswer.Decided>(answer).Decision;
        Assert.Contains(decision.Checks, check => check is { Verdict: Verdict.Fail } && check.Reason == ReasonCode.ReportLimit);
        Assert.Equal(0, world.Key.Calls);
    }

    [Fact]
    public void The_largest_report_that_is_attested_fits_an_attestation() =>
        Assert.InRange(4L * ((Limits.AttestedReportBytes / 3) + 1), Limits.AttestationBytes - (512 * 1024), Limits.AttestationBytes - (128 * 1024));

    private sealed class Claiming(SampleReport report, long size) : ISubmittedReport
    {
        public string Name => report.Name;

        public long Size => size;

        public Stream Open() => report.Open();
    }

    private static IEnumerable<string> ScanAttestations(Decision decision) => decision.Artifacts
        .Select(artifact => artifact.Purpose)
        .Where(purpose => purpose.StartsWith(Drafts.ScanAttestation, StringComparison.Ordinal));

    private static async ValueTask<Decision> ApproveAsync(World world, Digest image, params SampleReport[] reports)
    {
        var answer = await world.Cycle().AttestAsync(world.Request(image, reports), CancellationToken.None);
        var decision = Assert.IsType<AttestationAnswer.Decided>(answer).Decision;
        Assert.True(decision.IsPositive, string.Join('\n', decision.Checks));
        return decision;
    }

    private static SampleReport GrypeOf(Digest config, DateTimeOffset time) => SampleReport.Raw(
        $$$"""
        {"matches":[],"source":{"type":"image","target":{"imageID":"{{{config}}}"}},
         "descriptor":{"name":"grype","version":"0.90.0","timestamp":"{{{time.ToString("O", CultureInfo.InvariantCulture)}}}"}}
        """);
}
