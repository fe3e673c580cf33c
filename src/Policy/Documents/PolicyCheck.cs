// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Scanning;

namespace SupplyChain.Policy;

/// <summary>Something that has to hold, under the name the policy gives it.</summary>
public abstract record PolicyCheck
{
    private protected PolicyCheck(string name) => Name = name;

    /// <summary>The check's name; unique in its policy.</summary>
    public string Name { get; }
}

/// <summary>No finding is worse than the policy accepts.</summary>
public sealed record VulnerabilityCheck : PolicyCheck
{
    internal VulnerabilityCheck(string name)
        : base(name)
    {
    }

    /// <summary>The worst severity that is accepted where a fix exists.</summary>
    public required SeverityLimit MaximumFixableSeverity { get; init; }

    /// <summary>The worst severity that is accepted where no fix exists.</summary>
    public required SeverityLimit MaximumUnfixableSeverity { get; init; }

    /// <summary>What a finding without a known severity counts as.</summary>
    public required Severity UnknownSeverity { get; init; }

    /// <summary>What tells how severe a finding is.</summary>
    public SeveritySource SeverityFrom { get; init; }

    /// <summary>
    /// How long a fix may be out before its finding has to be within <see cref="MaximumFixableSeverity"/>; until then it is judged
    /// as if there were none. Null for not at all.
    /// </summary>
    public AgeLimit? FixableGracePeriod { get; init; }

    /// <summary>How many findings are accepted, worst severity first; empty where they are not counted.</summary>
    public IReadOnlyList<FindingCount> MaxCount { get; init; } = [];

    /// <summary>What is refused because it is exploited; null where that is not judged.</summary>
    public KnownExploitedRule? KnownExploited { get; init; }

    /// <summary>What is refused because it is likely to be exploited; null where that is not judged.</summary>
    public EpssRule? Epss { get; init; }

    /// <summary>Ids that are refused at any severity, by id or alias.</summary>
    public IReadOnlyList<string> BlockedCves { get; init; } = [];

    /// <summary>Findings that are waived for a time.</summary>
    public IReadOnlyList<FindingException> Exceptions { get; init; } = [];
}

/// <summary>A limit on severities: the worst one that is still accepted.</summary>
public enum SeverityLimit
{
    /// <summary>No finding is accepted.</summary>
    BlockAll,

    /// <summary>Negligible ones are.</summary>
    Minimal,

    /// <summary>Low ones are.</summary>
    Low,

    /// <summary>Medium ones are.</summary>
    Medium,

    /// <summary>High ones are.</summary>
    High,

    /// <summary>Critical ones are.</summary>
    Critical,

    /// <summary>Any finding is, of whatever severity.</summary>
    AllowAll,
}

/// <summary>A finding that somebody answers for until a day.</summary>
public sealed record FindingException
{
    /// <summary>
    /// The vulnerability's id, compared with a finding's id and aliases; with the aliases only where they hold at most one CVE, and
    /// for a malicious package only with its <c>MAL-</c> ids.
    /// </summary>
    public required string Id { get; init; }

    /// <summary>The package it is waived in; null for any.</summary>
    public PackagePattern? Package { get; init; }

    /// <summary>The installed versions it is waived for; null for any.</summary>
    public VersionRange? Versions { get; init; }

    /// <summary>The repositories it is waived in; null for all of the policy's.</summary>
    public IReadOnlyList<ImagePattern>? Subjects { get; init; }

    /// <summary>The first moment at which the finding is waived; null for always until the end.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>The first moment at which the finding is live again.</summary>
    public required DateTimeOffset Until { get; init; }

    /// <summary>Who answers for it.</summary>
    public required string Owner { get; init; }

    /// <summary>Why it is acceptable.</summary>
    public required string Reason { get; init; }

    /// <summary>Whether it also waives a vulnerability that is known to be exploited.</summary>
    public bool KnownExploited { get; init; }

    /// <summary>Where it is tracked.</summary>
    public string? Ticket { get; init; }

    /// <summary>Where it is written.</summary>
    public required SourceLocation Location { get; init; }

    /// <summary>Whether it is in force at <paramref name="time"/>.</summary>
    public bool IsValidAt(DateTimeOffset time) => !(time < NotBefore) && time < Until;
}
