// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Sigstore.Clients;

/// <summary>
/// Has others see a signature: logs record it, timestamp authorities tell when. All are asked at once; what they answer is verified, and all
/// of them have to.
/// </summary>
/// <param name="logs">The logs; none where none is asked for.</param>
/// <param name="authorities">The timestamp authorities; none where none is asked for.</param>
public sealed class SignatureWitness(IReadOnlyList<LogClient> logs, IReadOnlyList<TimestampClient> authorities)
{
    /// <summary>Has a signature seen.</summary>
    /// <param name="signature">The signature.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What a bundle carries to show it.</returns>
    /// <exception cref="TransparencyException">Somebody did not do their part.</exception>
    public async ValueTask<BundleMaterial> WitnessAsync(LoggedSignature signature, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(signature);
        // Who fails ends the wait for the others: all of them are needed.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var entries = logs.Select(log => StopOnFaultAsync(log.RecordAsync(signature, stop.Token), stop)).ToList();
        var timestamps = authorities.Select(authority => StopOnFaultAsync(authority.StampAsync(signature.Signature, stop.Token), stop)).ToList();
        var all = Task.WhenAll([.. entries.Cast<Task>(), .. timestamps]);
        await ((Task)all).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
        if (all.Exception?.InnerExceptions.OfType<TransparencyException>().FirstOrDefault() is { } fault)
            throw new TransparencyException(fault.Reason, fault.Message, fault) { RetryAfter = fault.RetryAfter };
        await all;
        return BundleMaterial.Of(signature.Certificate, [.. await Task.WhenAll(entries)], [.. await Task.WhenAll(timestamps)]);
    }

    private static async Task<T> StopOnFaultAsync<T>(ValueTask<T> call, CancellationTokenSource stop)
    {
        try
        {
            return await call;
        }
        catch
        {
            await stop.CancelAsync();
            throw;
        }
    }
}
