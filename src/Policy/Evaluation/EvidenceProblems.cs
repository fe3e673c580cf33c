// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model.Decisions;

namespace SupplyChain.Policy;

/// <summary>Turns what went wrong while gathering into checks, each with its own reason.</summary>
internal static class EvidenceProblems
{
    internal const string Name = "evidence";

    /// <summary>
    /// Failures before errors, what is wrong with a piece of evidence before what is missing (often because of it), then an
    /// order that does not depend on how they were found.
    /// </summary>
    internal static IReadOnlyList<EvidenceProblem> Sort(IEnumerable<EvidenceProblem> problems) =>
    [
        .. problems.Distinct()
            .OrderBy(problem => problem.IsError)
            .ThenBy(problem => problem.Reason == ReasonCode.EvidenceMissing)
            .ThenBy(problem => problem.Reason.Name, StringComparer.Ordinal)
            .ThenBy(problem => problem.Evidence?.ToString(), StringComparer.Ordinal)
            .ThenBy(problem => problem.Message, StringComparer.Ordinal)
            .ThenBy(problem => problem.Expected, StringComparer.Ordinal)
            .ThenBy(problem => problem.Actual, StringComparer.Ordinal),
    ];

    internal static IEnumerable<CheckResult> ToChecks(IEnumerable<EvidenceProblem> problems) =>
        Sort(problems).Select(ToCheck);

    private static CheckResult ToCheck(EvidenceProblem problem)
    {
        var check = problem.IsError
            ? CheckResult.Error(Name, Name, problem.Reason, problem.Message)
            : CheckResult.Fail(Name, Name, problem.Reason, problem.Message);
        return check with
        {
            Expected = problem.Expected,
            Actual = problem.Actual,
            Remedy = problem.Reason.Remedy,
            Evidence = problem.Evidence is null ? [] : [problem.Evidence],
        };
    }
}
