// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Kms.Discipline;
using SupplyChain.Testing;

namespace SupplyChain.Kms.Tests.Discipline;

public sealed class CircuitBreakerTests
{
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(5);

    private readonly ManualClock _clock = new();
    private readonly CircuitBreaker _breaker;

    public CircuitBreakerTests() => _breaker = new CircuitBreaker(faultsBeforeRest: 3, Rest, _clock);

    [Fact]
    public void Faults_that_are_not_in_a_row_change_nothing()
    {
        for (var i = 0; i < 10; i++)
        {
            _breaker.Failed();
            _breaker.Failed();
            _breaker.Worked();
        }

        Assert.True(_breaker.MayCall(out _, out _));
    }

    [Fact]
    public void After_a_row_of_faults_there_is_a_rest_of_known_length()
    {
        FailThrice();
        _clock.Advance(TimeSpan.FromSeconds(2));

        Assert.False(_breaker.MayCall(out _, out var wait));
        Assert.Equal(TimeSpan.FromSeconds(3), wait);
    }

    [Fact]
    public void After_the_rest_one_call_is_the_trial_and_the_others_wait()
    {
        FailThrice();
        _clock.Advance(Rest);

        Assert.True(_breaker.MayCall(out _, out _));
        Assert.False(_breaker.MayCall(out _, out _));

        _breaker.Worked();
        Assert.True(_breaker.MayCall(out _, out _));
        Assert.True(_breaker.MayCall(out _, out _));
    }

    [Fact]
    public void A_failed_trial_is_followed_by_another_rest()
    {
        FailThrice();
        _clock.Advance(Rest);
        Assert.True(_breaker.MayCall(out _, out _));
        _breaker.Failed();

        Assert.False(_breaker.MayCall(out _, out _));
        _clock.Advance(Rest);
        Assert.True(_breaker.MayCall(out _, out _));
    }

    [Fact]
    public void A_trial_that_its_caller_gave_up_leaves_the_next_one_free()
    {
        FailThrice();
        _clock.Advance(Rest);
        Assert.True(_breaker.MayCall(out _, out _));
        _breaker.Abandoned(isTrial: true);

        Assert.True(_breaker.MayCall(out _, out _));
        Assert.False(_breaker.MayCall(out _, out _));
    }

    [Fact]
    public void A_call_of_before_the_rest_that_is_given_up_does_not_end_it()
    {
        Assert.True(_breaker.MayCall(out var isTrial, out _));
        FailThrice();
        _breaker.Abandoned(isTrial);

        Assert.False(_breaker.MayCall(out _, out _));
    }

    [Fact]
    public void Only_the_call_after_the_rest_is_a_trial()
    {
        Assert.True(_breaker.MayCall(out var before, out _));
        FailThrice();
        _clock.Advance(Rest);
        Assert.True(_breaker.MayCall(out var after, out _));

        Assert.Equal((false, true), (before, after));
    }

    [Fact]
    public void A_clock_that_is_set_back_makes_no_rest_longer()
    {
        FailThrice();
        _clock.SetBack(TimeSpan.FromHours(1));
        _clock.Advance(Rest);

        Assert.True(_breaker.MayCall(out _, out _));
    }

    private void FailThrice()
    {
        for (var i = 0; i < 3; i++)
        {
            Assert.True(_breaker.MayCall(out _, out _));
            _breaker.Failed();
        }
    }
}
