// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Testing;

/// <summary>
/// A clock on which time passes faster, for waits that a real peer takes part in. Its timers fire as much earlier.
/// </summary>
/// <param name="factor">How many of its seconds pass in one.</param>
public sealed class FastClock(int factor) : TimeProvider
{
    private readonly long _startedAt = System.GetTimestamp();
    private readonly DateTimeOffset _start = System.GetUtcNow();

    /// <summary>How long it has been running, in its own time.</summary>
    public TimeSpan Elapsed => System.GetElapsedTime(_startedAt) * factor;

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override long GetTimestamp() => Elapsed.Ticks;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => _start + Elapsed;

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new FastTimer(System.CreateTimer(callback, state, Shorter(dueTime), Shorter(period)), this);

    private TimeSpan Shorter(TimeSpan time) => time < TimeSpan.Zero ? time : time / factor;

    private sealed class FastTimer(ITimer timer, FastClock clock) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) =>
            timer.Change(clock.Shorter(dueTime), clock.Shorter(period));

        public void Dispose() => timer.Dispose();

        public ValueTask DisposeAsync() => timer.DisposeAsync();
    }
}
