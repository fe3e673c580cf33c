// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Policy;

/// <summary>
/// Findings that are known to be exploited are refused at any severity, by the operator's catalogue or by the report itself.
/// </summary>
/// <param name="MaximumAge">How old the catalogue may be; an older one, or none, is an ERROR.</param>
public sealed record KnownExploitedRule(TimeSpan MaximumAge)
{
    /// <summary>Without a limit of its own a catalogue may be as old as this: weeks pass in which nothing is added to it.</summary>
    public static readonly TimeSpan DefaultAge = TimeSpan.FromDays(30);
}

/// <summary>
/// Findings that are likelier to be exploited than the maximum are refused at any severity. The highest score of the operator's
/// file and the report counts.
/// </summary>
/// <param name="Maximum">The highest probability that is accepted, from 0 to less than 1.</param>
/// <param name="WhenMissing">What a finding without a score means.</param>
/// <param name="MaximumAge">How old the file may be; an older one, or none, is an ERROR.</param>
public sealed record EpssRule(double Maximum, MissingRule WhenMissing, TimeSpan MaximumAge)
{
    /// <summary>Without a limit of its own a file may be as old as this: scores are published every day.</summary>
    public static readonly TimeSpan DefaultAge = TimeSpan.FromDays(7);
}

/// <summary>What tells how severe a finding is.</summary>
public enum SeveritySource
{
    /// <summary>The scanner's word.</summary>
    Label,

    /// <summary>The band that the highest CVSS base score lies in; without a score the severity is unknown.</summary>
    Cvss,

    /// <summary>The worse of the two; the word alone where there is no score.</summary>
    Highest,
}

/// <summary>A bound on the number of findings.</summary>
/// <param name="Severity">Counted are findings of this severity and worse ones.</param>
/// <param name="Maximum">How many are accepted.</param>
public sealed record FindingCount(Scanning.Severity Severity, int Maximum);
