// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using SupplyChain.Hosting;
using SupplyChain.Verifier.Webhook;

namespace SupplyChain.Cli.Serve;

/// <summary><c>verifier</c>: the admission gate as a service.</summary>
internal static class VerifierCommand
{
    public static Command Create(Surroundings surroundings, Signals signals) =>
        new("verifier", "The admission gate")
        {
            ServeCommand.Create(
                "Serve the admission webhook until SIGTERM; prints 'listening on URL' once it does",
                async (path, cancellationToken) => await WebhookApp.BuildAsync(
                    await ConfigurationFile.ReadVerifierAsync(path, cancellationToken), surroundings.Clock,
                    cancellationToken),
                surroundings, signals),
        };
}
