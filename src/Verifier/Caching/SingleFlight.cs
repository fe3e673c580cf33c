// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;

namespace SupplyChain.Verifier.Caching;

/// <summary>
/// Runs one piece of work for all who want the same thing at the same time. The work belongs to none of them: whoever
/// stops waiting leaves it running for the others.
/// </summary>
internal sealed class SingleFlight<TKey, TResult>
    where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, Lazy<Task<TResult>>> _flights = new();

    /// <summary>How many pieces of work are under way.</summary>
    public int Count => _flights.Count;

    /// <summary>Joins the work under way for <paramref name="key"/>, or starts it.</summary>
    /// <param name="key">What is wanted.</param>
    /// <param name="work">The work; it has to end by itself, also when what it waits for never does.</param>
    public Task<TResult> JoinAsync(TKey key, Func<Task<TResult>> work)
    {
        Lazy<Task<TResult>>? own = null;
        own = new Lazy<Task<TResult>>(() => FlyAsync(key, own!, work));
        return _flights.GetOrAdd(key, own).Value;
    }

    private async Task<TResult> FlyAsync(TKey key, Lazy<Task<TResult>> own, Func<Task<TResult>> work)
    {
        // Those who join meanwhile get a task to wait for, whatever the work does before its first await.
        await Task.Yield();
        try
        {
            return await work();
        }
        finally
        {
            _flights.TryRemove(KeyValuePair.Create(key, own));
        }
    }
}
