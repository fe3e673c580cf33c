// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Model.Tests;

public sealed class KeyedGateTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task Only_one_at_a_time_is_in_with_a_key()
    {
        using var gate = new KeyedGate();
        var first = await gate.EnterAsync("key", None);

        var second = gate.EnterAsync("key", None).AsTask();

        Assert.False(second.IsCompleted);
        first.Dispose();
        (await second).Dispose();
    }

    [Fact]
    public async Task Keys_do_not_wait_for_one_another()
    {
        using var gate = new KeyedGate();
        for (var i = 0; i < 1_000; i++)
            Assert.True(gate.EnterAsync($"key {i}", None).AsTask().IsCompletedSuccessfully, $"key {i}");

        Assert.False((await TryEnterAsync(gate, "key 7")).HasValue);
    }

    [Fact]
    public async Task Who_stops_waiting_leaves_the_gate_as_it_was()
    {
        using var gate = new KeyedGate();
        var first = await gate.EnterAsync("key", None);
        Assert.False((await TryEnterAsync(gate, "key")).HasValue);

        first.Dispose();

        (await gate.EnterAsync("key", None)).Dispose();
    }

    [Fact]
    public async Task Nobody_comes_to_a_closed_gate_and_whoever_is_in_leaves_in_peace()
    {
        var gate = new KeyedGate();
        var inside = await gate.EnterAsync("key", None);

        gate.Dispose();

        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await gate.EnterAsync("key", None));
        inside.Dispose();
    }

    private static async Task<KeyedGate.Passage?> TryEnterAsync(KeyedGate gate, string key)
    {
        using var noTime = new CancellationTokenSource();
        var entering = gate.EnterAsync(key, noTime.Token).AsTask();
        if (!entering.IsCompleted)
            await noTime.CancelAsync();
        try
        {
            return await entering;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }
}
