// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;

namespace SupplyChain.Cli.LedgerCommands;

/// <summary><c>ledger</c>: what the attestor recorded, read without trusting it.</summary>
internal static class LedgerCommand
{
    public static Command Create(Surroundings surroundings) =>
        new("ledger", "Check and read the record of every decision")
        {
            LedgerVerifyCommand.Create(surroundings),
            LedgerShowCommand.Create(surroundings),
        };

    internal static Argument<string> LedgerArgument() => new("LEDGER") { Description = "The ledger's file" };

    internal static string Existing(string path) =>
        File.Exists(path) ? path : throw CommandFailure.BadInput($"there is no ledger at '{path}'");
}
