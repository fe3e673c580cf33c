// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace SupplyChain.Verifier.Caching;

/// <summary>
/// A thread-safe cache of at most a given number of entries that keeps what is asked for. Entries live in a young and an
/// old generation; when the young one is full it becomes the old one and the old one is dropped, except for what was
/// asked for meanwhile. Reading takes no lock.
/// </summary>
internal sealed class BoundedCache<TKey, TValue>
    where TKey : notnull
    where TValue : class
{
    private readonly Lock _turning = new();
    private readonly int _generationSize;
    private ConcurrentDictionary<TKey, TValue> _young = new();
    private ConcurrentDictionary<TKey, TValue> _old = new();
    private int _youngCount;

    /// <summary>An empty cache.</summary>
    /// <param name="capacity">The most entries it holds; at least two.</param>
    public BoundedCache(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 2);
        _generationSize = capacity / 2;
    }

    /// <summary>How many entries there are; for tests and metrics.</summary>
    public int Count => _young.Count + _old.Count;

    /// <summary>Finds an entry.</summary>
    public bool TryGet(TKey key, [NotNullWhen(true)] out TValue? value)
    {
        if (Volatile.Read(ref _young).TryGetValue(key, out value))
            return true;
        if (!Volatile.Read(ref _old).TryGetValue(key, out value))
            return false;

        Promote(key, value);
        return true;
    }

    /// <summary>Adds or replaces an entry.</summary>
    public void Set(TKey key, TValue value)
    {
        lock (_turning)
        {
            // An entry lives in one generation, or the old copy would outlive its removal.
            _old.TryRemove(key, out _);
            if (_young.TryAdd(key, value))
                CountOne();
            else
                _young[key] = value;
        }
    }

    /// <summary>Removes an entry if it is still the one given.</summary>
    public void Remove(TKey key, TValue value)
    {
        lock (_turning)
        {
            var entry = KeyValuePair.Create(key, value);
            if (_young.TryRemove(entry))
                _youngCount--;
            else
                _old.TryRemove(entry);
        }
    }

    private void Promote(TKey key, TValue value)
    {
        lock (_turning)
        {
            // Somebody may have replaced or removed it since it was found.
            if (_old.TryRemove(KeyValuePair.Create(key, value)) && _young.TryAdd(key, value))
                CountOne();
        }
    }

    private void CountOne()
    {
        if (++_youngCount < _generationSize)
            return;

        Volatile.Write(ref _old, _young);
        Volatile.Write(ref _young, new ConcurrentDictionary<TKey, TValue>());
        _youngCount = 0;
    }
}
