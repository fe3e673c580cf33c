// SPDX-License-Identifier: Apache-2.0

using Microsoft.Extensions.Hosting;

namespace SupplyChain.Attestor.Api;

/// <summary>Runs the reconciliation for as long as the service runs.</summary>
internal sealed class ReconciliationService(Reconciliation reconciliation, TimeSpan interval) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            // On a thread of its own: what is waited for must not hold up the start.
            await Task.Run(() => reconciliation.WatchAsync(interval, stoppingToken), stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The service stops: there is nothing left to look for.
        }
    }
}
