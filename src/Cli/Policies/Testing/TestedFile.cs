// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Policy;
using SupplyChain.Policy.Testing;

namespace SupplyChain.Cli.Policies.Testing;

/// <summary>A fixture and how its cases came out, or why it could not be run.</summary>
/// <param name="Path">The file.</param>
/// <param name="Name">The fixture's name, or the file's where it could not be read.</param>
/// <param name="Results">The cases; none where it could not be run.</param>
/// <param name="Problems">What is wrong with the fixture or its policies.</param>
internal sealed record TestedFile(
    string Path, string Name, IReadOnlyList<PolicyTestResult> Results, IReadOnlyList<PolicyProblem> Problems)
{
    /// <summary>Everything that kept a case from being put before the policies.</summary>
    public IEnumerable<PolicyProblem> AllProblems => Problems.Concat(Results.Select(result => result.Problem).OfType<PolicyProblem>());

    /// <summary>2 where something could not be run, 1 where an expectation is not met, else 0.</summary>
    public int ExitCode => AllProblems.Any()
        ? ExitCodes.BadInput
        : Results.Count > 0 && Results.All(result => result.IsMet) ? ExitCodes.Done : ExitCodes.Refused;
}
