// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Sigstore.Clients;

/// <summary>
/// Has others see a signature: logs record it, timestamp authorities tell when. All are asked at once; what they answer is verified, and all
/// of them have to.
/// </summary>
/// <param name="logs">The logs; none where none is asked for.</param>
/// <param name="authorities">The timestamp authorities; none where none is asked for.</param>
/// <param name="root">Whom to believe.</param>
public sealed class SignatureWitness(IReadOnlyList<LogClient> logs, IReadOnlyList<TimestampClient> authorities, TrustedRoot root)
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
        try
        {
            return BundleMaterial.Of(signature.Certificate, [.. await Task.WhenAll(entries)], [.. await Task.WhenAll(timestamps)]);
        }
        catch (ArgumentException limit)
        {
            throw TransparencyException.Refused($"what logs and timestamp authorities answered cannot be written: {limit.Message}");
        }
    }

    /// <summary>
    /// Makes sure that a verifier believes what was written, read back: everybody who was asked has to speak for the signature, and one who
    /// answered for another is one.
    /// </summary>
    /// <param name="material">What was read back.</param>
    /// <param name="signature">The signature.</param>
    /// <param name="mostTimestamps">How many timestamps there is room for where it is written.</param>
    /// <exception cref="TransparencyException">TRANSPARENCY_REFUSED: a verifier would not.</exception>
    public void EnsureBelieved(BundleMaterial material, LoggedSignature signature, int mostTimestamps)
    {
        var times = Math.Min(authorities.Count, mostTimestamps);
        var needed = new Witnesses(logs.Count, CertificateLogs: 0, times);
        if (!MaterialVerifier.TryVerify(material, signature, root, needed, out var verified, out var problem))
            throw Unbelieved(problem.Expected is null ? problem.Message : $"{problem.Message}: expected {problem.Expected}, found {problem.Actual}");
        if (verified.TimestampOperators < times)
            throw Unbelieved($"{times} timestamp authorities of distinct operators were asked, and the time was told by {verified.TimestampOperators}");
    }

    private static TransparencyException Unbelieved(string problem) =>
        TransparencyException.Refused($"a verifier would not believe what logs and timestamp authorities answered: {problem}");

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
