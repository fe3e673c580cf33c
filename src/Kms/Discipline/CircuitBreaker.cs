// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Kms.Discipline;

/// <summary>
/// Leaves a service alone after a row of faults. When the rest is over one call is let through as a trial; its outcome decides for
/// all the others.
/// </summary>
internal sealed class CircuitBreaker(int faultsBeforeRest, TimeSpan rest, TimeProvider clock)
{
    private readonly Lock _gate = new();
    private int _faults;
    private DateTimeOffset _closedUntil = DateTimeOffset.MinValue;

    /// <summary>Whether a call may be made; if not, when asking again is worth it.</summary>
    public bool MayCall(out TimeSpan wait)
    {
        lock (_gate)
        {
            wait = TimeSpan.Zero;
            if (_faults < faultsBeforeRest)
                return true;

            var now = clock.GetUtcNow();
            if (now < _closedUntil)
            {
                wait = _closedUntil - now;
                return false;
            }

            // This one is the trial; the rest waits for what comes of it.
            _closedUntil = now + rest;
            return true;
        }
    }

    /// <summary>A call came to an end in which the service did its work.</summary>
    public void Succeeded()
    {
        lock (_gate)
            _faults = 0;
    }

    /// <summary>A call was given up by whoever made it, which says nothing of the service: another may be the trial.</summary>
    public void Abandoned()
    {
        lock (_gate)
        {
            if (_faults >= faultsBeforeRest)
                _closedUntil = clock.GetUtcNow();
        }
    }

    /// <summary>A call failed in a way that speaks against the service.</summary>
    public void Failed()
    {
        lock (_gate)
        {
            if (_faults < faultsBeforeRest && ++_faults == faultsBeforeRest)
                _closedUntil = clock.GetUtcNow() + rest;
        }
    }
}
