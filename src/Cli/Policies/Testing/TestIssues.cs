// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Cli.Rendering;
using SupplyChain.Cli.Rendering.Issues;
using SupplyChain.Policy;
using SupplyChain.Policy.Testing;

namespace SupplyChain.Cli.Policies.Testing;

/// <summary>What is wrong with fixtures or policies, each at its place in the fixture.</summary>
internal static class TestIssues
{
    public static IReadOnlyList<Issue> Of(IReadOnlyList<TestedFile> tested) =>
    [
        .. tested.SelectMany(file => file.AllProblems).Select(Of),
        .. tested.SelectMany(file => file.Results.Where(result => result.Problem is null && !result.IsMet).Select(result => Of(file, result))),
    ];

    private static Issue Of(PolicyProblem problem) => new()
    {
        Rule = "policy-test-problem",
        Meaning = "A fixture or its policies cannot be used.",
        Level = IssueLevel.Error,
        Title = Screen.Escape(problem.Message),
        Path = problem.Location.File,
        Line = problem.Location.Line,
        Identity = [problem.Location.File, problem.Message],
    };

    private static Issue Of(TestedFile file, PolicyTestResult result) => new()
    {
        Rule = "policy-test",
        Meaning = "A policy answers otherwise than its fixture expects.",
        Level = IssueLevel.Error,
        Title = Screen.Escape(result.Case.Name),
        Details = [.. result.Mismatches.Select(mismatch => Screen.Escape($"{mismatch.What}: expected {mismatch.Expected}, found {mismatch.Found}"))],
        Path = file.Path,
        Line = result.Case.Location.Line,
        Identity = [file.Path, result.Case.Name],
    };
}
