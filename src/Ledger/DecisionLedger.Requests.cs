// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Ledger.Requests;
using SupplyChain.Ledger.Storage;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Ledger;

/// <content>Who works on a request: begin, take over, renew, release.</content>
public sealed partial class DecisionLedger
{
    /// <summary>
    /// Starts, resumes or answers a request; of any number of equal requests at once one gets the lease.
    /// </summary>
    public ValueTask<BeginResult> BeginAsync(RequestIdentity identity, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(identity);
        return _writes.WriteAsync(ledger => Begin(ledger, identity), cancellationToken);
    }

    /// <summary>
    /// Takes over a request whose worker is gone; null if it has ended or somebody still works on it.
    /// </summary>
    public ValueTask<RequestLease?> TakeOverAsync(OpenRequest open, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(open);
        return _writes.WriteAsync(
            ledger => LedgerQueries.HasEnded(ledger.Connection, open.Request)
                || Leases.Find(ledger, open.Key)?.Until > ledger.Now
                ? null
                : _leases.Give(ledger, open.Request, open.Key, open.Fingerprint),
            cancellationToken);
    }

    /// <summary>Shows a sign of life and makes sure that the lease still holds: do this before publishing.</summary>
    /// <exception cref="LedgerException">
    /// <see cref="ReasonCode.RequestInProgress"/>: another worker has the request.
    /// </exception>
    public ValueTask<RequestLease> RenewAsync(RequestLease lease, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(lease);
        return _writes.WriteAsync(ledger => _leases.Hold(ledger, lease), cancellationToken);
    }

    /// <summary>
    /// Gives a request back without an end, so that the next attempt need not wait for the lease to run out.
    /// </summary>
    public async ValueTask ReleaseAsync(RequestLease lease, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(lease);
        await _writes.WriteAsync(
            ledger =>
            {
                Leases.Drop(ledger, lease);
                return true;
            },
            cancellationToken);
    }

    private BeginResult Begin(LedgerTransaction ledger, RequestIdentity identity)
    {
        Leases.Tidy(ledger);
        if (LedgerQueries.FindEnd(ledger.Connection, identity.Key) is { } end)
        {
            if (end.Fingerprint != identity.Fingerprint)
                return new BeginResult.Conflict();
            if (end.Decision.Kind == EntryKind.Completion || (identity.RefusalBinds && end.Outcome == Outcome.Refused))
                return new BeginResult.Done(end.Decision);
        }

        if (Leases.Find(ledger, identity.Key) is { } held && held.Until > ledger.Now)
        {
            return held.Fingerprint == identity.Fingerprint
                ? new BeginResult.InProgress(held.Until)
                : new BeginResult.Conflict();
        }

        if (LedgerQueries.FindOpen(ledger.Connection, identity.Key) is not { } open)
        {
            return new BeginResult.Started(
                _leases.Give(ledger, NewRequest(ledger), identity.Key, identity.Fingerprint));
        }

        return open.Fingerprint == identity.Fingerprint
            ? new BeginResult.Resumed(_leases.Give(ledger, open.Request, open.Key, open.Fingerprint), open)
            : new BeginResult.Conflict();
    }

    private static string NewRequest(LedgerTransaction ledger) => Guid.CreateVersion7(ledger.Now).ToString();
}
