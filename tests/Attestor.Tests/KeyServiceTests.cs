// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Kms;
using SupplyChain.Ledger;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Testing.Kms;
using SupplyChain.Testing.Registry;

namespace SupplyChain.Attestor.Tests;

/// <summary>A key service that misbehaves may slow the attestor down; it never makes it publish a bad signature.</summary>
public sealed class KeyServiceTests
{
    private static readonly KeyLimits Limits = new()
    {
        CallsPerSecond = 1000,
        Burst = 1000,
        Deadline = TimeSpan.FromSeconds(6),
        TryTimeout = TimeSpan.FromMilliseconds(700),
        Rest = TimeSpan.FromMilliseconds(50),
    };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<KmsFault, string> Faults => new()
    {
        { KmsFault.Throttle, "KMS_UNAVAILABLE" },
        { KmsFault.ServerError, "KMS_UNAVAILABLE" },
        { KmsFault.Hang, "KMS_UNAVAILABLE" },
        { KmsFault.Slow, "KMS_UNAVAILABLE" },
        { KmsFault.SucceedAfterTimeout, "KMS_UNAVAILABLE" },
        { KmsFault.MalformedAnswer, "KMS_UNAVAILABLE" },
        { KmsFault.EndlessAnswer, "KMS_UNAVAILABLE" },
        { KmsFault.Redirect, "KMS_UNAVAILABLE" },
        { KmsFault.WrongKey, "KMS_BAD_SIGNATURE" },
        { KmsFault.FlippedBit, "KMS_BAD_SIGNATURE" },
        { KmsFault.P1363InsteadOfDer, "KMS_BAD_SIGNATURE" },
        { KmsFault.Disabled, "KEY_UNUSABLE" },
        { KmsFault.PermissionDenied, "KEY_UNUSABLE" },
    };

    [Theory, MemberData(nameof(Faults))]
    public async Task Whatever_the_service_does_nothing_bad_is_recorded_or_stored_and_later_the_request_is_finished(
        KmsFault fault, string reason)
    {
        await using var service = await VaultSimulator.StartAsync();
        await using var world = await CreateAsync(service, Limits);
        var image = await world.PushImageAsync();
        var request = world.Request(image.Digest, SampleReport.Of(image.Config!.Digest, world.Clock.GetUtcNow()));

        service.Break(fault);
        var broken = Assert.IsType<AttestationAnswer.Interrupted>(await world.Cycle().AttestAsync(request, Stop));
        Assert.Equal(reason, broken.Reason.Name);
        Assert.Equal(broken.Reason.IsRetryable, broken.RetryAfter > TimeSpan.Zero);
        Assert.DoesNotContain(await world.EntriesAsync(), entry => entry.Kind is EntryKind.Signature or EntryKind.Completion);
        Assert.Empty(await world.Registry.ListReferrersAsync(world.Repository, image.Digest, Stop));

        service.Mend();
        await Task.Delay(Limits.Rest * 2, Stop);
        var decided = Assert.IsType<AttestationAnswer.Decided>(await world.Cycle().AttestAsync(request, Stop));
        Assert.Equal(Outcome.Approved, decided.Decision.Outcome);
    }

    [Fact]
    public async Task Fifty_identical_requests_at_once_make_no_more_calls_than_one_alone()
    {
        await using var service = await VaultSimulator.StartAsync();
        await using var alone = await CreateAsync(service, Limits);
        await using var world = await CreateAsync(service, Limits);
        var image = await alone.PushImageAsync();
        await alone.Cycle().AttestAsync(
            alone.Request(image.Digest, SampleReport.Of(image.Config!.Digest, alone.Clock.GetUtcNow())), Stop);
        var calls = service.SignCalls;
        Assert.True(calls > 0);

        await world.PushImageAsync();
        var cycle = world.Cycle();
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(async () => await cycle.AttestAsync(
            world.Request(image.Digest, SampleReport.Of(image.Config!.Digest, world.Clock.GetUtcNow())), Stop))));

        Assert.All(answers, answer => Assert.True(Assert.IsType<AttestationAnswer.Decided>(answer).Decision.IsPositive));
        Assert.Equal(calls, service.SignCalls - calls);
    }

    [Fact]
    public async Task A_thousand_different_requests_end_signed_or_with_a_time_to_come_back_and_the_service_sees_its_budget()
    {
        var limits = Limits with { CallsPerSecond = 40, Burst = 20, Deadline = TimeSpan.FromSeconds(2) };
        await using var service = await VaultSimulator.StartAsync();
        await using var registry = await RegistrySimulator.StartAsync();
        var opened = await OpenAsync(service, limits);
        await using var world = await World.CreateAsync(registry, TimeSpan.FromSeconds(30), _ => opened);
        // One image would sooner or later have as many signatures as are looked at.
        var images = new List<(Digest Digest, SampleReport Report)>();
        for (var i = 0; i < 50; i++)
        {
            var image = await world.PushImageAsync(content: $"image {i}");
            images.Add((image.Digest, SampleReport.Of(image.Config!.Digest, world.Clock.GetUtcNow())));
        }

        var cycle = world.Cycle();
        var since = TimeProvider.System.GetTimestamp();

        // Some calls are throttled on top of what the budget holds back.
        service.Break(KmsFault.Throttle, times: 10);
        var answers = await Task.WhenAll(Enumerable.Range(0, 1000).Select(number => Task.Run(async () =>
            await cycle.AttestAsync(
                world.Request(images[number % 50].Digest, images[number % 50].Report) with { IdempotencyKey = $"request {number}" }, Stop))));

        var elapsed = TimeProvider.System.GetElapsedTime(since);
        Assert.All(answers.OfType<AttestationAnswer.Interrupted>(), broken =>
        {
            Assert.Equal(ReasonCode.KmsUnavailable, broken.Reason);
            Assert.True(broken.RetryAfter > TimeSpan.Zero);
        });
        Assert.Equal(1000, answers.Count(answer => answer is AttestationAnswer.Interrupted
            || answer is AttestationAnswer.Decided { Decision.IsPositive: true }));
        Assert.Contains(answers, answer => answer is AttestationAnswer.Interrupted);
        Assert.True(
            service.SignCalls <= limits.Burst + (limits.CallsPerSecond * elapsed.TotalSeconds) + 1,
            $"{service.SignCalls} calls in {elapsed.TotalSeconds} s");
    }

    private static async ValueTask<World> CreateAsync(VaultSimulator service, KeyLimits limits)
    {
        var key = await OpenAsync(service, limits);
        return await World.CreateAsync(wrap: _ => key);
    }

    private static ValueTask<ISigningKey> OpenAsync(VaultSimulator service, KeyLimits limits) =>
        new SigningKeys([service.Connect(TimeProvider.System)], _ => limits, TimeProvider.System)
            .OpenAsync(KeyUri.Parse(service.UriOf("p256")), Stop);
}
