// SPDX-License-Identifier: Apache-2.0

using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Ledger.Storage;

/// <summary>
/// The ledger's single writer within the process. Writes that wait at the same time share one transaction and one
/// flush to the disk; none is acknowledged before that flush. <c>BEGIN IMMEDIATE</c> takes the database's write lock
/// first, so writers of other processes are kept in line too.
/// </summary>
internal sealed class WriteQueue : IAsyncDisposable
{
    private const int LargestBatch = 64;
    private const int LongestQueue = 1_024;

    private readonly Channel<Write> _writes = Channel.CreateBounded<Write>(new BoundedChannelOptions(LongestQueue)
    {
        SingleReader = true,
    });

    private readonly LedgerOptions _options;
    private readonly TimeProvider _clock;
    private readonly Task _worker;

    // Owned by the worker alone. Dropped after a fault and opened anew for the next batch.
    private SqliteConnection? _connection;

    // The newest entry this process has seen; it must still be there when the next one is written.
    private LedgerHead? _remembered;

    internal WriteQueue(LedgerOptions options, TimeProvider clock, SqliteConnection connection)
    {
        _options = options;
        _clock = clock;
        _connection = connection;
        _worker = Task.Run(WorkAsync);
    }

    public async ValueTask DisposeAsync()
    {
        _writes.Writer.TryComplete();
        await _worker;
        _connection?.Dispose();
    }

    /// <summary>
    /// Runs <paramref name="work"/> under the write lock and returns once it lasts. Cancellation is honoured until the
    /// write begins; after that the answer tells what happened.
    /// </summary>
    /// <exception cref="LedgerException">Nothing was written.</exception>
    internal async ValueTask<T> WriteAsync<T>(Func<LedgerTransaction, T> work, CancellationToken cancellationToken)
    {
        var write = new Write<T>(work, cancellationToken);
        try
        {
            await _writes.Writer.WriteAsync(write, cancellationToken);
        }
        catch (ChannelClosedException closed)
        {
            throw new ObjectDisposedException("The ledger is closed.", closed);
        }

        return await write.Task;
    }

    private async Task WorkAsync()
    {
        var batch = new List<Write>(LargestBatch);
        while (await _writes.Reader.WaitToReadAsync())
        {
            while (batch.Count < LargestBatch && _writes.Reader.TryRead(out var write))
            {
                if (!write.TryCancel())
                    batch.Add(write);
            }

            if (batch.Count > 0)
                Commit(batch);
            batch.Clear();
        }
    }

    private void Commit(List<Write> batch)
    {
        LedgerHead? head = null;
        try
        {
            if (!File.Exists(_options.Path))
                throw new LedgerException(ReasonCode.AuditUnavailable, $"the ledger {_options.Path} is gone");

            _connection ??= Sqlite.OpenForWriting(_options);
            using var transaction = _connection.BeginTransaction(deferred: false);
            var ledger = new LedgerTransaction(_connection, _clock.GetUtcNow());
            EnsureRemembered(ledger);
            foreach (var write in batch)
                Run(write, ledger, transaction);
            head = LedgerQueries.FindHead(_connection);
            transaction.Commit();
        }
        catch (SqliteException fault)
        {
            Fail(batch, Sqlite.Explain(fault, _options.Path));
            return;
        }
        catch (Exception fault)
        {
            Fail(batch, fault);
            return;
        }

        _remembered = head ?? _remembered;
        foreach (var write in batch)
            write.Acknowledge();
    }

    // A refusal of one write must not undo its neighbours; a fault of the database undoes them all.
    private void Run(Write write, LedgerTransaction ledger, SqliteTransaction transaction)
    {
        const string Mark = "write";
        transaction.Save(Mark);
        try
        {
            write.Run(ledger);
        }
        catch (Exception refused) when (refused is not SqliteException)
        {
            transaction.Rollback(Mark);
            write.Refuse(Sqlite.IsUnreadable(refused) ? Sqlite.Explain(refused, _options.Path) : refused);
        }

        transaction.Release(Mark);
    }

    private void EnsureRemembered(LedgerTransaction ledger)
    {
        if (_remembered is null)
            return;

        var stored = ledger.Connection.Scalar("SELECT hash FROM entries WHERE sequence = $0", _remembered.Sequence);
        if (stored is not byte[] hash || !hash.AsSpan().SequenceEqual(Convert.FromHexString(_remembered.Hash.Hex)))
        {
            throw new LedgerException(
                ReasonCode.AuditUnavailable,
                $"the ledger {_options.Path} was cut or rewritten while in use: entry {_remembered.Sequence} is not the one "
                + "written before");
        }
    }

    private void Fail(List<Write> batch, Exception fault)
    {
        _connection?.Dispose();
        _connection = null;
        foreach (var write in batch)
            write.Fail(fault);
    }

    private abstract class Write
    {
        internal abstract bool TryCancel();

        internal abstract void Run(LedgerTransaction ledger);

        internal abstract void Refuse(Exception refused);

        internal abstract void Acknowledge();

        internal abstract void Fail(Exception fault);
    }

    private sealed class Write<T>(Func<LedgerTransaction, T> work, CancellationToken cancellationToken) : Write
    {
        private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T? _result;
        private Exception? _refused;

        internal Task<T> Task => _done.Task;

        internal override bool TryCancel() =>
            cancellationToken.IsCancellationRequested && _done.TrySetCanceled(cancellationToken);

        internal override void Run(LedgerTransaction ledger) => _result = work(ledger);

        internal override void Refuse(Exception refused) => _refused = refused;

        internal override void Acknowledge()
        {
            if (_refused is null)
                _done.TrySetResult(_result!);
            else
                _done.TrySetException(_refused);
        }

        internal override void Fail(Exception fault) => _done.TrySetException(_refused ?? fault);
    }
}
