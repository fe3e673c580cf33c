// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;

namespace SupplyChain.Attestor;

/// <summary>Lets one at a time through for each key; remembers a key only while somebody is at its gate.</summary>
internal sealed class KeyedGate
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Digest, Entry> _entries = [];

    public async ValueTask<IDisposable> EnterAsync(Digest key, CancellationToken cancellationToken)
    {
        Entry entry;
        lock (_lock)
        {
            if (!_entries.TryGetValue(key, out entry!))
                _entries[key] = entry = new Entry();
            entry.Interested++;
        }

        try
        {
            await entry.Semaphore.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            Leave(key, entry);
            throw;
        }

        return new Pass(() =>
        {
            entry.Semaphore.Release();
            Leave(key, entry);
        });
    }

    private void Leave(Digest key, Entry entry)
    {
        lock (_lock)
        {
            if (--entry.Interested > 0)
                return;
            _entries.Remove(key);
        }

        entry.Semaphore.Dispose();
    }

    private sealed class Entry
    {
        public SemaphoreSlim Semaphore { get; } = new(1, 1);

        public int Interested { get; set; }
    }

    private sealed class Pass(Action leave) : IDisposable
    {
        public void Dispose() => leave();
    }
}
