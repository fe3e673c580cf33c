// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.Metrics;
using System.Runtime.ExceptionServices;
using Microsoft.Extensions.Logging;
using SupplyChain.Kms;
using SupplyChain.Model;
using SupplyChain.Policy;

namespace SupplyChain.Hosting;

/// <summary>
/// The policies in force. They are read at start and looked at again from time to time; a change takes effect whole or
/// not at all: while the files cannot be used, the last good set stays, and the log, the meter <c>SupplyChain.Policies</c> and
/// <see cref="Failure"/> say that something is wrong.
/// </summary>
public sealed class PolicySource : IAsyncDisposable
{
    private const int MostReadings = 5;

    private readonly IReadOnlyList<string> _paths;
    private readonly string _keyFolder;
    private readonly PublicKeys _keys;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly PolicyHealth _health;
    private readonly SemaphoreSlim _reading = new(1, 1);
    private readonly CancellationTokenSource _stop = new();
    private volatile PolicySet? _current;
    private Task _watching = Task.CompletedTask;

    // Guarded by _reading: of what was read last, whether it was used or not.
    private string? _fingerprint;
    private volatile Refusal? _refusal;

    /// <summary>Reads nothing yet.</summary>
    /// <param name="paths">Policy files and folders.</param>
    /// <param name="keyFolder">Where relative <c>file:</c> keys in policies are taken from.</param>
    /// <param name="keys">Opens the public halves of keys.</param>
    /// <param name="clock">The time between two looks.</param>
    /// <param name="logger">Where changes and problems are told.</param>
    public PolicySource(
        IReadOnlyList<string> paths, string keyFolder, PublicKeys keys, TimeProvider clock, ILogger<PolicySource> logger)
    {
        (_paths, _keyFolder, _keys, _clock, _logger) = (paths, keyFolder, keys, clock, logger);
        _health = new PolicyHealth(clock, logger, () => Failure is not null);
    }

    /// <summary>The policies in force; null before the first good set, and then the service is not ready.</summary>
    public PolicySet? Current => _current;

    /// <summary>Why the policies on disk are not the ones in force; null when they are.</summary>
    public PolicyReloadFailure? Failure =>
        _health.Failure ?? (_refusal is { } refusal && ReferenceEquals(refusal.Set, _current) ? refusal.Failure : null);

    /// <summary>What operators see of it.</summary>
    internal Meter Meter => _health.Meter;

    /// <summary>Called before each reading: lets a test change files in between.</summary>
    internal Action? OnReading { get; set; }

    /// <summary>Called before each file is read: lets a test change files in between.</summary>
    internal Action<string>? OnReadingFile { get; set; }

    /// <summary>Reads the files and puts them in force if they are good and different.</summary>
    /// <returns>What was found now, good or not.</returns>
    /// <exception cref="ConfigurationException">A path cannot be read, or the files keep changing.</exception>
    public async ValueTask<LoadedPolicies> RefreshAsync(CancellationToken cancellationToken)
    {
        var (found, fault) = await LookAsync(cancellationToken);
        if (fault is not null)
            ExceptionDispatchInfo.Throw(fault);
        return found!;
    }

    /// <summary>
    /// Tells that a good set cannot be worked by, so that it shows as not in force until there is another.
    /// </summary>
    /// <param name="set">The set.</param>
    /// <param name="problem">Why, in one line, printable.</param>
    public void Refuse(PolicySet set, string problem)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(problem);
        _refusal = new Refusal(set, _health.Refused(problem));
    }

    /// <summary>Looks at the files again and again until this is disposed.</summary>
    public void Watch(TimeSpan interval) => _watching = WatchAsync(interval);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching;
        _stop.Dispose();
        _health.Dispose();
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
        return LoadedPolicies.ReadAsync(_paths, _keyFolder, _keys, OnReadingFile, cancellationToken);
    }

    private void Apply(LoadedPolicies found)
    {
        var isNew = !string.Equals(_fingerprint, found.Fingerprint, StringComparison.Ordinal);
        _fingerprint = found.Fingerprint;
        if (!found.IsUsable)
        {
            _health.Unusable(found, _current);
            return;
        }

        if (isNew)
        {
            var unnamed = UnnamedKeys(found.Set).Except(UnnamedKeys(_current));
            foreach (var (attestor, uri) in unnamed)
                PolicyLog.Unnamed(_logger, Printable.Escape(uri), attestor);
            _current = found.Set;
            PolicyLog.InForce(_logger, found.Set.Revision);
            foreach (var problem in found.KeyProblems)
                PolicyLog.KeyProblem(_logger, problem);
            foreach (var warning in found.Result.Problems)
                PolicyLog.Warning(_logger, warning);
        }

        _health.Good(found.Set, isNew);
    }

    // Of keys of services: a key file is looked at each time, and whoever may write it is trusted with the policies too.
    private static IEnumerable<(string Attestor, string Uri)> UnnamedKeys(PolicySet? set) =>
        from attestor in set?.Attestors ?? []
        from member in attestor.Members
        where !member.NamesPublicKey && KeyUri.TryParse(member.KeyUri, out var uri, out _) && uri.Scheme is not KeyUri.FileScheme
        select (attestor.Name, member.KeyUri);

    private async Task WatchAsync(TimeSpan interval)
    {
        using var timer = new PeriodicTimer(interval, _clock);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
                await LookAsync(_stop.Token);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Disposed: there is nothing left to watch for.
        }
    }

    private async ValueTask<(LoadedPolicies? Found, Exception? Fault)> LookAsync(CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken);
        try
        {
            var found = await ReadAsync(cancellationToken);
            if (!string.Equals(_fingerprint, found.Fingerprint, StringComparison.Ordinal))
                found = await SettleAsync(found, cancellationToken);
            Apply(found);
            return (found, null);
        }
        catch (Exception fault) when (fault is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            _health.Unreadable(fault, _current);
            return (null, fault);
        }
        finally
        {
            _reading.Release();
        }
    }

    private sealed record Refusal(PolicySet Set, PolicyReloadFailure Failure);
}
