// SPDX-License-Identifier: Apache-2.0

using Microsoft.Data.Sqlite;
using SupplyChain.Ledger.Requests;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Ledger.Storage;

/// <summary>Who works on which request: a table that coordinates workers and is no record.</summary>
/// <param name="duration">How long a worker is believed to be alive after its last sign of life.</param>
internal sealed class Leases(TimeSpan duration)
{
    // A lease this long past its end belongs to nobody who will come back.
    private static readonly TimeSpan Remains = TimeSpan.FromHours(1);

    /// <summary>Ends all leases; for when nobody can hold one.</summary>
    internal static void Clear(SqliteConnection connection) => connection.Execute("DELETE FROM leases");

    /// <summary>Removes leases that ended long ago.</summary>
    internal static void Tidy(LedgerTransaction ledger) => ledger.Connection.Execute(
        "DELETE FROM leases WHERE until < $0", (ledger.Now - Remains).ToUnixTimeMilliseconds());

    /// <summary>The lease of a request's key, running or not; null when there is none.</summary>
    internal static (Digest Fingerprint, DateTimeOffset Until)? Find(LedgerTransaction ledger, Digest key)
    {
        using var command = ledger.Connection.Command("SELECT fingerprint, until FROM leases WHERE key = $0", key.ToString());
        using var row = command.ExecuteReader();
        return row.Read() ? (Digest.Parse(row.GetString(0)), DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(1))) : null;
    }

    /// <summary>Gives the request to the caller, whoever had it before.</summary>
    internal RequestLease Give(LedgerTransaction ledger, string request, Digest key, Digest fingerprint)
    {
        var lease = new RequestLease(request, key, fingerprint, LedgerTransaction.NewToken(), ledger.Now + duration);
        ledger.Connection.Execute(
            "INSERT OR REPLACE INTO leases (key, fingerprint, request, token, until) VALUES ($0, $1, $2, $3, $4)",
            key.ToString(), fingerprint.ToString(), request, lease.Token, lease.Until.ToUnixTimeMilliseconds());
        return lease;
    }

    /// <summary>Prolongs a lease that still holds.</summary>
    /// <exception cref="LedgerException"><see cref="ReasonCode.RequestInProgress"/>: it does not.</exception>
    internal RequestLease Hold(LedgerTransaction ledger, RequestLease lease)
    {
        var until = ledger.Now + duration;
        return ledger.Connection.Scalar(
            "UPDATE leases SET until = $2 WHERE key = $0 AND token = $1 RETURNING 1",
            lease.Key.ToString(), lease.Token, until.ToUnixTimeMilliseconds()) is null
                ? throw new LedgerException(ReasonCode.RequestInProgress, $"request {lease.Request} was taken over or has ended")
                : new RequestLease(lease.Request, lease.Key, lease.Fingerprint, lease.Token, until);
    }

    /// <summary>Gives a lease back; one that somebody else has by now stays theirs.</summary>
    internal static void Drop(LedgerTransaction ledger, RequestLease lease) => ledger.Connection.Execute(
        "DELETE FROM leases WHERE key = $0 AND token = $1", lease.Key.ToString(), lease.Token);
}
