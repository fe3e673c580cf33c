// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Policy;

namespace SupplyChain.Attestor.Tests;

/// <summary>
/// The same words again after a key that the answer rests on has ended: the image is judged again, or where the caller's own key fixes the
/// answer, it is not given any more.
/// </summary>
public sealed class AskedAgainTests
{
    private const string Revoked = "\"state\":\"revoked\",\"revokedAt\":\"2026-11-20T00:00:00Z\"";
    private const string Retired = "\"state\":\"retired\"";

    private static readonly string Attested = World.SigningPolicyText.Replace(
        "source: submitted, binding: proven", "source: attested, signedBy: [scanner]", StringComparison.Ordinal);

    private readonly MemoryKey _scanner = new();
    private readonly MemoryKey _next = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Ends => new()
    {
        { Revoked, "KEY_REVOKED" },
        { Retired, "KEY_NOT_VALID_AT_TIME" },
    };

    [Theory, MemberData(nameof(Ends))]
    public async Task An_image_whose_evidence_is_attested_anew_is_judged_again(string state, string reason)
    {
        await using var world = await World.CreateAsync();
        var (request, first) = await ApproveAsync(world, idempotencyKey: null);

        world.Policies = world.Read(Attested, "", ("scanner", $"{_scanner.MemberWith(state)},{_next.Member}"));
        var without = await world.Cycle().AttestAsync(request, Stop);
        world.Clock.Advance(TimeSpan.FromMinutes(1));
        await Attestations.AttachReportAsync(world, _next, await world.PushImageAsync());
        var again = Assert.IsType<AttestationAnswer.Decided>(await world.Cycle().AttestAsync(request, Stop));

        Assert.False(Assert.IsType<AttestationAnswer.Decided>(without).Decision.IsPositive, reason);
        Assert.True(again.Decision.IsPositive, string.Join('\n', again.Decision.Checks));
        Assert.NotEqual(first.Id, again.Decision.Id);
        Assert.Contains(again.Decision.Evidence, line => line.Used && line.SignedBy == _next.PublicKey.Id);
    }

    [Fact]
    public async Task So_it_is_where_the_window_of_the_key_has_ended_and_no_document_changed()
    {
        await using var world = await World.CreateAsync();
        world.Policies = world.Read(
            Attested, "", ("scanner", $"{_scanner.MemberWith("\"validUntil\":\"2026-11-22T12:00:00Z\"")},{_next.Member}"));
        var image = await world.PushImageAsync();
        await Attestations.AttachReportAsync(world, _scanner, image);
        var first = Assert.IsType<AttestationAnswer.Decided>(await world.Cycle().AttestAsync(world.Request(image.Digest), Stop));

        world.Clock.Advance(TimeSpan.FromHours(12));
        await Attestations.AttachReportAsync(world, _next, image);
        var again = Assert.IsType<AttestationAnswer.Decided>(await world.Cycle().AttestAsync(world.Request(image.Digest), Stop));

        Assert.True(first.Decision.IsPositive && again.Decision.IsPositive, string.Join('\n', again.Decision.Checks));
        Assert.NotEqual(first.Decision.Id, again.Decision.Id);
    }

    [Theory, MemberData(nameof(Ends))]
    public async Task An_answer_that_is_fixed_by_the_callers_key_is_not_given_once_the_key_that_vouched_has_ended(string state, string reason)
    {
        await using var world = await World.CreateAsync();
        var (request, _) = await ApproveAsync(world, idempotencyKey: "once");

        world.Policies = world.Read(Attested, "", ("scanner", $"{_scanner.MemberWith(state)},{_next.Member}"));

        AssertFallen(await world.Cycle().AttestAsync(request, Stop), reason);
    }

    [Theory]
    [InlineData(", state: revoked, revokedAt: 2026-11-20", "KEY_REVOKED")]
    [InlineData(", validUntil: 2026-11-01", "KEY_NOT_VALID_AT_TIME")]
    public async Task Nor_once_the_key_that_signed_has_ended(string about, string reason)
    {
        await using var world = await World.CreateAsync();
        var (request, _) = await ApproveAsync(world, idempotencyKey: "once");
        var calls = world.Key.Calls;

        world.Policies = world.Read(Attested, about, ("scanner", _scanner.Member));

        AssertFallen(await world.Cycle().AttestAsync(request, Stop), reason);
        Assert.Equal(calls, world.Key.Calls);
    }

    [Fact]
    public async Task A_refusal_that_is_fixed_by_the_callers_key_stays_the_answer()
    {
        await using var world = await World.CreateAsync();
        world.Policies = world.Read(Attested, "", ("scanner", _scanner.Member));
        var request = world.Request((await world.PushImageAsync()).Digest) with { IdempotencyKey = "once" };
        var refused = Assert.IsType<AttestationAnswer.Decided>(await world.Cycle().AttestAsync(request, Stop));

        world.Policies = world.Read(Attested, "", ("scanner", $"{_scanner.MemberWith(Revoked)},{_next.Member}"));
        var again = Assert.IsType<AttestationAnswer.Decided>(await world.Cycle().AttestAsync(request, Stop));

        Assert.False(again.Decision.IsPositive);
        Assert.Equal(refused.Decision.Id, again.Decision.Id);
    }

    private static void AssertFallen(AttestationAnswer answer, string reason)
    {
        var no = Assert.IsType<AttestationAnswer.Rejected>(answer);
        Assert.Equal(reason, no.Reason.Name);
        Assert.Contains("rests on a key that no longer counts", no.Message, StringComparison.Ordinal);
        Assert.Contains("another Idempotency-Key", no.Message, StringComparison.Ordinal);
    }

    private async Task<(AttestationRequest Request, Decision Decision)> ApproveAsync(World world, string? idempotencyKey)
    {
        world.Policies = world.Read(Attested, "", ("scanner", $"{_scanner.Member},{_next.Member}"));
        var image = await world.PushImageAsync();
        await Attestations.AttachReportAsync(world, _scanner, image);
        var request = world.Request(image.Digest) with { IdempotencyKey = idempotencyKey };
        var decided = Assert.IsType<AttestationAnswer.Decided>(await world.Cycle().AttestAsync(request, Stop));
        Assert.True(decided.Decision.IsPositive, string.Join('\n', decided.Decision.Checks));
        return (request, decided.Decision);
    }
}
