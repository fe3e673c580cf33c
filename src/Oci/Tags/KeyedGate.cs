// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Oci.Tags;

/// <summary>
/// Lets one caller in per key. Keys share a fixed number of gates, so that a long list of keys costs nothing.
/// </summary>
internal sealed class KeyedGate : IDisposable
{
    private readonly SemaphoreSlim[] _gates = [.. Enumerable.Range(0, 64).Select(_ => new SemaphoreSlim(1, 1))];

    /// <summary>Waits for the key's gate; disposing the result opens it again.</summary>
    public async ValueTask<Passage> EnterAsync(string key, CancellationToken cancellationToken)
    {
        var gate = _gates[unchecked((uint)StringComparer.Ordinal.GetHashCode(key)) % (uint)_gates.Length];
        await gate.WaitAsync(cancellationToken);
        return new Passage(gate);
    }

    public void Dispose()
    {
        foreach (var gate in _gates)
            gate.Dispose();
    }

    internal readonly struct Passage(SemaphoreSlim gate) : IDisposable
    {
        public void Dispose() => gate.Release();
    }
}
