// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Kms.Discipline;
using SupplyChain.Testing;

namespace SupplyChain.Kms.Tests.Discipline;

public sealed class CallBudgetTests
{
    private readonly ManualClock _clock = new();

    [Fact]
    public void A_burst_goes_at_once_and_what_follows_goes_at_the_rate()
    {
        var budget = new CallBudget(perSecond: 10, burst: 3, _clock);

        Assert.Equal([0, 0, 0, 100, 200], Waits(budget, 5));
    }

    [Fact]
    public void After_a_pause_no_more_than_a_burst_has_been_saved()
    {
        var budget = new CallBudget(perSecond: 10, burst: 3, _clock);
        Waits(budget, 5);

        _clock.Advance(TimeSpan.FromHours(1));

        Assert.Equal([0, 0, 0, 100], Waits(budget, 4));
    }

    [Fact]
    public void A_place_that_comes_too_late_is_not_taken_and_the_caller_learns_when_one_might_be_free()
    {
        var budget = new CallBudget(perSecond: 1, burst: 1, _clock);
        Waits(budget, 3);

        Assert.False(budget.TryTake(TimeSpan.FromSeconds(2), out var wait, out _));
        Assert.Equal(TimeSpan.FromSeconds(3), wait);
        Assert.True(budget.TryTake(TimeSpan.FromSeconds(3), out wait, out _));
        Assert.Equal(TimeSpan.FromSeconds(3), wait);
    }

    [Fact]
    public void Over_any_second_there_are_never_more_than_burst_and_rate_together()
    {
        var budget = new CallBudget(perSecond: 20, burst: 5, _clock);
        var calls = new List<TimeSpan>();
        var start = _clock.GetUtcNow();
        for (var round = 0; round < 200; round++)
        {
            if (budget.TryTake(TimeSpan.FromSeconds(10), out var wait, out _))
                calls.Add(_clock.GetUtcNow() - start + wait);
            _clock.Advance(TimeSpan.FromMilliseconds(round % 7 * 10));
        }

        Assert.All(calls, call => Assert.True(
            calls.Count(other => other >= call && other < call + TimeSpan.FromSeconds(1)) <= 25));
    }

    [Fact]
    public void A_place_that_is_given_back_goes_to_the_next_who_asks()
    {
        var budget = new CallBudget(perSecond: 10, burst: 1, _clock);
        Waits(budget, 2);
        Assert.True(budget.TryTake(TimeSpan.FromHours(1), out _, out var unused));
        Waits(budget, 1);

        budget.Return(unused);

        Assert.Equal([200, 400], Waits(budget, 2));
    }

    [Fact]
    public void A_place_that_is_given_back_too_late_is_gone()
    {
        var budget = new CallBudget(perSecond: 10, burst: 2, _clock);
        Assert.True(budget.TryTake(TimeSpan.Zero, out _, out var unused));
        _clock.Advance(TimeSpan.FromSeconds(1));

        budget.Return(unused);

        Assert.Equal([0, 0, 100], Waits(budget, 3));
    }

    private static List<int> Waits(CallBudget budget, int count) =>
    [
        .. Enumerable.Range(0, count).Select(_ =>
        {
            Assert.True(budget.TryTake(TimeSpan.FromHours(1), out var wait, out var place));
            return (int)Math.Round(wait.TotalMilliseconds);
        }),
    ];
}
