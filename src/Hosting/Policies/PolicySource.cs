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
    private readonly ApprovalGate? _gate;
    private readonly SemaphoreSlim _reading = new(1, 1);
    private readonly CancellationTokenSource _stop = new();
    private volatile PolicySet? _current;
    private Task _watching = Task.CompletedTask;

    // Guarded by _reading: of what was read last, whether it was used or not, and what was put in force last.
    private string? _fingerprint;
    private LoadedPolicies? _inForce;
    private volatile Refusal? _refusal;

    /// <summary>Reads nothing yet.</summary>
    /// <param name="paths">Policy files and folders.</param>
    /// <param name="keyFolder">Where relative <c>file:</c> keys in policies are taken from.</param>
    /// <param name="keys">Opens the public halves of keys.</param>
    /// <param name="clock">The time between two looks.</param>
    /// <param name="logger">Where changes and problems are told.</param>
    /// <param name="approval">Who has to approve policies before they are in force, which then are one folder; null for nobody.</param>
    public PolicySource(
        IReadOnlyList<string> paths, string keyFolder, PublicKeys keys, TimeProvider clock, ILogger<PolicySource> logger,
        PolicyApprovalConfiguration? approval = null)
    {
        (_paths, _keyFolder, _keys, _clock, _logger) = (paths, keyFolder, keys, clock, logger);
        _gate = approval is null ? null : new ApprovalGate(approval, keyFolder, keys, clock);
        _health = new PolicyHealth(
            clock, logger, () => Failure is not null, _gate is null ? null : () => Volatile.Read(ref _inForce)?.Approval?.Approval.Version ?? 0);
    }

    /// <summary>The policies in force; null before the first good set, and then the service is not ready.</summary>
    public PolicySet? Current => _current;

    /// <summary>Why the policies on disk are not the ones in force; null when they are.</summary>
    public PolicyReloadFailure? Failure =>
        _health.Failure ?? (_refusal is { } refusal && ReferenceEquals(refusal.Set, _current) ? refusal.Failure : null);

    /// <summary>
    /// What keeps this service from working by a set that is good in itself, errors all of them; such a set is not put in force.
    /// </summary>
    public Func<PolicySet, IReadOnlyList<PolicyProblem>>? CheckSet { get; init; }

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
        return _gate is null
            ? LoadedPolicies.ReadAsync(_paths, _keyFolder, _keys, OnReadingFile, cancellationToken)
            : _gate.ReadAsync(_paths.Single(), OnReadingFile, cancellationToken);
    }

    private async ValueTask<LoadedPolicies> ApplyAsync(LoadedPolicies found, CancellationToken cancellationToken)
    {
        _fingerprint = found.Fingerprint;
        var isUnknown = _gate?.IsVersionUnknown == true;
        if (found.IsUsable && CheckSet?.Invoke(found.Set) is { Count: > 0 } unfit)
            found = found with { Result = PolicyLoadResult.Refuse(unfit), Approval = null };
        if (found.IsUsable && _gate is not null && await _gate.AcceptAsync(found, cancellationToken) is { } refused)
            found = found with { Result = PolicyLoadResult.Refuse([refused]), Approval = null };
        if (!found.IsUsable)
        {
            _health.Unusable(found, _current);
            return found;
        }

        // Not "as it was read last": what was refused before may be in order now, without a change, because its time has come.
        var isNew = !string.Equals(_inForce?.Fingerprint, found.Fingerprint, StringComparison.Ordinal);
        if (isNew)
            PutInForce(found, isUnknown);
        _health.Good(found.Set, isNew);
        return found;
    }

    private void PutInForce(LoadedPolicies found, bool isVersionUnknown)
    {
        var unnamed = UnnamedKeys(found.Set).Except(UnnamedKeys(_current));
        foreach (var (attestor, uri) in unnamed)
            PolicyLog.Unnamed(_logger, Printable.Escape(uri), attestor);
        _current = found.Set;
        PolicyLog.InForce(_logger, found.Set!.Revision);
        foreach (var problem in found.KeyProblems)
            PolicyLog.KeyProblem(_logger, problem);
        foreach (var warning in found.Result.Problems)
            PolicyLog.Warning(_logger, warning);
        if (found.Approval is { } approved)
        {
            if (isVersionUnknown)
                ApprovalLog.VersionUnknown(_logger, approved.Approval.Version);
            ApprovalLog.Tell(_logger, _inForce, found);
        }

        Volatile.Write(ref _inForce, found);
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
            return (await ApplyAsync(found, cancellationToken), null);
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
