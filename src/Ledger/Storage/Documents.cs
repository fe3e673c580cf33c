// SPDX-License-Identifier: Apache-2.0

using Microsoft.Data.Sqlite;
using SupplyChain.Model;

namespace SupplyChain.Ledger.Storage;

/// <summary>What decisions rest on: each document once, as an entry of the chain with the packed bytes attached.</summary>
internal static class Documents
{
    private const int PageSize = 256;

    /// <summary>Appends those that are not there yet. Whatever refers to them comes after them.</summary>
    internal static void Keep(LedgerTransaction ledger, IReadOnlyList<PackedDocument> documents)
    {
        foreach (var document in documents)
        {
            if (!IsKept(ledger.Connection, document.Digest))
                ledger.Append(EntryKind.Document, "", EntryBody.Document(document), document.Packed);
        }
    }

    internal static bool IsKept(SqliteConnection connection, Digest digest) => connection.Scalar(
        "SELECT 1 FROM entries WHERE kind = 'document' AND body ->> '$.document' = $0", digest.ToString()) is not null;

    internal static PackedDocument? Find(SqliteConnection connection, Digest digest)
    {
        using var command = connection.Command(
            """
            SELECT body, bytes FROM entries JOIN contents USING (sequence)
            WHERE kind = 'document' AND body ->> '$.document' = $0 LIMIT 1
            """,
            digest.ToString());
        using var row = command.ExecuteReader();
        return row.Read() ? EntryBody.ReadDocument(LedgerQueries.ReadBody(row, 0), row.GetFieldValue<byte[]>(1)) : null;
    }

    /// <summary>
    /// The decisions on requests after an entry, oldest first. An approval was made on what its newest intent names.
    /// </summary>
    internal static List<ReplayableDecision> FindDecisions(SqliteConnection connection, DateTimeOffset since, long after)
    {
        using var command = connection.Command(
            $"""
            SELECT sequence, kind, request, body, coalesce(body ->> '$.basis',
              (SELECT intent.body ->> '$.basis' FROM entries AS intent
               WHERE intent.request = made.request AND intent.kind = 'intent' ORDER BY sequence DESC LIMIT 1))
            FROM entries AS made
            WHERE sequence > $0 AND kind IN ('completion', 'refusal') AND time >= $1
            ORDER BY sequence LIMIT {PageSize}
            """,
            after, since.ToUnixTimeMilliseconds());
        using var row = command.ExecuteReader();
        var decisions = new List<ReplayableDecision>();
        while (row.Read())
        {
            decisions.Add(new ReplayableDecision(
                LedgerQueries.ReadDecision(row), row.IsDBNull(4) ? null : Digest.Parse(row.GetString(4))));
        }

        return decisions;
    }
}
