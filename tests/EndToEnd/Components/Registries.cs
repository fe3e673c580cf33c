// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;

namespace SupplyChain.EndToEnd.Components;

/// <summary>
/// One docker-registry of each kind for all tests of the assembly, started when the first test asks for it. Tests keep
/// apart by using repositories of their own.
/// </summary>
public sealed class Registries : IAsyncDisposable
{
    private readonly ConcurrentDictionary<RegistryAccess, Lazy<Task<DockerRegistry>>> _started = new();

    /// <summary>The registry that lets its clients in that way; skips the running test where docker-registry is absent.</summary>
    public Task<DockerRegistry> GetAsync(RegistryAccess access)
    {
        // Outside the shared start: a skip concerns the asking test alone and is not remembered.
        Tool.Require("docker-registry");
        return _started.GetOrAdd(
            access, kind => new Lazy<Task<DockerRegistry>>(() => DockerRegistry.StartAsync(kind, CancellationToken.None))).Value;
    }

    /// <summary>A repository path that no other test uses.</summary>
    public static string NewRepository() => $"test/{Guid.NewGuid():N}";

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var registry in _started.Values)
            await (await registry.Value).DisposeAsync();
    }
}
