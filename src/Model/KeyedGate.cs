// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Model;

/// <summary>
/// Lets one caller in for each key, in this process; the others of that key wait. A key is remembered only while somebody
/// is at its gate, so that a long list of keys costs nothing. Thread-safe.
/// </summary>
public sealed class KeyedGate : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Gate> _gates = new(StringComparer.Ordinal);
    private bool _isDisposed;

    /// <summary>Waits until nobody else is in with <paramref name="key"/>; disposing the result lets the next one in.</summary>
    /// <param name="key">What only one caller at a time may work on.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ObjectDisposedException">The gate is closed for good.</exception>
    public async ValueTask<Passage> EnterAsync(string key, CancellationToken cancellationToken)
    {
        Gate? gate;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (!_gates.TryGetValue(key, out gate))
                _gates[key] = gate = new Gate();
            gate.Callers++;
        }

        try
        {
            await gate.OneAtATime.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            Leave(key, gate);
            throw;
        }

        return new Passage(this, key, gate);
    }

    /// <summary>Lets nobody else come to the gate; whoever is in, or waits already, still passes.</summary>
    public void Dispose()
    {
        lock (_lock)
            _isDisposed = true;
    }

    private void Leave(string key, Gate gate)
    {
        lock (_lock)
        {
            if (--gate.Callers > 0)
                return;
            _gates.Remove(key);
        }

        gate.OneAtATime.Dispose();
    }

    /// <summary>The right to be in with a key, until it is disposed.</summary>
    public readonly struct Passage : IDisposable
    {
        private readonly KeyedGate _owner;
        private readonly string _key;
        private readonly Gate _gate;

        internal Passage(KeyedGate owner, string key, Gate gate) => (_owner, _key, _gate) = (owner, key, gate);

        /// <inheritdoc/>
        public void Dispose()
        {
            _gate.OneAtATime.Release();
            _owner.Leave(_key, _gate);
        }
    }

    internal sealed class Gate
    {
        public SemaphoreSlim OneAtATime { get; } = new(1, 1);

        /// <summary>Who is in or waits; changed under the lock.</summary>
        public int Callers { get; set; }
    }
}
