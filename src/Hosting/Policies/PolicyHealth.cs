// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using SupplyChain.Policy;

namespace SupplyChain.Hosting;

/// <summary>
/// Whether the policies on disk are the ones in force: counted at every look by the meter <c>SupplyChain.Policies</c>, and told in the log
/// when it changes. Whoever looks at the files holds a lock around the calls.
/// </summary>
internal sealed class PolicyHealth : IDisposable
{
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly Counter<long> _failures;
    private volatile PolicyReloadFailure? _failure;
    private string? _told;

    public PolicyHealth(TimeProvider clock, ILogger logger, Func<bool> isStale, Func<long>? version = null)
    {
        (_clock, _logger) = (clock, logger);
        _failures = Meter.CreateCounter<long>(
            "policy.reload.failures", "{reload}", "Looks at policies on disk that could not be put in force");
        Meter.CreateObservableGauge(
            "policy.stale", () => isStale() ? 1 : 0, unit: null, "1 while the policies on disk are not the ones in force, else 0");
        if (version is not null)
        {
            Meter.CreateObservableGauge(
                "policy.version", version, unit: null, "The version of the approved policy set in force; 0 before the first");
        }
    }

    /// <summary>What operators see of it.</summary>
    public Meter Meter { get; } = new("SupplyChain.Policies");

    /// <summary>Why they are not; null when they are.</summary>
    public PolicyReloadFailure? Failure => _failure;

    /// <summary>They are in force; the log knows already if they are new.</summary>
    public void Good(PolicySet set, bool isNew)
    {
        if (_told is not null && !isNew)
            PolicyLog.Recovered(_logger, set.Revision);
        _failure = null;
        _told = null;
    }

    /// <summary>They were read and cannot be used.</summary>
    public void Unusable(LoadedPolicies found, PolicySet? current)
    {
        Count(PolicyReloadFailure.Places(found.Result.Problems));
        // Whether a set is approved can change without a change of its files.
        if (!IsNews($"{found.Fingerprint} {string.Join('\n', found.Result.Problems)}"))
            return;

        PolicyLog.Unusable(_logger, current?.Revision);
        foreach (var problem in found.Result.Problems)
            PolicyLog.Problem(_logger, problem);
        foreach (var problem in found.KeyProblems)
            PolicyLog.KeyProblem(_logger, problem);
    }

    /// <summary>They could not be read.</summary>
    public void Unreadable(Exception fault, PolicySet? current)
    {
        Count(["they cannot be read"]);
        if (IsNews(fault.Message))
            PolicyLog.Unreadable(_logger, current?.Revision, fault);
    }

    /// <summary>They are good, and the service cannot work by them.</summary>
    public PolicyReloadFailure Refused(string problem)
    {
        _failures.Add(1);
        return new PolicyReloadFailure(_clock.GetUtcNow(), [problem]);
    }

    public void Dispose() => Meter.Dispose();

    private void Count(IReadOnlyList<string> problems)
    {
        _failures.Add(1);
        _failure = new PolicyReloadFailure(_failure?.Since ?? _clock.GetUtcNow(), problems);
    }

    private bool IsNews(string what)
    {
        var isNews = !string.Equals(_told, what, StringComparison.Ordinal);
        _told = what;
        return isNews;
    }
}
