// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Verifier.Caching;

namespace SupplyChain.Verifier.Tests.Caching;

public sealed class SingleFlightTests
{
    [Fact]
    public async Task Work_for_one_key_runs_once_at_a_time_and_again_afterwards()
    {
        var flights = new SingleFlight<string, int>();
        var arrive = new TaskCompletionSource<int>();
        var started = 0;
        Task<int> Work()
        {
            started++;
            return arrive.Task;
        }

        var first = flights.JoinAsync("a", Work);
        var second = flights.JoinAsync("a", Work);
        Assert.Same(first, second);
        arrive.SetResult(7);
        Assert.Equal((7, 7), (await first, await second));
        Assert.Equal(1, started);
        Assert.Equal(0, flights.Count);
        Assert.Equal(7, await flights.JoinAsync("a", Work));
        Assert.Equal(2, started);
    }

    [Fact]
    public async Task Work_for_other_keys_does_not_wait()
    {
        var flights = new SingleFlight<string, int>();
        var never = flights.JoinAsync("a", () => new TaskCompletionSource<int>().Task);
        Assert.Equal(1, await flights.JoinAsync("b", () => Task.FromResult(1)));
        Assert.False(never.IsCompleted);
        Assert.Equal(1, flights.Count);
    }

    [Fact]
    public async Task A_failure_reaches_all_who_wait_and_nobody_after_them()
    {
        var flights = new SingleFlight<string, int>();
        var arrive = new TaskCompletionSource<int>();
        var first = flights.JoinAsync("a", () => arrive.Task);
        var second = flights.JoinAsync("a", () => arrive.Task);
        arrive.SetException(new IOException("broken"));
        await Assert.ThrowsAsync<IOException>(() => first);
        await Assert.ThrowsAsync<IOException>(() => second);
        Assert.Equal(1, await flights.JoinAsync("a", () => Task.FromResult(1)));
    }
}
