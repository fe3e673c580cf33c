// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using System.Text;
using Microsoft.Data.Sqlite;

namespace SupplyChain.Ledger.Storage;

/// <summary>The writer's connection while it holds the database's write lock: the head cannot move under it.</summary>
internal sealed class LedgerTransaction(SqliteConnection connection, DateTimeOffset now)
{
    /// <summary>The time of every entry written here, in whole milliseconds.</summary>
    internal DateTimeOffset Now { get; } = DateTimeOffset.FromUnixTimeMilliseconds(now.ToUnixTimeMilliseconds());

    internal SqliteConnection Connection { get; } = connection;

    /// <summary>Appends an entry to the chain; it lasts once the transaction is committed.</summary>
    internal LedgerEntry Append(EntryKind kind, string request, byte[] body, ReadOnlyMemory<byte>? content = null)
    {
        var head = LedgerQueries.FindHead(Connection);
        var sequence = (head?.Sequence ?? 0) + 1;
        var previous = head?.Hash ?? EntryHash.Genesis;
        var previousBytes = Convert.FromHexString(previous.Hex);
        var time = Now.ToUnixTimeMilliseconds();
        var hash = EntryHash.Compute(
            sequence, time, Encoding.ASCII.GetBytes(kind.ToWord()), Encoding.UTF8.GetBytes(request), body, previousBytes);
        Connection.Execute(
            """
            INSERT INTO entries (sequence, time, kind, request, body, previous, hash)
            VALUES ($0, $1, $2, $3, $4, $5, $6)
            """,
            sequence, time, kind.ToWord(), request, Encoding.UTF8.GetString(body), previousBytes,
            Convert.FromHexString(hash.Hex));
        if (content is { } bytes)
            Connection.Execute("INSERT INTO contents (sequence, bytes) VALUES ($0, $1)", sequence, bytes.ToArray());
        return new LedgerEntry(sequence, Now, kind, request, body, previous, hash);
    }

    /// <summary>Writes and removes a row that is no record: SQLite opens a file it may only read without complaint.</summary>
    internal void Probe()
    {
        var key = "probe:" + NewToken();
        Connection.Execute("INSERT INTO leases (key, fingerprint, request, token, until) VALUES ($0, '', '', '', 0)", key);
        Connection.Execute("DELETE FROM leases WHERE key = $0", key);
    }

    /// <summary>A value nobody guesses, as 32 hexadecimal digits.</summary>
    internal static string NewToken() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
}
