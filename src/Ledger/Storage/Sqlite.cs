// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Ledger.Storage;

/// <summary>Short words for what the ledger asks of SQLite.</summary>
internal static class Sqlite
{
    private const int CannotOpen = 14;
    private const int ReadOnlyFile = 8;

    // https://www.sqlite.org/pragma.html: a hostile file must not run functions from its schema.
    private const string Distrust = "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;";

    /// <summary>Opens an existing file for reading, also from a medium that cannot be written.</summary>
    internal static SqliteConnection OpenForReading(string path)
    {
        if (!File.Exists(path))
            throw new LedgerException(ReasonCode.AuditUnavailable, $"there is no ledger at {path}");

        try
        {
            return Open(ForReading(path));
        }
        catch (SqliteException closed) when (closed.SqliteErrorCode is CannotOpen or ReadOnlyFile && !File.Exists(path + "-wal"))
        {
            // A file in WAL mode needs its side files, which a read-only folder refuses. Without a WAL the file alone
            // is the whole ledger and may be read as one that cannot change.
            var immutable = new UriBuilder("file", "") { Path = Path.GetFullPath(path), Query = "immutable=1" };
            var once = ForReading(immutable.Uri.AbsoluteUri);
            once.Pooling = false;
            return Open(once);
        }
    }

    /// <summary>Closes the connections that readers of a file left open for the next.</summary>
    internal static void CloseReaders(string path)
    {
        using var any = new SqliteConnection(ForReading(path).ConnectionString);
        SqliteConnection.ClearPool(any);
    }

    /// <summary>Opens the file for writing; it must exist.</summary>
    internal static SqliteConnection OpenForWriting(LedgerOptions options)
    {
        var connection = Open(new SqliteConnectionStringBuilder
        {
            DataSource = options.Path,
            Mode = SqliteOpenMode.ReadWrite,
            Pooling = false,
            DefaultTimeout = (int)Math.Max(1, Math.Ceiling(options.BusyTimeout.TotalSeconds)),
        });
        try
        {
            connection.Execute("PRAGMA journal_mode = WAL");
            connection.Execute("PRAGMA synchronous = FULL");
            connection.Execute("PRAGMA journal_size_limit = 67108864");
            if (options.MaximumPages is { } pages)
                connection.Execute($"PRAGMA max_page_count = {pages}");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>A command whose parameters are named <c>$0</c>, <c>$1</c> and so on.</summary>
    [SuppressMessage("Security", "CA2100", Justification = "Every text is put together from constants; values are parameters.")]
    internal static SqliteCommand Command(this SqliteConnection connection, string text, params ReadOnlySpan<object?> values)
    {
        var command = connection.CreateCommand();
        command.CommandText = text;
        for (var i = 0; i < values.Length; i++)
            command.Parameters.AddWithValue($"${i}", values[i] ?? DBNull.Value);
        return command;
    }

    internal static object? Scalar(this SqliteConnection connection, string text, params ReadOnlySpan<object?> values)
    {
        using var command = connection.Command(text, values);
        return command.ExecuteScalar() is { } value and not DBNull ? value : null;
    }

    internal static void Execute(
        this SqliteConnection connection, string text, params ReadOnlySpan<object?> values)
    {
        using var command = connection.Command(text, values);
        command.ExecuteNonQuery();
    }

    /// <summary>Whether a fault comes of an entry that this product did not write like that.</summary>
    internal static bool IsUnreadable(Exception fault) =>
        fault is FormatException or JsonException or KeyNotFoundException or InvalidCastException;

    /// <summary>What a fault means for the ledger.</summary>
    internal static LedgerException Explain(Exception fault, string path) => fault is SqliteException sqlite
        ? Explain(sqlite, path)
        : new LedgerException(
            ReasonCode.AuditUnavailable, $"the ledger {path} holds an entry that cannot be read: {fault.Message}", fault);

    private static LedgerException Explain(SqliteException fault, string path) => new(
        ReasonCode.AuditUnavailable,
        fault.SqliteErrorCode switch
        {
            1 => $"the file {path} lacks a ledger's tables: it is none, "
                + $"or was copied without {Path.GetFileName(path)}-wal",
            5 or 6 => $"the ledger {path} is held by another writer",
            8 => $"the ledger {path} cannot be written, only read",
            10 => $"the disk under the ledger {path} fails",
            11 or 26 => $"the ledger {path} is damaged or not a ledger",
            13 => $"the disk under the ledger {path} is full",
            14 or 23 or 3 => $"the ledger {path} cannot be opened",
            _ => $"the ledger {path} cannot be used",
        } + $" (SQLite {fault.SqliteErrorCode})",
        fault);

    private static SqliteConnectionStringBuilder ForReading(string source) => new()
    {
        DataSource = source,
        Mode = SqliteOpenMode.ReadOnly,
        DefaultTimeout = 5,
    };

    private static SqliteConnection Open(SqliteConnectionStringBuilder where)
    {
        var connection = new SqliteConnection(where.ConnectionString);
        try
        {
            connection.Open();
            connection.Execute(Distrust);
            // The first read shows whether this is a database at all.
            connection.Scalar("SELECT count(*) FROM sqlite_schema");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
