// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using System.Text;
using Microsoft.Data.Sqlite;
using SupplyChain.Model;

namespace SupplyChain.Ledger.Storage;

/// <summary>The writer's connection while it holds the database's write lock: the head cannot move under it.</summary>
internal sealed class LedgerTransaction(SqliteConnection connection, DateTimeOffset now)
{
    /// <summary>The time of every entry written here, in whole milliseconds.</summary>
    internal DateTimeOffset Now { get; } = DateTimeOffset.FromUnixTimeMilliseconds(now.ToUnixTimeMilliseconds());

    internal SqliteConnection Connection { get; } = connection;

    internal LedgerHead? ReadHead()
    {
        using var command = Connection.Command("SELECT sequence, hash FROM entries ORDER BY sequence DESC LIMIT 1");
        using var row = command.ExecuteReader();
        return row.Read() ? new LedgerHead(row.GetInt64(0), Digest.FromSha256(row.GetFieldValue<byte[]>(1))) : null;
    }

    /// <summary>Appends an entry to the chain; it lasts once the transaction is committed.</summary>
    internal LedgerEntry Append(EntryKind kind, string request, byte[] body, ReadOnlyMemory<byte>? content = null)
    {
        var head = ReadHead();
        var sequence = (head?.Sequence ?? 0) + 1;
        var previous = head?.Hash ?? EntryHash.Genesis;
        var previousBytes = Convert.FromHexString(previous.Hex);
        var time = Now.ToUnixTimeMilliseconds();
        var hash = EntryHash.Compute(
            sequence, time, Encoding.ASCII.GetBytes(kind.ToWord()), Encoding.UTF8.GetBytes(request), body, previousBytes);
        Connection.Execute(
            """
            INSERT INTO entries (sequence, time, kind, request, body, previous, hash, content)
            VALUES ($0, $1, $2, $3, $4, $5, $6, $7)
            """,
            sequence, time, kind.ToWord(), request, Encoding.UTF8.GetString(body), previousBytes,
            Convert.FromHexString(hash.Hex), content?.ToArray());
        return new LedgerEntry(sequence, Now, kind, request, body, previous, hash);
    }

    /// <summary>A value nobody guesses, as 32 hexadecimal digits.</summary>
    internal static string NewToken() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
}
