// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;

namespace SupplyChain.Kms.Pkcs11;

/// <summary>
/// Calls that block until the token answers, which may be never. They have threads of their own, so that a slow token does not take
/// those that everything else runs on, and there are only so many for each token: a call that is given up keeps its place until it ends.
/// A token that hangs while it signs keeps no other from signing. One that hangs while a key is opened keeps every other key from being opened,
/// since the engine opens one at a time; those that are open sign on.
/// </summary>
internal static class Pkcs11Calls
{
    // Twice as many as a key has on their way by default: some of another key, or given up.
    private const int SignaturesOfToken = 32;

    // More than there are keys in use at a time; whoever comes then is told at once that the token does not answer.
    private const int OpeningsThatWait = 64;

    // As many as there are tokens with keys that were opened.
    private static readonly ConcurrentDictionary<(string, string, string), SemaphoreSlim> Signatures = new();

    // The engine opens one key at a time, whatever token it is on.
    private static readonly SemaphoreSlim Openings = new(1, 1);

    private static readonly BlockingCollection<Action> Taken = [];

    // Threads that wait for a call, less the calls that are on their way to one.
    private static int _free;

    // Openings that somebody waits for.
    private static int _openings;

    /// <summary>Opens something; whoever gives up does not wait for the end of it, and gives up the place in the queue.</summary>
    /// <exception cref="KmsException">KMS_UNAVAILABLE: too many wait already.</exception>
    public static async Task<T> OpenAsync<T>(Func<T> call, CancellationToken ct)
    {
        try
        {
            return Interlocked.Increment(ref _openings) <= OpeningsThatWait
                ? await MakeAsync(Openings, call, ct)
                : throw KmsException.Unavailable($"{OpeningsThatWait} openings of keys on tokens already wait; does a token hang?");
        }
        finally
        {
            Interlocked.Decrement(ref _openings);
        }
    }

    /// <summary>Signs; whoever gives up does not wait for the end of it.</summary>
    /// <param name="token">The token that signs.</param>
    /// <param name="call">Waits for the token.</param>
    /// <param name="ct">Gives up.</param>
    public static Task<byte[]?> SignAsync((string, string, string) token, Func<byte[]?> call, CancellationToken ct) => MakeAsync(
        Signatures.GetOrAdd(token, _ => new SemaphoreSlim(SignaturesOfToken, SignaturesOfToken)), call, ct);

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
