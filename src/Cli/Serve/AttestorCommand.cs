// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using SupplyChain.Attestor.Api;
using SupplyChain.Hosting;

namespace SupplyChain.Cli.Serve;

/// <summary><c>attestor</c>: the signing gate as a service.</summary>
internal static class AttestorCommand
{
    public static Command Create(Surroundings surroundings, Signals signals) =>
        new("attestor", "The signing gate")
        {
            ServeCommand.Create(
                "Serve the attestor's API until SIGTERM; prints 'listening on URL' once it does",
                async (path, cancellationToken) => await AttestorApp.BuildAsync(
                    await ConfigurationFile.ReadAttestorAsync(path, cancellationToken), surroundings.Clock,
                    cancellationToken),
                surroundings, signals),
        };
}
