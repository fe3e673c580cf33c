// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using SupplyChain.Model;

namespace SupplyChain.Oci.Http;

/// <summary>
/// Remembers for a few minutes which repositories have no referrers API, to read their fallback tags at once. Where a tag
/// is not found the API is asked all the same, so that what is remembered saves a request and makes no subject look
/// unsigned.
/// </summary>
internal sealed class UnlistedRepositories(TimeProvider clock)
{
    private const int Most = 4096;
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);
    private readonly ConcurrentDictionary<string, DateTimeOffset> _until = new(StringComparer.Ordinal);

    public bool Contains(Repository repository) =>
        _until.TryGetValue(repository.Path, out var until) && clock.GetUtcNow() < until;

    public void Remember(Repository repository)
    {
        if (_until.Count >= Most)
            _until.Clear();
        _until[repository.Path] = clock.GetUtcNow() + Lifetime;
    }

    public void Forget(Repository repository) => _until.TryRemove(repository.Path, out _);
}
