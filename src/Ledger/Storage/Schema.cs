// SPDX-License-Identifier: Apache-2.0

using Microsoft.Data.Sqlite;

namespace SupplyChain.Ledger.Storage;

/// <summary>
/// The database's shape. The chain in <c>entries</c> is the record; every other column of it is computed from the body
/// by the database itself, so no second copy of a fact can disagree with the first. <c>contents</c> holds the attached
/// bytes, which the bodies name by digest. <c>leases</c> coordinates workers and may be lost without loss of record.
/// </summary>
/// <remarks>
/// The triggers are a fence against mistakes, not the security: whoever can write the file can drop them. What such a
/// person does shows in the chain.
/// </remarks>
internal static class Schema
{
    internal const int ApplicationId = 0x53434C47;
    internal const int Version = 4;

    // Ledgers of that version lack the statements of Later, and are brought up to date when they are opened for writing.
    private const int Earliest = 3;

    private static readonly string[] Later =
    [
        "CREATE INDEX documents ON entries (body ->> '$.document') WHERE kind = 'document'",
    ];

    private static readonly string[] First =
    [
        """
        CREATE TABLE entries (
          sequence INTEGER PRIMARY KEY,
          time INTEGER NOT NULL,
          kind TEXT NOT NULL,
          request TEXT NOT NULL,
          body TEXT NOT NULL CHECK (json_valid(body)),
          previous BLOB NOT NULL CHECK (length(previous) = 32),
          hash BLOB NOT NULL CHECK (length(hash) = 32),
          key TEXT AS (body ->> '$.key'),
          image TEXT AS (coalesce(body ->> '$.decision.subject.digest', body ->> '$.image')),
          repository TEXT AS (body ->> '$.decision.subject.name'),
          outcome TEXT AS (body ->> '$.decision.outcome'),
          purpose TEXT AS (body ->> '$.purpose'),
          subject TEXT AS (body ->> '$.subject'),
          config TEXT AS (body ->> '$.config'),
          scanner TEXT AS (body ->> '$.scanner'),
          scan_time TEXT AS (body ->> '$.scanTime'),
          key_uri TEXT AS (body ->> '$.keyUri'),
          public_key TEXT AS (body ->> '$.publicKey')
        ) STRICT
        """,
        """
        CREATE TABLE contents (
          sequence INTEGER PRIMARY KEY,
          bytes BLOB NOT NULL
        ) STRICT
        """,
        """
        CREATE TABLE leases (
          key TEXT PRIMARY KEY,
          fingerprint TEXT NOT NULL,
          request TEXT NOT NULL,
          token TEXT NOT NULL,
          until INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID
        """,
        "CREATE INDEX entries_by_request ON entries (request, sequence)",
        "CREATE INDEX entries_by_key ON entries (key, sequence) WHERE key IS NOT NULL",
        "CREATE INDEX entries_by_image ON entries (image, sequence) WHERE image IS NOT NULL",
        "CREATE INDEX entries_by_outcome ON entries (outcome, sequence) WHERE kind IN ('completion', 'refusal')",
        "CREATE INDEX intents ON entries (sequence) WHERE kind = 'intent'",
        "CREATE INDEX evidence ON entries (config, scanner, scan_time) WHERE kind = 'evidence'",
        "CREATE INDEX keys ON entries (key_uri, sequence) WHERE kind = 'key'",
        "CREATE INDEX signatures_by_key ON entries (public_key, sequence) WHERE kind = 'signature'",
        "CREATE UNIQUE INDEX one_end_per_request ON entries (request) WHERE kind IN ('completion', 'refusal')",
        "CREATE UNIQUE INDEX one_signature_per_purpose ON entries (request, purpose, subject) WHERE kind = 'signature'",
        """
        CREATE TRIGGER entries_follow BEFORE INSERT ON entries
        WHEN NEW.sequence IS NOT (SELECT coalesce(max(sequence), 0) + 1 FROM entries)
          OR NEW.previous IS NOT coalesce((SELECT hash FROM entries ORDER BY sequence DESC LIMIT 1), zeroblob(32))
        BEGIN SELECT RAISE(ABORT, 'a ledger entry must follow the newest one'); END
        """,
        """
        CREATE TRIGGER entries_stay BEFORE DELETE ON entries
        BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END
        """,
        """
        CREATE TRIGGER entries_keep BEFORE UPDATE ON entries
        BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END
        """,
        """
        CREATE TRIGGER contents_stay BEFORE DELETE ON contents
        BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END
        """,
        """
        CREATE TRIGGER contents_keep BEFORE UPDATE ON contents
        BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END
        """,
    ];

    private static readonly string[] Statements = [.. First, .. Later];

    /// <summary>Creates everything in an empty database; the caller holds the write lock.</summary>
    internal static void Create(SqliteConnection connection)
    {
        foreach (var statement in Statements)
            connection.Execute(statement);
        connection.Execute($"PRAGMA application_id = {ApplicationId}");
        connection.Execute($"PRAGMA user_version = {Version}");
    }

    /// <summary>Adds to a ledger of the version before what this one has; its entries stay as they are.</summary>
    internal static void Update(SqliteConnection connection)
    {
        if (VersionOf(connection) != Earliest)
            return;

        foreach (var statement in Later)
            connection.Execute(statement);
        connection.Execute($"PRAGMA user_version = {Version}");
    }

    /// <summary>Why the file is not a ledger of this version or the one before at all, or null.</summary>
    internal static LedgerProblem? FindOtherFile(SqliteConnection connection)
    {
        var application = connection.Scalar("PRAGMA application_id");
        if (application is not (long)ApplicationId)
            return new LedgerProblem(null, "the file is not a ledger", $"application id {ApplicationId}", $"{application}");

        var version = VersionOf(connection);
        return version is Earliest or Version
            ? null
            : new LedgerProblem(null, "the ledger was written by another version", $"version {Version}", $"version {version}");
    }

    /// <summary>
    /// What differs from the shape above, or null: a dropped trigger, a changed index, a table of somebody else.
    /// </summary>
    internal static LedgerProblem? FindDifference(SqliteConnection connection)
    {
        using var command = connection.Command("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL");
        using var reader = command.ExecuteReader();
        var found = new HashSet<string>(StringComparer.Ordinal);
        while (reader.Read())
            found.Add(reader.GetString(0));

        var statements = VersionOf(connection) == Earliest ? First : Statements;
        if (statements.FirstOrDefault(statement => !found.Contains(statement)) is { } missing)
            return new LedgerProblem(null, "the ledger's schema was changed", FirstLine(missing), "absent or different");

        return found.FirstOrDefault(statement => !statements.Contains(statement, StringComparer.Ordinal)) is { } foreign
            ? new LedgerProblem(
                null, "the ledger's schema was changed", "no other table, index, view or trigger", FirstLine(foreign))
            : null;
    }

    private static long VersionOf(SqliteConnection connection) => (long)connection.Scalar("PRAGMA user_version")!;

    private static string FirstLine(string statement) => Model.Printable.Escape(statement.Split('\n')[0]);
}
