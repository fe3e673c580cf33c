// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Kms.Pkcs11;

/// <summary>
/// Calls that block until the token answers, which may be never. Each has a thread of its own, so that a slow token does not take
/// those that everything else runs on, and there are only so many: a call that is given up keeps its place until it ends.
/// </summary>
internal static class Pkcs11Calls
{
    // Twice as many as a key has on their way by default: some of another key, or given up.
    private static readonly SemaphoreSlim Signatures = new(32, 32);

    // The engine opens one key at a time.
    private static readonly SemaphoreSlim Openings = new(1, 1);

    /// <summary>Opens something; whoever gives up does not wait for the end of it.</summary>
    public static Task<T> OpenAsync<T>(Func<T> call, CancellationToken ct) => MakeAsync(Openings, call, ct);

    /// <summary>Signs; whoever gives up does not wait for the end of it.</summary>
    public static Task<byte[]> SignAsync(Func<byte[]> call, CancellationToken ct) => MakeAsync(Signatures, call, ct);

    private static async Task<T> MakeAsync<T>(SemaphoreSlim places, Func<T> call, CancellationToken ct)
    {
        await places.WaitAsync(ct);
        var answer = Task.Factory.StartNew(
            () =>
            {
                try
                {
                    return call();
                }
                finally
                {
                    places.Release();
                }
            },
            CancellationToken.None, TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default);
        return await answer.WaitAsync(ct);
    }
}
