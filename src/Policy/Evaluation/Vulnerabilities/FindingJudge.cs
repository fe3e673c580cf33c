// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Scanning;

namespace SupplyChain.Policy;

/// <summary>What the policy makes of a finding; the later outranks the earlier.</summary>
internal enum FindingRuling
{
    /// <summary>Within the limits.</summary>
    Accepted,

    /// <summary>Over a limit, but waived by an exception.</summary>
    Waived,

    /// <summary>Over the limit for findings without a fix.</summary>
    OverUnfixable,

    /// <summary>Over the limit for findings with a fix.</summary>
    OverFixable,

    /// <summary>Refused by name.</summary>
    Blocked,
}

/// <summary>A finding and what the policy makes of it.</summary>
internal sealed record JudgedFinding(
    Finding Finding, PlatformManifest? Platform, Severity Severity, FindingRuling Ruling)
{
    /// <summary>The exception that waives it.</summary>
    internal FindingException? Exception { get; init; }

    /// <summary>An exception that would waive it, had it not ended.</summary>
    internal FindingException? Ended { get; init; }

    internal bool Violates => Ruling > FindingRuling.Waived;
}

/// <summary>Judges single findings. What the report itself set aside is judged like any other finding.</summary>
internal sealed class FindingJudge
{
    private readonly VulnerabilityCheck _check;
    private readonly Repository _repository;
    private readonly DateTimeOffset _time;
    private readonly HashSet<string> _blocked;
    private readonly Dictionary<string, List<FindingException>> _exceptions = new(StringComparer.OrdinalIgnoreCase);

    internal FindingJudge(VulnerabilityCheck check, Repository repository, DateTimeOffset time)
    {
        _check = check;
        _repository = repository;
        _time = time;
        _blocked = new HashSet<string>(check.BlockedCves, StringComparer.OrdinalIgnoreCase);
        foreach (var exception in check.Exceptions)
        {
            if (!_exceptions.TryGetValue(exception.Id, out var same))
                _exceptions.Add(exception.Id, same = []);
            same.Add(exception);
        }
    }

    internal JudgedFinding Judge(Finding finding, PlatformManifest? platform)
    {
        var severity = finding.Severity == Severity.Unknown ? _check.UnknownSeverity : finding.Severity;
        if (Ids(finding).Any(_blocked.Contains))
            return new JudgedFinding(finding, platform, severity, FindingRuling.Blocked);

        var limit = finding.IsFixable ? _check.MaximumFixableSeverity : _check.MaximumUnfixableSeverity;
        if (!SeverityScale.Exceeds(severity, limit))
            return new JudgedFinding(finding, platform, severity, FindingRuling.Accepted);

        var ruling = finding.IsFixable ? FindingRuling.OverFixable : FindingRuling.OverUnfixable;
        var fitting = _exceptions.Count == 0
            ? []
            : Ids(finding).SelectMany(Exceptions).Where(exception => Fits(exception, finding)).ToList();
        var valid = fitting.Where(exception => _time < exception.Until).MaxBy(exception => exception.Until);
        return valid is null
            ? new JudgedFinding(finding, platform, severity, ruling)
            {
                Ended = fitting.MaxBy(exception => exception.Until),
            }
            : new JudgedFinding(finding, platform, severity, FindingRuling.Waived) { Exception = valid };
    }

    private static IEnumerable<string> Ids(Finding finding) => finding.Aliases.Prepend(finding.Id);

    private IEnumerable<FindingException> Exceptions(string id) =>
        _exceptions.GetValueOrDefault(id) ?? Enumerable.Empty<FindingException>();

    private bool Fits(FindingException exception, Finding finding) =>
        (exception.Package?.IsMatch(finding.Package) ?? true)
        && (exception.Versions?.Contains(finding.Package) ?? true)
        && (exception.Subjects?.Any(pattern => pattern.IsMatch(_repository)) ?? true);
}
