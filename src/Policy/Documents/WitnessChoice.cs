// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using SupplyChain.Sigstore;

namespace SupplyChain.Policy;

/// <summary>
/// Whom to ask about what a key signs under a policy. Signers choose by it before anything is signed, and a policy for which it chooses nobody at
/// any time is refused when it is loaded.
/// </summary>
public sealed class WitnessChoice
{
    private readonly TransparencyRules _rules;
    private readonly SigningConfig _config;
    private readonly TrustedRoot _root;
    private readonly PublicKey? _key;
    private readonly bool _isEnvelope;

    /// <summary>Nobody is chosen yet.</summary>
    /// <param name="rules">Who has to see it.</param>
    /// <param name="config">Who can be asked.</param>
    /// <param name="root">Whose answers are believed.</param>
    /// <param name="key">The key that signs; null where it is not known yet.</param>
    /// <param name="isEnvelope">Whether envelopes are signed, as bundles hold them, rather than the payload of the tag layout.</param>
    public WitnessChoice(TransparencyRules rules, SigningConfig config, TrustedRoot root, PublicKey? key, bool isEnvelope) =>
        (_rules, _config, _root, _key, _isEnvelope) = (rules, config, root, key, isEnvelope);

    /// <summary>The logs that have to record it.</summary>
    /// <param name="time">Now.</param>
    /// <param name="logs">The logs, none where the policy wants none, when the result is <see langword="true"/>.</param>
    /// <param name="problem">What was expected and what was found, when it is not.</param>
    public bool TryChooseLogs(
        DateTimeOffset time, [NotNullWhen(true)] out IReadOnlyList<SigningService>? logs, [NotNullWhen(false)] out string? problem)
    {
        (logs, problem) = ([], null);
        if (!_rules.IsLogged)
            return true;
        if (!_config.TryChooseLogs(time, _rules.LogVersions(_key, _isEnvelope), out logs, out problem))
            return false;

        problem = ExplainRecorded(logs.Count);
        return problem is null;
    }

    /// <summary>The authorities that have to tell when it was made.</summary>
    /// <param name="time">Now.</param>
    /// <param name="authorities">The authorities, none where the policy wants none, when the result is <see langword="true"/>.</param>
    /// <param name="problem">What was expected and what was found, when it is not.</param>
    public bool TryChooseTimestampAuthorities(
        DateTimeOffset time, [NotNullWhen(true)] out IReadOnlyList<SigningService>? authorities, [NotNullWhen(false)] out string? problem)
    {
        (authorities, problem) = ([], null);
        if (!_rules.IsTimestamped)
            return true;
        if (!_config.TryChooseTimestampAuthorities(time, out authorities, out problem))
            return false;

        problem = ExplainStamped(authorities.Count);
        return problem is null;
    }

    /// <summary>Why logs of no version that is listed record it; null when some do.</summary>
    internal string? ExplainVersions()
    {
        var problems = _config.Logs.Select(log => log.MajorVersion).Distinct().Order().Select(version => _rules.Explain(version, _key, _isEnvelope)).ToList();
        return !_rules.IsLogged || problems.Contains(null)
            ? null
            : $"no log of {_rules.TrustRoot} records what the key signs{(_isEnvelope ? "" : " in the tag layout")}: {string.Join("; ", problems)}";
    }

    /// <summary>Why there is no time at which logs can record it; null when there is one.</summary>
    internal string? ExplainNoLogs()
    {
        if (!_rules.IsLogged)
            return null;

        // No clock is read when policies are loaded: all that have no end are in use together sooner or later.
        return _config.TryChooseLogs(DateTimeOffset.MaxValue, _rules.LogVersions(_key, _isEnvelope), out var lasting, out _)
            && ExplainRecorded(lasting.Count) is { } problem
                ? problem
                : ExplainAll(_config.LogChanges, time => TryChooseLogs(time, out _, out var none) ? null : none);
    }

    /// <summary>Why there is no time at which authorities can tell when it was made; null when there is one.</summary>
    internal string? ExplainNoTimestampAuthorities()
    {
        if (!_rules.IsTimestamped)
            return null;

        return _config.TryChooseTimestampAuthorities(DateTimeOffset.MaxValue, out var lasting, out _) && ExplainStamped(lasting.Count) is { } problem
            ? problem
            : ExplainAll(_config.TimestampChanges, time => TryChooseTimestampAuthorities(time, out _, out var none) ? null : none);
    }

    private static string? ExplainAll(IReadOnlyList<DateTimeOffset> times, Func<DateTimeOffset, string?> explain)
    {
        var problems = times.Select(explain).ToList();
        return problems.Contains(null) ? null : problems.FirstOrDefault();
    }

    private string? ExplainRecorded(int logs) =>
        !_isEnvelope && logs > 1
            ? $"the tag layout holds the entry of one log, and {logs} have to record what is signed; produce.layouts: [bundle] leaves it out"
            : ExplainOperators("logs", logs, _root.LogOperators);

    // In the tag layout there is room for one, whoever else is asked.
    private string? ExplainStamped(int authorities) =>
        ExplainOperators("timestamp authorities", _isEnvelope ? authorities : 1, _root.TimestampOperators);

    // A verifier counts by the trust root's operators, whatever the signing configuration calls them.
    private static string? ExplainOperators(string kind, int asked, int trusted) => asked > trusted
        ? $"{asked} {kind} of distinct operators have to see what is signed, and the trust root tells {kind} of {trusted} apart"
        : null;
}
