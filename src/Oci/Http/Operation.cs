// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Oci.Http;

/// <summary>One try of an operation.</summary>
internal sealed class Attempt(CancellationToken cancellationToken)
{
    /// <summary>Ends with the operation's deadline or the caller's patience.</summary>
    public CancellationToken CancellationToken { get; } = cancellationToken;

    /// <summary>Whether the answer's headers have come and its body is being waited for.</summary>
    public bool IsReadingBody { get; set; }
}

/// <summary>
/// Runs an operation against one host: again after a fault that may pass, as the registry asks, and all of it under one
/// deadline.
/// </summary>
internal sealed class Operation(string host, TimeSpan timeout, TimeProvider clock)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// Runs the operation until it succeeds, its fault will not pass, or there is no time for another try.
    /// </summary>
    /// <param name="tries">How often at most; 1 where a late repetition would do harm.</param>
    /// <param name="attempt">The operation, safe to repeat.</param>
    /// <param name="cancellationToken">The caller's patience.</param>
    public async ValueTask<T> RunAsync<T>(
        int tries, Func<Attempt, ValueTask<T>> attempt, CancellationToken cancellationToken)
    {
        var startedAt = clock.GetTimestamp();
        using var deadline = new CancellationTokenSource(timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        var pause = TimeSpan.Zero;
        for (var tried = 1; ; tried++)
        {
            var running = new Attempt(either.Token);
            try
            {
                await Task.Delay(pause, clock, either.Token);
                return await attempt(running);
            }
            catch (OperationCanceledException late) when (!cancellationToken.IsCancellationRequested
                && deadline.IsCancellationRequested)
            {
                throw running.IsReadingBody
                    ? new RegistryException(
                        ReasonCode.RegistryLimit,
                        $"{host} did not finish sending within {timeout.TotalSeconds:0.#} s", late)
                    : new RegistryException(
                        ReasonCode.RegistryUnavailable,
                        $"{host} did not answer within {timeout.TotalSeconds:0.#} s", late);
            }
            catch (RegistryException fault) when (tried < tries && MayPass(fault))
            {
                pause = PauseAfter(fault, tried);
                if (pause >= timeout - clock.GetElapsedTime(startedAt))
                    throw;
            }
        }
    }

    public ValueTask<T> RunAsync<T>(Func<Attempt, ValueTask<T>> attempt, CancellationToken cancellationToken) =>
        RunAsync(Limits.RegistryTries, attempt, cancellationToken);

    private static bool MayPass(RegistryException fault) =>
        fault.Reason == ReasonCode.RegistryUnavailable || fault.Reason == ReasonCode.RegistryThrottled;

    private static TimeSpan PauseAfter(RegistryException fault, int tried)
    {
        var jitter = RandomNumberGenerator.GetInt32(500, 1500) / 1000.0;
        return fault.RetryAfter is { } asked
            ? asked + FirstPause * jitter
            : FirstPause * Math.Pow(2, tried - 1) * jitter;
    }
}
