// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using SupplyChain.Cli.Policies.Simulating;

namespace SupplyChain.Cli.Policies;

/// <summary><c>policy</c>: what can be done with policies before they are in force.</summary>
internal static class PolicyCommand
{
    public static Command Create(Surroundings surroundings) =>
        new("policy", "Check policies before they are in force")
        {
            PolicyLintCommand.Create(surroundings),
            PolicySimulateCommand.Create(surroundings),
        };
}
