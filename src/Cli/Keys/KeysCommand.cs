// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;

namespace SupplyChain.Cli.Keys;

/// <summary><c>keys</c>: all that is done with keys from a command line.</summary>
internal static class KeysCommand
{
    public static Command Create(Surroundings surroundings) =>
        new("keys", "Make, list, check, rotate and revoke keys")
        {
            KeysGenerateCommand.Create(surroundings),
            KeysPublicCommand.Create(surroundings),
            KeysListCommand.Create(surroundings),
            KeysShowCommand.Create(surroundings),
            KeysCheckCommand.Create(surroundings),
            KeysRotateCommand.Create(surroundings),
            KeysRevokeCommand.Create(surroundings),
        };
}
