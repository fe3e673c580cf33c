// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;

namespace SupplyChain.Sigstore;

/// <summary>
/// Key objects of the base library, whose instance members are not promised to be thread-safe: one is lent to each
/// caller. There are never more than callers at the same time; importing costs as much as several verifications.
/// </summary>
internal sealed class KeyPool<T>(Func<T> import)
    where T : class
{
    private readonly ConcurrentQueue<T> _idle = new();

    public T Rent() => _idle.TryDequeue(out var key) ? key : import();

    public void Return(T key) => _idle.Enqueue(key);
}
