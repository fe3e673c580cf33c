// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model.Decisions;
using SupplyChain.Policy;
using SupplyChain.Verifier.Tests.Kubernetes;

namespace SupplyChain.Verifier.Tests;

/// <summary>Threat 60: a hanging registry, an exception or a cancelled check denies, in time.</summary>
public sealed class DeadlineTests : IDisposable
{
    private readonly Gate _gate = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_source_that_hangs_is_an_error_after_the_deadline_whether_or_not_it_heeds_its_token(bool heeds)
    {
        _gate.Evidence.Answer(Gate.Good, async (_, _, token) =>
        {
            await Task.Delay(Timeout.Infinite, heeds ? token : CancellationToken.None);
            throw new InvalidOperationException();
        });
        var answer = _gate.ReviewAsync(Gate.GoodImage);
        await WhenAsked(1);
        _gate.Clock.Advance(TimeSpan.FromSeconds(6.9));
        Assert.False(answer.IsCompleted);
        _gate.Clock.Advance(TimeSpan.FromSeconds(0.2));
        var late = await answer.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.False(late.IsAllowed);
        Assert.Contains("VERIFY_TIMEOUT", late.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_a_hang_the_next_question_starts_afresh()
    {
        _gate.Evidence.Answer(Gate.Good, (_, _, _) => new TaskCompletionSource<EvidenceSet>().Task);
        var hung = _gate.AskAsync(Gate.GoodImage);
        await WhenAsked(1);
        _gate.Clock.Advance(TimeSpan.FromSeconds(8));
        Assert.Equal("VERIFY_TIMEOUT", (await hung.WaitAsync(TimeSpan.FromSeconds(30))).Decision.Checks[0].Reason?.Name);
        _gate.Evidence.Signed(Gate.Good, _gate.Release);
        // Whoever comes in the very moment the old question ends may still hear its answer.
        for (var i = 0; !(await _gate.AskAsync(Gate.GoodImage)).Decision.IsPositive; i++)
        {
            Assert.True(i < 3000, "the question that hung was never given up");
            await Task.Delay(10);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_exception_anywhere_denies_with_the_uid_and_is_kept_for_the_log(bool late)
    {
        var clock = new BrokenClock();
        var verifier = new AdmissionVerifier(_gate.Evidence, new VerifierOptions(), clock);
        Assert.True(verifier.TryUse(
            TestPolicies.Load(TestPolicies.Attestor(_gate.Release), TestPolicies.Admission("")), out _));
        _gate.Evidence.Answer(Gate.Good, (repository, image) =>
        {
            clock.IsBroken = true;
            return ScriptedEvidence.Set(repository, image);
        });
        clock.IsBroken = !late;
        var review = Reviews.Read(Reviews.Of(Reviews.Pod(Gate.GoodImage)));
        var answer = await verifier.ReviewAsync(review, null, CancellationToken.None);
        Assert.Equal((false, review.Uid, ReasonCode.VerifyError), (answer.IsAllowed, answer.Uid, answer.Reason));
        Assert.Equal("the clock stopped", answer.Fault?.Message);
        Assert.DoesNotContain("clock", answer.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_image_that_hangs_does_not_keep_the_others_from_being_told()
    {
        _gate.Evidence.Answer(Gate.Bad, (_, _, _) => new TaskCompletionSource<EvidenceSet>().Task);
        // Known beforehand, or it could be the one that is overtaken by the clock.
        await _gate.AskAsync(Gate.GoodImage);
        var answer = _gate.ReviewAsync(Gate.GoodImage, Gate.BadImage);
        await WhenAsked(2);
        _gate.Clock.Advance(TimeSpan.FromSeconds(8));
        var late = await answer.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.False(late.IsAllowed);
        Assert.Equal([Outcome.Allowed, Outcome.Error], late.Images.Select(image => image.Verdict.Decision.Outcome));
    }

    [Theory]
    [InlineData(7, 6.0)]
    [InlineData(10, 7.0)]
    [InlineData(30, 7.0)]
    [InlineData(1, 0.8)]
    public async Task The_deadline_stays_below_the_API_servers_patience(int patience, double deadline)
    {
        _gate.Evidence.Answer(Gate.Good, (_, _, _) => new TaskCompletionSource<EvidenceSet>().Task);
        var review = Reviews.Read(Reviews.Of(Reviews.Pod(Gate.GoodImage)));
        var answer = _gate.Verifier.ReviewAsync(review, TimeSpan.FromSeconds(patience), CancellationToken.None).AsTask();
        await WhenAsked(1);
        _gate.Clock.Advance(TimeSpan.FromSeconds(deadline) - TimeSpan.FromMilliseconds(1));
        Assert.False(answer.IsCompleted);
        _gate.Clock.Advance(TimeSpan.FromMilliseconds(2));
        Assert.Contains("VERIFY_TIMEOUT", (await answer.WaitAsync(TimeSpan.FromSeconds(30))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_stops_asking_gets_no_answer_and_takes_none_from_the_others()
    {
        var arrive = new TaskCompletionSource();
        _gate.Evidence.Answer(Gate.Good, async (repository, image, token) =>
        {
            await arrive.Task.WaitAsync(token);
            return ScriptedEvidence.Set(repository, image) with { Signatures = [_gate.Release.Sign(repository, image)] };
        });
        using var gone = new CancellationTokenSource();
        var review = Reviews.Read(Reviews.Of(Reviews.Pod(Gate.GoodImage)));
        var abandoned = _gate.Verifier.ReviewAsync(review, null, gone.Token).AsTask();
        var waiting = _gate.ReviewAsync(Gate.GoodImage);
        await WhenAsked(1);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => abandoned);
        arrive.SetResult();
        Assert.True((await waiting).IsAllowed);
        Assert.Equal(1, _gate.Evidence.Asked);
    }

    [Fact]
    public async Task A_cancelled_check_denies()
    {
        _gate.Evidence.Answer(Gate.Good, (_, _, _) => Task.FromCanceled<EvidenceSet>(new CancellationToken(canceled: true)));
        var answer = await _gate.ReviewAsync(Gate.GoodImage);
        Assert.False(answer.IsAllowed);
        Assert.Contains("VERIFY_TIMEOUT", answer.Message, StringComparison.Ordinal);
    }

    private sealed class BrokenClock : TimeProvider
    {
        public bool IsBroken { get; set; }

        public override DateTimeOffset GetUtcNow() =>
            IsBroken ? throw new InvalidOperationException("the clock stopped") : base.GetUtcNow();
    }

    private async Task WhenAsked(int times)
    {
        for (var i = 0; _gate.Evidence.Asked < times; i++)
        {
            Assert.True(i < 3000, "the source was not asked");
            await Task.Delay(10);
        }
    }

    public void Dispose() => _gate.Dispose();
}
