// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Attestor;

/// <summary>A recorded decision and what would have come of it under the changed policy.</summary>
/// <param name="Decision">The decision as it was recorded.</param>
/// <param name="Checks">Every check under the changed policy; null when it could not be replayed.</param>
/// <param name="Problem">Why it could not be replayed, in one sentence; null when it could.</param>
public sealed record ReplayedDecision(Decision Decision, IReadOnlyList<CheckResult>? Checks, string? Problem)
{
    /// <summary>
    /// Whether the changed policy lets others ask. Claims are not on record, so whether this requester still may is not replayed.
    /// </summary>
    public bool RequestersChanged { get; init; }

    /// <summary>How it would come out; null when it could not be replayed.</summary>
    public Outcome? Outcome => Checks is null ? null : Decision.OutcomeOf(Decision.Kind, Checks);

    /// <summary>Whether a yes would be a no, or a no a yes.</summary>
    public bool Flips => Outcome is { } outcome && (outcome is Model.Decisions.Outcome.Approved) != Decision.IsPositive;

    /// <summary>What decides a flip: the checks that say no now, or those that said no then.</summary>
    public IReadOnlyList<CheckResult> Deciding => !Flips
        ? []
        : [.. (Decision.IsPositive ? Checks! : Decision.Checks).Where(check => check.Verdict is Verdict.Fail or Verdict.Error)];
}
