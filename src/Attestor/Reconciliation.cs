// SPDX-License-Identifier: Apache-2.0

using Microsoft.Extensions.Logging;
using SupplyChain.Ledger;
using SupplyChain.Ledger.Requests;
using SupplyChain.Model.Decisions;
using SupplyChain.Oci;
using SupplyChain.Policy;
using SupplyChain.Signer;

namespace SupplyChain.Attestor;

/// <summary>
/// Finishes what a process signed and did not live to publish. It runs beside the service, so that a slow registry delays no start.
/// Requests whose approval was not signed yet, or not seen by whoever the policy wants to see it, or whose policy is no longer in force, wait
/// for the same request to come again: then the image is judged again.
/// </summary>
/// <param name="policies">The policies in force at the moment of asking.</param>
/// <param name="registries">Where images live.</param>
/// <param name="ledger">The record.</param>
/// <param name="clock">The time.</param>
/// <param name="logger">Where operators are told what was finished and what waits.</param>
public sealed class Reconciliation(
    Func<PolicySet?> policies, Registries registries, DecisionLedger ledger, TimeProvider clock, ILogger<Reconciliation> logger)
{
    private readonly Publication _publication = new(new ArtifactStore(registries), ledger, policies, clock);

    // An open request is told of once, not at every look.
    private readonly HashSet<string> _told = new(StringComparer.Ordinal);

    /// <summary>Looks again and again, for another replica may die later, until it is cancelled.</summary>
    public async Task WatchAsync(TimeSpan interval, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(interval, clock);
        do
        {
            try
            {
                await RunAsync(cancellationToken);
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                Log.ReconciliationFailed(logger, fault);
            }
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    /// <summary>Finishes what is open and belongs to nobody now.</summary>
    /// <exception cref="LedgerException">The ledger cannot be read or written.</exception>
    public async ValueTask RunAsync(CancellationToken cancellationToken)
    {
        var open = new List<OpenRequest>();
        await foreach (var request in ledger.Reader.FindOpenRequestsAsync(cancellationToken))
            open.Add(request);

        foreach (var request in open)
        {
            if (!IsApproved(request))
            {
                if (_told.Add(request.Request))
                    Log.LeftOpen(logger, request.Request, request.Signatures.Count);
            }
            else if (await ledger.TakeOverAsync(request, cancellationToken) is { } lease)
            {
                await FinishAsync(request, lease, cancellationToken);
            }
        }
    }

    private async ValueTask FinishAsync(OpenRequest request, RequestLease lease, CancellationToken cancellationToken)
    {
        try
        {
            // Neither under another policy than the one that decided, nor what rests on a key that has been revoked or retired since.
            var fallen = Standing.FindRefusal(request.Decision, request.Signatures, policies(), clock.GetUtcNow());
            if (fallen is null)
            {
                var seen = request.Signatures.Where(signature => !Unwitnessed.Is(signature)).ToList();
                fallen = (await _publication.PublishAsync(lease, request.Decision, seen, cancellationToken)).Refusal;
                if (fallen is null)
                {
                    Log.Reconciled(logger, request.Request, seen.Count);
                    return;
                }
            }

            await ledger.ReleaseAsync(lease, cancellationToken);
            if (_told.Add(request.Request))
                Log.NotReconciled(logger, request.Request, fallen.Name, fault: null);
        }
        catch (Exception fault) when (fault is not LedgerException)
        {
            // Whatever is wrong with this one must not keep the others waiting.
            await ledger.ReleaseAsync(lease, CancellationToken.None);
            if (fault is OperationCanceledException)
                throw;
            Log.NotReconciled(logger, request.Request, (fault as RegistryException)?.Reason.Name ?? ReasonCode.Internal.Name, fault);
        }
    }

    private static bool IsApproved(OpenRequest request) =>
        request.Signatures.Any(signature => Unwitnessed.IsApproved(request, signature.Statement.Subject));
}
