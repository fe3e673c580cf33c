// SPDX-License-Identifier: Apache-2.0

using Microsoft.Extensions.Hosting;

namespace SupplyChain.Attestor.Api;

/// <summary>Runs the reconciliation for as long as the service runs.</summary>
internal sealed class ReconciliationService(Reconciliation reconciliation, TimeSpan interval, TimeProvider clock) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        // On a thread of its own: what is waited for must not hold up the start.
        Task.Run(() => reconciliation.WatchAsync(interval, clock, stoppingToken), stoppingToken);
}
