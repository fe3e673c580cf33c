// SPDX-License-Identifier: Apache-2.0

using Microsoft.Extensions.Logging;
using SupplyChain.Kms;
using SupplyChain.Policy;

namespace SupplyChain.Hosting;

/// <summary>
/// The policies in force. They are read at start and looked at again from time to time; a change takes effect whole or
/// not at all: while the files cannot be used, the last good set stays and the log says what is wrong.
/// </summary>
/// <param name="paths">Policy files and folders.</param>
/// <param name="keyFolder">Where relative <c>file:</c> keys in policies are taken from.</param>
/// <param name="keys">Opens the public halves of keys.</param>
/// <param name="clock">The time between two looks.</param>
/// <param name="logger">Where changes and problems are told.</param>
public sealed class PolicySource(
    IReadOnlyList<string> paths, string keyFolder, PublicKeys keys, TimeProvider clock, ILogger<PolicySource> logger)
    : IAsyncDisposable
{
    private const int MostReadings = 5;

    private readonly SemaphoreSlim _reading = new(1, 1);
    private readonly CancellationTokenSource _stop = new();
    private volatile PolicySet? _current;
    private Task _watching = Task.CompletedTask;

    // Guarded by _reading: of what was read last, whether it was used or not.
    private string? _fingerprint;

    /// <summary>The policies in force; null before the first good set, and then the service is not ready.</summary>
    public PolicySet? Current => _current;

    /// <summary>Called before each reading: lets a test change files in between.</summary>
    internal Action? OnReading { get; set; }

    /// <summary>Reads the files and puts them in force if they are good and different.</summary>
    /// <returns>What was found now, good or not.</returns>
    /// <exception cref="ConfigurationException">A path cannot be read, or the files keep changing.</exception>
    public async ValueTask<LoadedPolicies> RefreshAsync(CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken);
        try
        {
            var found = await ReadAsync(cancellationToken);
            if (string.Equals(_fingerprint, found.Fingerprint, StringComparison.Ordinal))
                return found;

            found = await SettleAsync(found, cancellationToken);
            Apply(found);
            return found;
        }
        finally
        {
            _reading.Release();
        }
    }

    /// <summary>Looks at the files again and again until this is disposed.</summary>
    public void Watch(TimeSpan interval) => _watching = WatchAsync(interval);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching;
        _stop.Dispose();
        _reading.Dispose();
    }

    // Files are replaced one by one, or all at once by a moved link, while we read them: what is put in force was read
    // twice alike, so that it is no mixture of old and new.
    private async ValueTask<LoadedPolicies> SettleAsync(LoadedPolicies found, CancellationToken cancellationToken)
    {
        for (var reading = 0; reading < MostReadings; reading++)
        {
            var again = await ReadAsync(cancellationToken);
            if (string.Equals(again.Fingerprint, found.Fingerprint, StringComparison.Ordinal))
                return again;

            found = again;
        }

        throw new ConfigurationException("the policies keep changing while they are read");
    }

    private ValueTask<LoadedPolicies> ReadAsync(CancellationToken cancellationToken)
    {
        OnReading?.Invoke();
        return LoadedPolicies.ReadAsync(paths, keyFolder, keys, cancellationToken);
    }

    private void Apply(LoadedPolicies found)
    {
        _fingerprint = found.Fingerprint;
        if (found.IsUsable)
        {
            _current = found.Set;
            PolicyLog.InForce(logger, found.Set.Revision);
            foreach (var problem in found.KeyProblems)
                PolicyLog.KeyProblem(logger, problem);
            return;
        }

        PolicyLog.Unusable(logger, _current?.Revision);
        foreach (var problem in found.Result.Problems)
            PolicyLog.Problem(logger, problem);
        foreach (var problem in found.KeyProblems)
            PolicyLog.KeyProblem(logger, problem);
    }

    private async Task WatchAsync(TimeSpan interval)
    {
        using var timer = new PeriodicTimer(interval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
                await LookAsync();
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Disposed: there is nothing left to watch for.
        }
    }

    private async ValueTask LookAsync()
    {
        try
        {
            await RefreshAsync(_stop.Token);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            PolicyLog.Unreadable(logger, fault);
        }
    }
}
