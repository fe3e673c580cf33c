// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;

namespace SupplyChain.Kms;

/// <summary>A call to a key service that ends in time, whether or not the service hears that it is given up.</summary>
internal static class KmsCall
{
    /// <summary>Makes a call; it is told when nobody waits for it any more, and what comes of it then is closed.</summary>
    /// <param name="uri">The key, for the message.</param>
    /// <param name="call">The call.</param>
    /// <param name="clock">The time.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="KmsException">KMS_UNAVAILABLE: there was no answer within <see cref="Limits.KmsCall"/>.</exception>
    public static async Task<T> MakeAsync<T>(
        string uri, Func<CancellationToken, ValueTask<T>> call, TimeProvider clock, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(Limits.KmsCall, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        var made = call(either.Token).AsTask();
        try
        {
            return await made.WaitAsync(either.Token);
        }
        catch (OperationCanceledException late)
        {
            _ = CloseAsync(made);
            if (ct.IsCancellationRequested || !limit.IsCancellationRequested)
                throw;
            throw Late(uri, Limits.KmsCall, late);
        }
    }

    /// <summary>There was no answer in time.</summary>
    public static KmsException Late(string uri, TimeSpan time, Exception late) =>
        KmsException.Unavailable($"the service of {Printable.Escape(uri)} did not answer within {time.TotalSeconds:0} s", late);

    // What opens after nobody waits for it any more is nobody's to close.
    private static async Task CloseAsync<T>(Task<T> late)
    {
        await ((Task)late).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (late.IsCompletedSuccessfully)
            (await late as IDisposable)?.Dispose();
    }
}
