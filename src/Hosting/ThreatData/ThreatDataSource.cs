// SPDX-License-Identifier: Apache-2.0

using Microsoft.Extensions.Logging;
using SupplyChain.Policy;

namespace SupplyChain.Hosting;

/// <summary>
/// The data about vulnerabilities in force. The files are read at start and looked at again from time to time; new ones take
/// effect together or not at all: while one cannot be used the last good data stays, and the log says what is wrong. How old it
/// may get by that is up to each policy.
/// </summary>
/// <param name="paths">The files; null for none.</param>
/// <param name="clock">The time between two looks.</param>
/// <param name="logger">Where changes and problems are told.</param>
public sealed class ThreatDataSource(ThreatDataConfiguration? paths, TimeProvider clock, ILogger<ThreatDataSource> logger) : IAsyncDisposable
{
    private const int MostReadings = 5;

    private readonly SemaphoreSlim _reading = new(1, 1);
    private readonly CancellationTokenSource _stop = new();
    private volatile ThreatData _current = ThreatData.None;
    private Task _watching = Task.CompletedTask;

    // Guarded by _reading: of what was read last, whether it was used or not.
    private string? _fingerprint;

    /// <summary>The data in force.</summary>
    public ThreatData Current => _current;

    /// <summary>Called before each reading: lets a test change files in between.</summary>
    internal Action? OnReading { get; set; }

    /// <summary>Reads the files and puts them in force if they are good and different.</summary>
    /// <exception cref="ConfigurationException">A file cannot be read or used, or the files keep changing; in force stays what was.</exception>
    public async ValueTask RefreshAsync(CancellationToken cancellationToken)
    {
        if (paths is null)
            return;

        await _reading.WaitAsync(cancellationToken);
        try
        {
            var found = await ReadAsync(cancellationToken);
            if (string.Equals(_fingerprint, found.Fingerprint, StringComparison.Ordinal))
                return;

            found = await SettleAsync(found, cancellationToken);
            // Remembered also where it is of no use, so that one bad file is told once.
            _fingerprint = found.Fingerprint;
            _current = found.Parse();
            ThreatDataLog.InForce(
                logger, _current.KnownExploited?.Released, _current.KnownExploited?.Count ?? 0, _current.Epss?.Date, _current.Epss?.Count ?? 0);
        }
        finally
        {
            _reading.Release();
        }
    }

    /// <summary>Looks at the files again and again until this is disposed.</summary>
    public void Watch(TimeSpan interval) => _watching = paths is null ? Task.CompletedTask : WatchAsync(interval);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching;
        _stop.Dispose();
        _reading.Dispose();
    }

    // A file that is written while it is read may end at any of its lines: what is put in force was read twice alike.
    private async ValueTask<ThreatDataFiles> SettleAsync(ThreatDataFiles found, CancellationToken cancellationToken)
    {
        for (var reading = 0; reading < MostReadings; reading++)
        {
            var again = await ReadAsync(cancellationToken);
            if (string.Equals(again.Fingerprint, found.Fingerprint, StringComparison.Ordinal))
                return again;

            found = again;
        }

        throw new ConfigurationException("the files of threatData keep changing while they are read");
    }

    private ValueTask<ThreatDataFiles> ReadAsync(CancellationToken cancellationToken)
    {
        OnReading?.Invoke();
        return ThreatDataFiles.ReadAsync(paths!, cancellationToken);
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
            ThreatDataLog.Unusable(logger, fault);
        }
    }
}
