// SPDX-License-Identifier: Apache-2.0

using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace SupplyChain.Hosting;

/// <summary>
/// On the way out: first not ready, then a pause in which requests are still served, then the server stops taking
/// connections and finishes what it has begun.
/// </summary>
internal sealed class GracefulStop(Readiness readiness, TimeSpan drain, TimeProvider clock, ILogger<GracefulStop> logger)
    : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        readiness.Stop();
        if (drain <= TimeSpan.Zero)
            return;

        ServiceLog.Draining(logger, drain);
        await Task.Delay(drain, clock, cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
