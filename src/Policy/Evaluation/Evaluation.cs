// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Policy;

/// <summary>
/// What a policy says about an image: every check that ran and every piece of evidence that was seen. The same policy,
/// evidence and time give the same evaluation, in whatever order the evidence was gathered.
/// </summary>
public sealed record Evaluation
{
    /// <summary>
    /// Every check; <see cref="Decision.OutcomeOf"/> says what they come to. Where several have the same name, as problems with
    /// several reports do, all but the first are numbered.
    /// </summary>
    public required IReadOnlyList<CheckResult> Checks
    {
        get;
        init => field = WithOwnNames(value);
    }

    /// <summary>Every piece of evidence, counted or not, by digest.</summary>
    public required IReadOnlyList<DecisionEvidence> Evidence { get; init; }

    /// <summary>
    /// When something that a positive answer rests on ends; null when nothing does. No answer may be cached beyond it.
    /// </summary>
    public DateTimeOffset? Expires { get; init; }

    // Names that a policy gives have no spaces, so a number never makes one of them.
    private static IReadOnlyList<CheckResult> WithOwnNames(IReadOnlyList<CheckResult> checks)
    {
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        return
        [
            .. checks.Select(check =>
            {
                var times = seen[check.Name] = seen.GetValueOrDefault(check.Name) + 1;
                return times == 1 ? check : check.Named(string.Create(CultureInfo.InvariantCulture, $"{check.Name} {times}"));
            }),
        ];
    }
}

/// <summary>Why something does not count.</summary>
internal sealed record Rejection(ReasonCode Reason, string Message)
{
    internal string? Expected { get; init; }

    internal string? Actual { get; init; }
}
