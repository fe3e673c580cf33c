// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using SupplyChain.Model;

namespace SupplyChain.Oci.Http;

/// <summary>
/// Remembers for a few minutes which repositories have no referrers API, to ask for their fallback tag at once. Only a
/// repository in which a fallback tag was found after the API was not is remembered, and if such a tag is not found the
/// next time, the API is asked again: so it saves a request and never hides a referrer that both ways would have shown.
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
