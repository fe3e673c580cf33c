// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;

namespace SupplyChain.Cli.Trust;

/// <summary><c>trust</c>: trust roots, which come from TUF repositories.</summary>
internal static class TrustCommand
{
    public static Command Create(Surroundings surroundings) =>
        new("trust", "Update, carry and show trust roots")
        {
            TrustUpdateCommand.Create(surroundings),
            TrustImportCommand.Create(surroundings),
            TrustExportCommand.Create(surroundings),
            TrustShowCommand.Create(surroundings),
        };
}
