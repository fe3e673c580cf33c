// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Verifier;

/// <summary>How the verifier works; what it decides is in the policy.</summary>
public sealed record VerifierOptions
{
    /// <summary>The longest that any decision may be reused, by design.</summary>
    public static readonly TimeSpan LongestReuse = TimeSpan.FromMinutes(5);

    /// <summary>The name of the cluster this verifier guards, as rules write it; null when no rule names one.</summary>
    public string? Cluster { get; init; }

    /// <summary>The admission policy by name; null when the policies hold exactly one.</summary>
    public string? Policy { get; init; }

    /// <summary>How long one question may take: below the API server's own patience, so that it hears a no and why.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(7);

    /// <summary>How long a yes is reused, at most <see cref="LongestReuse"/>; zero for never. A no is never reused.</summary>
    public TimeSpan Reuse { get; init; } = LongestReuse;

    /// <summary>How many decisions are kept for reuse.</summary>
    public int KeptDecisions { get; init; } = 10_000;

    /// <summary>How many images of one question are looked into at the same time.</summary>
    public int ConcurrentImages { get; init; } = 16;

    /// <summary>The first value that is out of its range, in words; null when all are within.</summary>
    public string? FindProblem() => this switch
    {
        { Deadline: var deadline } when deadline <= TimeSpan.Zero || deadline > LongestReuse =>
            $"the deadline is above zero and at most five minutes, found {deadline}",
        { Reuse: var reuse } when reuse < TimeSpan.Zero || reuse > LongestReuse =>
            $"decisions are reused for zero to five minutes, found {reuse}",
        { KeptDecisions: < 2 } => $"at least two decisions are kept, found {KeptDecisions}",
        { ConcurrentImages: < 1 } => $"at least one image is looked into at a time, found {ConcurrentImages}",
        _ => null,
    };
}
