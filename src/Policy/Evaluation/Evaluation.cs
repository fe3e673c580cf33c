// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model.Decisions;

namespace SupplyChain.Policy;

/// <summary>
/// What a policy says about an image: every check that ran and every piece of evidence that was seen. The same policy,
/// evidence and time give the same evaluation, in whatever order the evidence was gathered.
/// </summary>
public sealed record Evaluation
{
    /// <summary>Every check; <see cref="Decision.OutcomeOf"/> says what they come to.</summary>
    public required IReadOnlyList<CheckResult> Checks { get; init; }

    /// <summary>Every piece of evidence, counted or not, by digest.</summary>
    public required IReadOnlyList<DecisionEvidence> Evidence { get; init; }

    /// <summary>
    /// When something that a positive answer rests on ends; null when nothing does. No answer may be cached beyond it.
    /// </summary>
    public DateTimeOffset? Expires { get; init; }
}

/// <summary>Why something does not count.</summary>
internal sealed record Rejection(ReasonCode Reason, string Message)
{
    internal string? Expected { get; init; }

    internal string? Actual { get; init; }
}
