// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Scanning;

namespace SupplyChain.Policy;

/// <summary>What the policy makes of a finding; the later outranks the earlier.</summary>
internal enum FindingRuling
{
    /// <summary>Within the limits.</summary>
    Accepted,

    /// <summary>Over the limit for findings with a fix, which is too young to be asked for.</summary>
    InGrace,

    /// <summary>Over a limit, but set aside by a VEX statement.</summary>
    SetAside,

    /// <summary>Over a limit, but waived by an exception.</summary>
    Waived,

    /// <summary>Likelier to be exploited than is accepted.</summary>
    OverEpss,

    /// <summary>Over the limit for findings without a fix.</summary>
    OverUnfixable,

    /// <summary>Over the limit for findings with a fix.</summary>
    OverFixable,

    /// <summary>Known to be exploited.</summary>
    Exploited,

    /// <summary>Refused by name.</summary>
    Blocked,
}

/// <summary>A finding and what the policy makes of it.</summary>
internal sealed record JudgedFinding(
    Finding Finding, PlatformManifest? Platform, Severity Severity, FindingRuling Ruling)
{
    /// <summary>The id by which it is told apart.</summary>
    internal string Id { get; } = FindingIds.Shared(Finding);

    /// <summary>Whether what the policy goes by does not tell how severe it is.</summary>
    internal bool IsSeverityUnknown { get; init; }

    /// <summary>The exception that waives it.</summary>
    internal FindingException? Exception { get; init; }

    /// <summary>An exception that would waive it, were it in force, or did it accept that the finding is exploited.</summary>
    internal FindingException? Unfit { get; init; }

    /// <summary>The statement that sets it aside.</summary>
    internal AppliedStatement? Statement { get; init; }

    /// <summary>The latest statement about it, and why that does not set it aside.</summary>
    internal string? Obstacle { get; init; }

    /// <summary>What makes it violate beside its severity.</summary>
    internal string? Note { get; init; }

    /// <summary>Whether it counts among the findings that an image has.</summary>
    internal bool IsLive => Ruling is not (FindingRuling.SetAside or FindingRuling.Waived);
}

/// <summary>Judges single findings. What the report itself set aside is judged like any other finding.</summary>
internal sealed class FindingJudge(
    VulnerabilityCheck check, ImageSubject subject, ThreatJudge threats, VexSelection vex, DateTimeOffset time)
{
    private readonly HashSet<string> _blocked = new(check.BlockedCves, StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, List<FindingException>> _exceptions = check.Exceptions
        .GroupBy(exception => exception.Id, StringComparer.OrdinalIgnoreCase)
        .ToDictionary(named => named.Key, named => named.ToList(), StringComparer.OrdinalIgnoreCase);

    internal JudgedFinding Judge(Finding finding, PlatformManifest? platform)
    {
        var severity = FindingSeverity.Of(finding, check);
        var judged = new JudgedFinding(finding, platform, severity, Limit(finding, severity))
        {
            IsSeverityUnknown = FindingSeverity.IsUnknown(finding, check),
        };
        if (_blocked.Count > 0 && FindingIds.All(finding).Any(_blocked.Contains))
            return judged with { Ruling = FindingRuling.Blocked, Note = "blocked by the policy" };
        // No vendor's word, only an exception that says so, outranks that somebody is being attacked.
        if (threats.IsExploited(finding))
            return Waive(judged with { Ruling = FindingRuling.Exploited, Note = "known exploited" });

        if (judged.Ruling is FindingRuling.Accepted or FindingRuling.InGrace && threats.ExceedsEpss(finding))
            judged = judged with { Ruling = FindingRuling.OverEpss, Note = ThreatJudge.Show(threats.ScoreOf(finding)) };
        if (judged.Ruling <= FindingRuling.Waived)
            return judged;

        var (statement, obstacle) = vex.Find(finding, platform, subject);
        return statement is not null
            ? judged with { Ruling = FindingRuling.SetAside, Statement = statement }
            : Waive(obstacle is null ? judged : judged with { Obstacle = obstacle });
    }

    private FindingRuling Limit(Finding finding, Severity severity)
    {
        var unfixable = SeverityScale.Exceeds(severity, check.MaximumUnfixableSeverity);
        if (!finding.IsFixable)
            return unfixable ? FindingRuling.OverUnfixable : FindingRuling.Accepted;
        if (!SeverityScale.Exceeds(severity, check.MaximumFixableSeverity))
        {
            // A report that cannot tell whether there is a fix is held to both limits.
            return finding.IsFixUnknown && unfixable ? FindingRuling.OverUnfixable : FindingRuling.Accepted;
        }

        // A fix makes nothing better: what would be refused without one is refused with a fresh one.
        return !unfixable && IsInGrace(finding) ? FindingRuling.InGrace : FindingRuling.OverFixable;
    }

    private bool IsInGrace(Finding finding)
    {
        if (check.FixableGracePeriod is not { } grace)
            return false;

        return finding.FixedSince is { } since && since <= time
            ? time - since < grace.Limit
            : grace.WhenMissing == MissingRule.Accept;
    }

    private JudgedFinding Waive(JudgedFinding judged)
    {
        if (FindFitting(judged.Finding) is not { } fitting)
            return judged;

        var valid = fitting.Where(exception => exception.IsValidAt(time) && (judged.Ruling != FindingRuling.Exploited || exception.KnownExploited))
            .MaxBy(exception => exception.Until);
        return valid is null
            ? judged with { Unfit = fitting.MaxBy(exception => exception.Until) }
            : judged with { Ruling = FindingRuling.Waived, Exception = valid, Note = null };
    }

    // Null, and no memory taken, where nobody speaks of the finding, as of nearly all.
    private List<FindingException>? FindFitting(Finding finding)
    {
        List<FindingException>? fitting = null;
        AddFitting(ref fitting, finding.Id, finding);
        for (var i = 0; i < finding.Aliases.Count; i++)
            AddFitting(ref fitting, finding.Aliases[i], finding);
        return fitting;
    }

    private void AddFitting(ref List<FindingException>? fitting, string id, Finding finding)
    {
        if (!_exceptions.TryGetValue(id, out var named))
            return;

        foreach (var exception in named)
        {
            if (Fits(exception, finding))
                (fitting ??= []).Add(exception);
        }
    }

    private bool Fits(FindingException exception, Finding finding) =>
        FindingIds.IsNamedBy(finding, exception.Id)
        && (exception.Package?.IsMatch(finding.Package) ?? true)
        && (exception.Versions?.Contains(finding.Package) ?? true)
        && (exception.Subjects?.Any(pattern => pattern.IsMatch(subject.Repository)) ?? true);
}
