// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;

namespace SupplyChain.Cli.Serve;

/// <summary><c>serve</c>: runs one of the services in this process.</summary>
internal static class ServeCommand
{
    public static Command Create(
        string description, Func<string, CancellationToken, Task<WebApplication>> build, Surroundings surroundings,
        Signals signals)
    {
        var config = new Option<string>("--config")
        {
            Description = "The service's configuration, JSON; paths in it are taken from its folder",
            HelpName = "FILE",
            Required = true,
        };
        var command = new Command("serve", description) { config };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var app = await build(parsed.GetRequiredValue(config), cancellationToken);
            await app.StartAsync(cancellationToken);
            // One line with the ports that were bound, so that a script can ask for any free one.
            await surroundings.Out.WriteAsync($"listening on {string.Join(' ', app.Urls)}\n");
            await surroundings.Out.FlushAsync(cancellationToken);
            await app.WaitForShutdownAsync(cancellationToken);
            return signals is { Token.IsCancellationRequested: true, ExitCode: ExitCodes.Interrupted }
                ? ExitCodes.Interrupted
                : ExitCodes.Done;
        });
        return command;
    }
}
