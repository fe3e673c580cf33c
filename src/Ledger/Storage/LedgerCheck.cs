// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using SupplyChain.Model;

namespace SupplyChain.Ledger.Storage;

/// <summary>One pass over a ledger that believes nothing in it.</summary>
internal sealed class LedgerCheck(SqliteConnection connection, LedgerHead? expected)
{
    private readonly List<LedgerProblem> _problems = [];
    private LedgerHead? _last;
    private long _entries;

    private bool IsFull => _problems.Count >= LedgerVerification.MostProblems;

    internal LedgerVerification Run(CancellationToken cancellationToken)
    {
        try
        {
            using var snapshot = connection.BeginTransaction(deferred: true);
            if (Schema.FindOtherFile(connection) is { } otherFile)
                return new LedgerVerification(0, null, [otherFile]);
            if (Schema.FindDifference(connection) is { } difference)
                _problems.Add(difference);
            CheckChain(cancellationToken);
            CheckEnd();
            CheckOrderOfSigning();
            CheckDocuments();
            CheckIndexes();
        }
        catch (Exception damaged) when (
            damaged is SqliteException or InvalidCastException or InvalidOperationException or OverflowException)
        {
            Report(
                _last?.Sequence + 1, "the file is damaged", "a database that can be read", Printable.Escape(damaged.Message));
        }

        return new LedgerVerification(_entries, _last, _problems);
    }

    private void CheckChain(CancellationToken cancellationToken)
    {
        using var command = connection.Command(
            """
            SELECT entries.sequence, time, CAST(kind AS BLOB), CAST(request AS BLOB), octet_length(body),
              CASE WHEN octet_length(body) <= $0 THEN CAST(body AS BLOB) END, previous, hash, octet_length(bytes)
            FROM entries LEFT JOIN contents ON contents.sequence = entries.sequence ORDER BY entries.sequence
            """,
            Limits.LedgerBodyBytes);
        using var row = command.ExecuteReader();
        while (!IsFull && row.Read())
        {
            cancellationToken.ThrowIfCancellationRequested();
            CheckEntry(row);
            _entries++;
        }
    }

    private void CheckEntry(SqliteDataReader row)
    {
        var sequence = row.GetInt64(0);
        var next = (_last?.Sequence ?? 0) + 1;
        var previous = row.GetFieldValue<byte[]>(6);
        var stored = row.GetFieldValue<byte[]>(7);
        if (sequence != next)
        {
            Report(sequence, sequence > next ? "entries are missing before this one" : "the entry's number is impossible",
                Text(next), Text(sequence));
        }
        else if (Hex(previous) != (_last?.Hash ?? EntryHash.Genesis).Hex)
        {
            Report(
                sequence, "the entry does not follow the one before it", (_last?.Hash ?? EntryHash.Genesis).ToString(),
                $"sha256:{Hex(previous)}");
        }

        if (row.IsDBNull(5))
        {
            Report(
                sequence, "the entry's body is larger than any that is written",
                $"at most {Limits.LedgerBodyBytes} bytes", $"{row.GetInt64(4)} bytes");
        }
        else
        {
            var body = row.GetFieldValue<byte[]>(5);
            var kind = row.GetFieldValue<byte[]>(2);
            var request = row.GetFieldValue<byte[]>(3);
            var computed = EntryHash.Compute(sequence, row.GetInt64(1), kind, request, body, previous);
            if (Hex(stored) == computed.Hex)
            {
                CheckContent(sequence, body, row.IsDBNull(8) ? null : row.GetInt64(8));
            }
            else
            {
                Report(
                    sequence, "the entry was changed: its fields do not have the hash stored with it",
                    computed.ToString(), $"sha256:{Hex(stored)}");
            }
        }

        if (stored.Length == SHA256.HashSizeInBytes)
            _last = new LedgerHead(sequence, Digest.FromSha256(stored));
        if (expected?.Sequence == sequence && !string.Equals(expected.Hash.Hex, Hex(stored), StringComparison.Ordinal))
        {
            Report(
                sequence, "the ledger was rewritten: this is not the entry that was remembered", expected.Hash.ToString(),
                $"sha256:{Hex(stored)}");
        }
    }

    private void CheckContent(long sequence, byte[] body, long? size)
    {
        (string Digest, long Size)? named;
        try
        {
            named = EntryBody.ReadContent(body);
        }
        catch (Exception unreadable) when (
            unreadable is FormatException or KeyNotFoundException or InvalidOperationException or JsonException)
        {
            Report(
                sequence, "the entry's body cannot be read", "JSON as this product writes it",
                Printable.Escape(unreadable.Message));
            return;
        }

        if (named?.Size != size)
        {
            Report(sequence, "the entry's attached content was changed", Bytes(named?.Size), Bytes(size));
        }
        else if (named is not null)
        {
            using var content = new SqliteBlob(connection, "contents", "bytes", sequence, readOnly: true);
            var digest = Digest.FromSha256(SHA256.HashData(content)).ToString();
            if (!string.Equals(digest, named.Value.Digest, StringComparison.Ordinal))
                Report(sequence, "the entry's attached content was changed", named.Value.Digest, digest);
        }
    }

    private void CheckEnd()
    {
        if (expected is not null && !IsFull && (_last?.Sequence ?? 0) < expected.Sequence)
        {
            Report(_last?.Sequence, "the ledger was cut: it ends before the remembered entry", expected.ToString(),
                _last?.ToString() ?? "an empty ledger");
        }
    }

    // The chain shows what was written; this shows that it was written in an order the signing cycle allows.
    private void CheckOrderOfSigning()
    {
        ReportAll(
            """
            SELECT sequence FROM entries AS signature WHERE kind = 'signature' AND NOT EXISTS (
              SELECT 1 FROM entries AS intent, json_each(intent.body, '$.statements') AS statement
              WHERE intent.request = signature.request AND intent.kind = 'intent' AND intent.sequence < signature.sequence
                AND statement.value ->> '$.purpose' = signature.purpose AND statement.value ->> '$.subject' = signature.subject
                AND statement.value ->> '$.payload' = signature.body ->> '$.payload')
            """,
            "something was signed without an intent recorded before", "an intent entry of the same request", "none");
        ReportAll(
            """
            SELECT sequence FROM entries AS finish WHERE kind = 'completion' AND NOT EXISTS (
              SELECT 1 FROM entries AS signature
              WHERE signature.request = finish.request AND signature.kind = 'signature' AND signature.sequence < finish.sequence)
            """,
            "a completion without a recorded signature", "a signature entry of the same request", "none");
    }

    // What a decision rests on is there before it, and is what it is called.
    private void CheckDocuments()
    {
        ReportAll(
            """
            SELECT sequence FROM entries AS made WHERE body ->> '$.basis' IS NOT NULL AND NOT EXISTS (
              SELECT 1 FROM entries AS kept WHERE kept.kind = 'document'
                AND kept.body ->> '$.document' = made.body ->> '$.basis' AND kept.sequence < made.sequence)
            """,
            "a decision rests on a document that was not recorded before", "a document entry", "none");
        if (IsFull)
            return;

        using var command = connection.Command(
            "SELECT sequence, body, bytes FROM entries JOIN contents USING (sequence) WHERE kind = 'document'");
        using var row = command.ExecuteReader();
        while (!IsFull && row.Read())
            CheckDocument(row);
    }

    private void CheckDocument(SqliteDataReader row)
    {
        try
        {
            if (!EntryBody.ReadDocument(LedgerQueries.ReadBody(row, 1), row.GetFieldValue<byte[]>(2)).TryUnpack(out _, out var problem))
                ReportDocument(row, problem);
        }
        catch (Exception changed) when (Sqlite.IsUnreadable(changed))
        {
            ReportDocument(row, changed.Message);
        }
    }

    private void ReportDocument(SqliteDataReader row, string problem) =>
        Report(row.GetInt64(0), "the entry's document cannot be read", "what it is called", Printable.Escape(problem));

    private void CheckIndexes()
    {
        if (IsFull)
            return;

        using var command = connection.Command("PRAGMA integrity_check(10)");
        using var row = command.ExecuteReader();
        while (!IsFull && row.Read())
        {
            var line = row.GetString(0);
            if (line is not "ok")
                Report(null, "the file's tables and indexes disagree", "ok", Printable.Escape(line));
        }
    }

    private void ReportAll(string query, string message, string wanted, string found)
    {
        if (IsFull)
            return;

        using var command = connection.Command(query);
        using var row = command.ExecuteReader();
        while (!IsFull && row.Read())
            Report(row.GetInt64(0), message, wanted, found);
    }

    private void Report(long? sequence, string message, string wanted, string found) =>
        _problems.Add(new LedgerProblem(sequence, message, wanted, found));

    private static string Hex(byte[] hash) => Convert.ToHexStringLower(hash);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Bytes(long? size) => size is null ? "no content" : $"{size} bytes";
}
