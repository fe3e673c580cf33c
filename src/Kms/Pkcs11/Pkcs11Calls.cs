// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;

namespace SupplyChain.Kms.Pkcs11;

/// <summary>
/// Calls that block until the token answers, which may be never. They have threads of their own, so that a slow token does not take
/// those that everything else runs on, and there are only so many: a call that is given up keeps its place until it ends.
/// </summary>
internal static class Pkcs11Calls
{
    // Twice as many as a key has on their way by default: some of another key, or given up.
    private static readonly SemaphoreSlim Signatures = new(32, 32);

    // The engine opens one key at a time.
    private static readonly SemaphoreSlim Openings = new(1, 1);

    private static readonly BlockingCollection<Action> Taken = [];

    // Threads that wait for a call, less the calls that are on their way to one.
    private static int _free;

    /// <summary>Opens something; whoever gives up does not wait for the end of it.</summary>
    public static Task<T> OpenAsync<T>(Func<T> call, CancellationToken ct) => MakeAsync(Openings, call, ct);

    /// <summary>Signs; whoever gives up does not wait for the end of it.</summary>
    public static Task<byte[]> SignAsync(Func<byte[]> call, CancellationToken ct) => MakeAsync(Signatures, call, ct);

    private static async Task<T> MakeAsync<T>(SemaphoreSlim places, Func<T> call, CancellationToken ct)
    {
        await places.WaitAsync(ct);
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Hand(() =>
        {
            try
            {
                answer.SetResult(call());
            }
            catch (Exception fault)
            {
                answer.SetException(fault);
            }
            finally
            {
                places.Release();
            }
        });
        return await answer.Task.WaitAsync(ct);
    }

    // Starting a thread takes longer than many a signature: they stay, about as many as there are places.
    private static void Hand(Action call)
    {
        if (Interlocked.Decrement(ref _free) >= 0)
        {
            Taken.Add(call);
            return;
        }

        Interlocked.Increment(ref _free);
        new Thread(() => Work(call)) { IsBackground = true, Name = "pkcs11" }.UnsafeStart();
    }

    private static void Work(Action call)
    {
        while (true)
        {
            call();
            Interlocked.Increment(ref _free);
            call = Taken.Take();
        }
    }
}
