// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Kms.Discipline;

/// <summary>
/// A token bucket that hands out places in time: whoever takes one knows at once how long to wait, and a place that would come too
/// late is not taken at all. A place that its owner does not use goes to the next who asks, so that callers who went away hold
/// nobody up.
/// </summary>
internal sealed class CallBudget(double perSecond, int burst, TimeProvider clock)
{
    private readonly Lock _gate = new();
    private readonly TimeSpan _interval = TimeSpan.FromSeconds(1 / perSecond);
    private readonly long _start = clock.GetTimestamp();
    private readonly SortedSet<TimeSpan> _returned = [];
    private TimeSpan _next = TimeSpan.MinValue;

    /// <summary>Takes the next place if it comes within <paramref name="patience"/>.</summary>
    /// <param name="patience">How long the caller can wait.</param>
    /// <param name="wait">How long it has to; where there is no place, when one might be free.</param>
    /// <param name="place">What to give back if it is not used.</param>
    public bool TryTake(TimeSpan patience, out TimeSpan wait, out TimeSpan place)
    {
        lock (_gate)
        {
            var now = clock.GetElapsedTime(_start);
            var earliest = EarliestAt(now);
            _returned.RemoveWhere(old => old < earliest);
            var isReturned = _returned.Count > 0;
            place = isReturned ? _returned.Min : _next > earliest ? _next : earliest;
            wait = place > now ? place - now : TimeSpan.Zero;
            if (wait > patience)
                return false;

            if (isReturned)
                _returned.Remove(place);
            else
                _next = place + _interval;
            return true;
        }
    }

    /// <summary>
    /// Whether the time of a place is longer ago than is saved for later. Those who were held up after their time came would otherwise
    /// go all at once.
    /// </summary>
    public bool IsPast(TimeSpan place) => place < EarliestAt(clock.GetElapsedTime(_start));

    /// <summary>Gives back a place for which no call was made.</summary>
    public void Return(TimeSpan place)
    {
        lock (_gate)
            _returned.Add(place);
    }

    private TimeSpan EarliestAt(TimeSpan now) => now - (burst - 1) * _interval;
}
