// SPDX-License-Identifier: Apache-2.0

using Microsoft.Data.Sqlite;
using SupplyChain.Ledger.Requests;
using SupplyChain.Ledger.Storage;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Ledger;

/// <summary>
/// The record of every decision: append-only, each entry chained to the one before it by its hash. What a method here
/// returns is on the disk. Several processes of one machine may share the file.
/// </summary>
/// <remarks>
/// A signing request goes <see cref="BeginAsync"/>, <see cref="RecordIntentAsync"/>, sign, <see
/// cref="RecordSignatureAsync"/>, publish, <see cref="CompleteAsync"/>; or <see
/// cref="RefuseAsync(RequestLease, Decision, DecisionBasis?, CancellationToken)"/> at any point
/// before a signature is recorded. A crash between two of them leaves the request open: <see cref="LedgerReader.FindOpenRequestsAsync"/> lists it and <see
/// cref="TakeOverAsync"/> or the next <see cref="BeginAsync"/> of the same request continues it. For one request,
/// purpose and subject the ledger keeps one signature for ever; whoever publishes only what
/// <see cref="RecordSignatureAsync"/> returns never publishes a second.
/// </remarks>
public sealed partial class DecisionLedger : IAsyncDisposable
{
    private readonly WriteQueue _writes;
    private readonly Presence _presence;
    private readonly Leases _leases;

    private DecisionLedger(WriteQueue writes, Presence presence, LedgerReader reader, Leases leases)
    {
        _writes = writes;
        _presence = presence;
        _leases = leases;
        Reader = reader;
    }

    /// <summary>The same ledger for reading; it lives as long as this object.</summary>
    public LedgerReader Reader { get; }

    /// <summary>
    /// Opens a ledger, creating it when the file is absent or empty. If no other process has it open, the leases in it
    /// are those of workers that are gone, and nobody waits for them to run out.
    /// </summary>
    /// <exception cref="LedgerException">
    /// The file cannot be written, is damaged or is not a ledger of this version.
    /// </exception>
    public static ValueTask<DecisionLedger> OpenAsync(
        LedgerOptions options, TimeProvider clock, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(clock);
        cancellationToken.ThrowIfCancellationRequested();
        SqliteConnection? connection = null;
        Presence? presence = null;
        try
        {
            CreateFile(options.Path);
            connection = Sqlite.OpenForWriting(options);
            using (var transaction = connection.BeginTransaction(deferred: false))
            {
                if (connection.Scalar("SELECT count(*) FROM sqlite_schema") is 0L)
                    Schema.Create(connection);
                if ((Schema.FindOtherFile(connection) ?? Schema.FindDifference(connection)) is { } difference)
                {
                    throw new LedgerException(
                        ReasonCode.AuditUnavailable,
                        $"{options.Path}: {difference.Message}; "
                        + $"expected {difference.Expected}, found {difference.Actual}");
                }

                Schema.Update(connection);
                new LedgerTransaction(connection, clock.GetUtcNow()).Probe();
                presence = Presence.Show(options.Path, out var alone);
                if (alone)
                    Leases.Clear(connection);
                transaction.Commit();
            }

            return ValueTask.FromResult(new DecisionLedger(
                new WriteQueue(options, clock, connection), presence, new LedgerReader(options.Path),
                new Leases(options.LeaseDuration)));
        }
        catch (SqliteException fault)
        {
            presence?.Dispose();
            connection?.Dispose();
            throw Sqlite.Explain(fault, options.Path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            connection?.Dispose();
            throw new LedgerException(
                ReasonCode.AuditUnavailable, $"the ledger {options.Path} cannot be created: {fault.Message}", fault);
        }
        catch
        {
            presence?.Dispose();
            connection?.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // The writer's connection has to be the last: it moves the WAL into the file, so that the file alone is the ledger.
        Reader.Dispose();
        await _writes.DisposeAsync();
        _presence.Dispose();
    }

    /// <summary>
    /// Tries a write that records nothing, so that a ledger whose disk is full or read-only shows before a request
    /// depends on it.
    /// </summary>
    /// <exception cref="LedgerException">The ledger cannot be written.</exception>
    public async ValueTask ProbeAsync(CancellationToken cancellationToken) => await _writes.WriteAsync(
        ledger =>
        {
            ledger.Probe();
            return true;
        },
        cancellationToken);

    private static void CreateFile(string path)
    {
        if (File.Exists(path))
            return;

        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var options = new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.ReadWrite,
            Share = FileShare.ReadWrite | FileShare.Delete,
        };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var file = new FileStream(path, options);
    }
}
