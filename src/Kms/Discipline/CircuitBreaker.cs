// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Kms.Discipline;

/// <summary>
/// Leaves a service alone after a row of faults. When the rest is over one call is let through as a trial; its outcome decides for
/// all the others.
/// </summary>
internal sealed class CircuitBreaker(int faultsBeforeRest, TimeSpan rest, TimeProvider clock)
{
    private readonly Lock _gate = new();
    private readonly long _start = clock.GetTimestamp();
    private int _faults;
    private TimeSpan _restsUntil;

    /// <summary>Whether a call may be made; if not, when asking again is worth it.</summary>
    /// <param name="isTrial">Whether the call is the one that all others wait for.</param>
    /// <param name="wait">How long the rest still is.</param>
    public bool MayCall(out bool isTrial, out TimeSpan wait)
    {
        lock (_gate)
        {
            wait = TimeSpan.Zero;
            isTrial = _faults >= faultsBeforeRest;
            if (!isTrial)
                return true;

            var now = clock.GetElapsedTime(_start);
            if (now < _restsUntil)
            {
                wait = _restsUntil - now;
                return false;
            }

            // The rest waits for what comes of this one.
            _restsUntil = now + rest;
            return true;
        }
    }

    /// <summary>A call came to an end in which the service did its work, if only to refuse: a row of faults ends.</summary>
    public void Worked()
    {
        lock (_gate)
            _faults = 0;
    }

    /// <summary>A call was given up before it could show anything of the service: if it was the trial, another one is.</summary>
    public void Abandoned(bool isTrial)
    {
        lock (_gate)
        {
            if (isTrial)
                _restsUntil = clock.GetElapsedTime(_start);
        }
    }

    /// <summary>A call failed in a way that speaks against the service.</summary>
    public void Failed()
    {
        lock (_gate)
        {
            if (_faults < faultsBeforeRest && ++_faults == faultsBeforeRest)
                _restsUntil = clock.GetElapsedTime(_start) + rest;
        }
    }
}
