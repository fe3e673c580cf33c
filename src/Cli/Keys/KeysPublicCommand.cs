// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;

namespace SupplyChain.Cli.Keys;

/// <summary><c>keys public</c>: prints a public key as PEM, for policies and for other tools.</summary>
internal static class KeysPublicCommand
{
    public static Command Create(Surroundings surroundings)
    {
        var key = new Argument<string>("KEY")
        {
            Description = "A key's file, private or public, or its URI such as file:keys/release or "
                + "awskms:///alias/release",
        };
        var command = new Command("public", "Print a public key as PEM") { key };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var found = await PublicKeyArgument.ReadAsync(
                parsed.GetRequiredValue(key), KeyAccess.OfEnvironment(surroundings), cancellationToken);
            surroundings.Out.Write(found.ToPem());
            return ExitCodes.Done;
        });
        return command;
    }
}
