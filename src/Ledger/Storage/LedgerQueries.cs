// SPDX-License-Identifier: Apache-2.0

using System.Text;
using Microsoft.Data.Sqlite;
using SupplyChain.Ledger.Requests;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Ledger.Storage;

/// <summary>What is asked of the chain, each answered by one of its indexes.</summary>
internal static class LedgerQueries
{
    internal sealed record EndOfRequest(RecordedDecision Decision, Digest Fingerprint, Outcome Outcome);

    internal static LedgerHead? FindHead(SqliteConnection connection)
    {
        using var command = connection.Command("SELECT sequence, hash FROM entries ORDER BY sequence DESC LIMIT 1");
        using var row = command.ExecuteReader();
        return row.Read() ? new LedgerHead(row.GetInt64(0), Digest.FromSha256(row.GetFieldValue<byte[]>(1))) : null;
    }

    internal static EndOfRequest? FindEnd(SqliteConnection connection, Digest key)
    {
        using var command = connection.Command(
            """
            SELECT sequence, kind, request, body, body ->> '$.fingerprint' FROM entries
            WHERE key = $0 AND kind IN ('completion', 'refusal') ORDER BY sequence DESC LIMIT 1
            """,
            key.ToString());
        using var row = command.ExecuteReader();
        if (!row.Read())
            return null;

        var decision = ReadDecision(row);
        return new EndOfRequest(decision, Digest.Parse(row.GetString(4)), decision.Read().Outcome);
    }

    internal static bool HasEnded(SqliteConnection connection, string request) => connection.Scalar(
        "SELECT 1 FROM entries WHERE request = $0 AND kind IN ('completion', 'refusal')", request) is not null;

    internal static bool HasSignature(SqliteConnection connection, string request) => connection.Scalar(
        "SELECT 1 FROM entries WHERE request = $0 AND kind = 'signature'", request) is not null;

    internal static bool IsIntended(SqliteConnection connection, string request, IntendedStatement statement, string keyId) =>
        connection.Scalar(
            """
            SELECT 1 FROM entries, json_each(body, '$.statements') AS statement
            WHERE request = $0 AND kind = 'intent' AND body ->> '$.keyId' = $1
              AND statement.value ->> '$.purpose' = $2 AND statement.value ->> '$.subject' = $3
              AND statement.value ->> '$.payload' = $4
            """,
            request, keyId, statement.Purpose, statement.Subject.ToString(), statement.Payload.ToString()) is not null;

    internal static RecordedSignature? FindSignature(SqliteConnection connection, string request, IntendedStatement statement) =>
        ReadSignatures(
            connection, "AND purpose = $1 AND subject = $2", request, statement.Purpose, statement.Subject.ToString())
            .FirstOrDefault();

    /// <summary>What is known of one report; it is recorded once.</summary>
    internal static KnownEvidence? FindEvidence(SqliteConnection connection, Digest config, string scanner, Digest report)
    {
        using var command = connection.Command(
            """
            SELECT body, time FROM entries WHERE kind = 'evidence' AND config = $0 AND scanner = $1 AND body ->> '$.report' = $2 LIMIT 1
            """,
            config.ToString(), scanner, report.ToString());
        return ReadEvidence(command);
    }

    internal static KnownEvidence? FindNewestEvidence(SqliteConnection connection, Digest config, string scanner)
    {
        using var command = connection.Command(
            """
            SELECT body, time FROM entries WHERE kind = 'evidence' AND config = $0 AND scanner = $1
            ORDER BY scan_time DESC, sequence DESC LIMIT 1
            """,
            config.ToString(), scanner);
        return ReadEvidence(command);
    }

    private static KnownEvidence? ReadEvidence(SqliteCommand command)
    {
        using var row = command.ExecuteReader();
        return row.Read()
            ? EntryBody.ReadEvidence(ReadBody(row, 0), DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(1)))
            : null;
    }

    /// <summary>The open request under a key, if any.</summary>
    internal static OpenRequest? FindOpen(SqliteConnection connection, Digest key) =>
        connection.Scalar(
            """
            SELECT request FROM entries AS intent WHERE key = $0 AND kind = 'intent' AND NOT EXISTS (
              SELECT 1 FROM entries AS finish WHERE finish.request = intent.request AND finish.kind IN ('completion', 'refusal'))
            ORDER BY sequence DESC LIMIT 1
            """,
            key.ToString()) is string request
                ? ReadOpen(connection, request)
                : null;

    /// <summary>The ids of all open requests, oldest first.</summary>
    internal static List<string> FindOpen(SqliteConnection connection)
    {
        using var command = connection.Command(
            """
            SELECT request FROM entries AS intent WHERE kind = 'intent' AND NOT EXISTS (
              SELECT 1 FROM entries AS finish WHERE finish.request = intent.request AND finish.kind IN ('completion', 'refusal'))
            GROUP BY request ORDER BY min(sequence)
            """);
        using var row = command.ExecuteReader();
        var requests = new List<string>();
        while (row.Read())
            requests.Add(row.GetString(0));
        return requests;
    }

    internal static OpenRequest ReadOpen(SqliteConnection connection, string request)
    {
        using var command = connection.Command(
            """
            SELECT body, key, body ->> '$.fingerprint' FROM entries
            WHERE request = $0 AND kind = 'intent' ORDER BY sequence
            """,
            request);
        using var row = command.ExecuteReader();
        var intents = new List<SigningIntent>();
        Digest? key = null;
        Digest? fingerprint = null;
        while (row.Read())
        {
            intents.Add(EntryBody.ReadIntent(ReadBody(row, 0)));
            key = Digest.Parse(row.GetString(1));
            fingerprint = Digest.Parse(row.GetString(2));
        }

        return new OpenRequest(request, key!, fingerprint!, intents, ReadSignatures(connection, "", request));
    }

    internal static RecordedDecision? FindDecision(SqliteConnection connection, string id)
    {
        using var command = connection.Command(
            "SELECT sequence, kind, request, body FROM entries WHERE request = $0 AND kind IN ('completion', 'refusal', 'review')", id);
        using var row = command.ExecuteReader();
        return row.Read() ? ReadDecision(row) : null;
    }

    internal static List<RecordedDecision> FindDecisions(SqliteConnection connection, DecisionQuery query)
    {
        var where = new Conditions("kind IN ('completion', 'refusal', 'review')");
        where.Add("image = ", query.Image?.ToString());
        where.Add("repository = ", query.Repository?.ToString());
        where.Add("kind = ", query.Kind?.ToWord());
        where.Add("outcome = ", query.Outcome?.ToString().ToLowerInvariant());
        where.Add("time >= ", query.Since?.ToUnixTimeMilliseconds());
        where.Add("sequence < ", query.Before);
        using var command = connection.Command(
            $"SELECT sequence, kind, request, body FROM entries {where} ORDER BY sequence DESC LIMIT {query.Limit}",
            where.Values);
        using var row = command.ExecuteReader();
        var decisions = new List<RecordedDecision>();
        while (row.Read())
            decisions.Add(ReadDecision(row));
        return decisions;
    }

    /// <summary>The names of the policies by which an image was approved, however often.</summary>
    internal static HashSet<string> FindApprovingPolicies(SqliteConnection connection, Digest image)
    {
        using var command = connection.Command(
            """
            SELECT DISTINCT body ->> '$.decision.policy.name' FROM entries WHERE image = $0 AND kind = 'completion' AND outcome = 'approved'
            """,
            image.ToString());
        using var row = command.ExecuteReader();
        var names = new HashSet<string>(StringComparer.Ordinal);
        while (row.Read())
            names.Add(row.GetString(0));
        return names;
    }

    internal static List<LedgerEntry> Show(SqliteConnection connection, EntryFilter filter, long after, int limit)
    {
        var where = new Conditions("sequence > 0");
        where.Add("sequence > ", after);
        where.Add("request = ", filter.Request);
        where.Add("image = ", filter.Image?.ToString());
        where.Add("time >= ", filter.Since?.ToUnixTimeMilliseconds());
        where.Add("time < ", filter.Until?.ToUnixTimeMilliseconds());
        if (filter.Kinds.Count > 0)
            where.AddOneOf("kind", filter.Kinds.Select(kind => kind.ToWord()));
        using var command = connection.Command(
            $"SELECT sequence, time, kind, request, body, previous, hash FROM entries {where} ORDER BY sequence LIMIT {limit}",
            where.Values);
        using var row = command.ExecuteReader();
        var entries = new List<LedgerEntry>();
        while (row.Read())
        {
            entries.Add(new LedgerEntry(
                row.GetInt64(0), DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(1)), ReadKind(row, 2), row.GetString(3),
                ReadBody(row, 4), ReadHash(row, 5), ReadHash(row, 6)));
        }

        return entries;
    }

    private static List<RecordedSignature> ReadSignatures(
        SqliteConnection connection, string condition, params ReadOnlySpan<object?> values)
    {
        using var command = connection.Command(
            $"""
            SELECT body, bytes FROM entries JOIN contents USING (sequence)
            WHERE request = $0 AND kind = 'signature' {condition} ORDER BY sequence
            """,
            values);
        using var row = command.ExecuteReader();
        var signatures = new List<RecordedSignature>();
        while (row.Read())
            signatures.Add(EntryBody.ReadSignature(ReadBody(row, 0), row.GetFieldValue<byte[]>(1)));
        return signatures;
    }

    internal static RecordedDecision ReadDecision(SqliteDataReader row) =>
        EntryBody.ReadDecision(row.GetInt64(0), ReadKind(row, 1), row.GetString(2), ReadBody(row, 3));

    private static Digest ReadHash(SqliteDataReader row, int column) =>
        Digest.FromSha256(row.GetFieldValue<byte[]>(column));

    internal static byte[] ReadBody(SqliteDataReader row, int column) => Encoding.UTF8.GetBytes(row.GetString(column));

    private static EntryKind ReadKind(SqliteDataReader row, int column) =>
        EntryKinds.TryParse(row.GetString(column), out var kind)
            ? kind
            : throw new FormatException($"'{Printable.Escape(row.GetString(column))}' is not a kind of entry");

    /// <summary>A WHERE clause from constant fragments, with its values in order.</summary>
    private sealed class Conditions(string first)
    {
        private readonly StringBuilder _text = new("WHERE " + first);
        private readonly List<object?> _values = [];

        internal ReadOnlySpan<object?> Values => _values.ToArray();

        public override string ToString() => _text.ToString();

        internal void Add(string comparison, object? value)
        {
            if (value is null)
                return;

            _text.Append(" AND ").Append(comparison).Append('$').Append(_values.Count);
            _values.Add(value);
        }

        internal void AddOneOf(string column, IEnumerable<string> values)
        {
            _text.Append(" AND ").Append(column).Append(" IN (");
            var separator = "";
            foreach (var value in values)
            {
                _text.Append(separator).Append('$').Append(_values.Count);
                _values.Add(value);
                separator = ", ";
            }

            _text.Append(')');
        }
    }
}
