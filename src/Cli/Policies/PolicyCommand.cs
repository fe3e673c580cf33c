// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using SupplyChain.Cli.Policies.Approving;
using SupplyChain.Cli.Policies.Comparing;
using SupplyChain.Cli.Policies.Explaining;
using SupplyChain.Cli.Policies.Simulating;
using SupplyChain.Cli.Policies.Testing;

namespace SupplyChain.Cli.Policies;

/// <summary><c>policy</c>: what can be done with policies before they are in force.</summary>
internal static class PolicyCommand
{
    public static Command Create(Surroundings surroundings) =>
        new("policy", "Check policies before they are in force")
        {
            PolicyApproveCommand.Create(surroundings),
            PolicyDiffCommand.Create(surroundings),
            PolicyExplainCommand.Create(surroundings),
            PolicyLintCommand.Create(surroundings),
            PolicySimulateCommand.Create(surroundings),
            PolicyTestCommand.Create(surroundings),
            PolicyVerifyCommand.Create(surroundings),
        };
}
