// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;

namespace SupplyChain.Cli.Keys;

/// <summary><c>keys</c>: makes key files and shows public keys.</summary>
internal static class KeysCommand
{
    public static Command Create(Surroundings surroundings) =>
        new("keys", "Make key files, show public keys")
        {
            KeysGenerateCommand.Create(surroundings),
            KeysPublicCommand.Create(surroundings),
        };
}
