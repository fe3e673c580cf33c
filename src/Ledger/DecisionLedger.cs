// SPDX-License-Identifier: Apache-2.0

using Microsoft.Data.Sqlite;
using SupplyChain.Ledger.Requests;
using SupplyChain.Ledger.Storage;
using SupplyChain.Model;
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
public sealed class DecisionLedger : IAsyncDisposable
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

    /// <summary>
    /// Starts, resumes or answers a request; of any number of equal requests at once one gets the lease.
    /// </summary>
    public ValueTask<BeginResult> BeginAsync(RequestIdentity identity, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(identity);
        return _writes.WriteAsync(ledger => Begin(ledger, identity), cancellationToken);
    }

    /// <summary>
    /// Takes over a request whose worker is gone; null if it has ended or somebody still works on it.
    /// </summary>
    public ValueTask<RequestLease?> TakeOverAsync(OpenRequest open, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(open);
        return _writes.WriteAsync(
            ledger => LedgerQueries.HasEnded(ledger.Connection, open.Request)
                || Leases.Find(ledger, open.Key)?.Until > ledger.Now
                ? null
                : _leases.Give(ledger, open.Request, open.Key, open.Fingerprint),
            cancellationToken);
    }

    /// <summary>Shows a sign of life and makes sure that the lease still holds: do this before publishing.</summary>
    /// <exception cref="LedgerException">
    /// <see cref="ReasonCode.RequestInProgress"/>: another worker has the request.
    /// </exception>
    public ValueTask<RequestLease> RenewAsync(RequestLease lease, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(lease);
        return _writes.WriteAsync(ledger => _leases.Hold(ledger, lease), cancellationToken);
    }

    /// <summary>
    /// Gives a request back without an end, so that the next attempt need not wait for the lease to run out.
    /// </summary>
    public async ValueTask ReleaseAsync(RequestLease lease, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(lease);
        await _writes.WriteAsync(
            ledger =>
            {
                Leases.Drop(ledger, lease);
                return true;
            },
            cancellationToken);
    }

    /// <summary>Records what is about to be signed. No key is asked before this returns.</summary>
    /// <exception cref="LedgerException">It was not recorded, or the lease is lost.</exception>
    public async ValueTask<LedgerEntry> RecordIntentAsync(
        RequestLease lease, SigningIntent intent, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(lease);
        ArgumentNullException.ThrowIfNull(intent);
        EnsureEnds(lease, intent.Decision, positive: true);
        if (intent.Statements.Count == 0)
            throw new ArgumentException("An intent names at least one statement.", nameof(intent));

        var body = EntryBody.Intent(lease, intent);
        var documents = await PackAsync(intent.Basis, cancellationToken);
        return await _writes.WriteAsync(
            ledger =>
            {
                _leases.Hold(ledger, lease);
                Documents.Keep(ledger, documents);
                return ledger.Append(EntryKind.Intent, lease.Request, body);
            },
            cancellationToken);
    }

    /// <summary>
    /// Records a verified signature with the bytes to publish, and returns the signature to publish: this one, or the
    /// one already recorded for the same request, purpose and subject. Nothing is published before this returns.
    /// </summary>
    /// <exception cref="InvalidOperationException">No intent of this request names this statement and key.</exception>
    /// <exception cref="LedgerException">It was not recorded, or the lease is lost.</exception>
    public ValueTask<RecordedSignature> RecordSignatureAsync(
        RequestLease lease, RecordedSignature signature, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(lease);
        ArgumentNullException.ThrowIfNull(signature);
        if (signature.Content.Length > Limits.AttestationBytes)
        {
            throw new ArgumentException(
                $"A signature's content has at most {Limits.AttestationBytes} bytes, this one {signature.Content.Length}.",
                nameof(signature));
        }

        var body = EntryBody.Signature(signature);
        return _writes.WriteAsync(
            ledger =>
            {
                _leases.Hold(ledger, lease);
                if (LedgerQueries.FindSignature(ledger.Connection, lease.Request, signature.Statement) is { } earlier)
                    return earlier;
                if (!LedgerQueries.IsIntended(ledger.Connection, lease.Request, signature.Statement, signature.KeyId))
                {
                    throw new InvalidOperationException(
                        $"no recorded intent of request {lease.Request} covers this signature");
                }

                ledger.Append(EntryKind.Signature, lease.Request, body, signature.Content);
                return signature;
            },
            cancellationToken);
    }

    /// <summary>Records that everything is published and read back, and ends the request.</summary>
    /// <param name="lease">The right to end it.</param>
    /// <param name="decision">The final decision, with the stored artifacts; a yes whose id is the request's.</param>
    /// <param name="cancellationToken">Honoured until the write begins.</param>
    /// <exception cref="InvalidOperationException">No signature was recorded for the request.</exception>
    /// <exception cref="LedgerException">It was not recorded, or the lease is lost.</exception>
    public ValueTask<RecordedDecision> CompleteAsync(
        RequestLease lease, Decision decision, CancellationToken cancellationToken)
    {
        EnsureEnds(lease, decision, positive: true);
        return EndAsync(lease, decision, basis: null, EntryKind.Completion, signed: true, cancellationToken);
    }

    /// <summary>Records a decision that is not a yes and whose basis is not kept, and ends the request.</summary>
    /// <exception cref="InvalidOperationException">
    /// A signature was recorded: the request can only be completed.
    /// </exception>
    /// <exception cref="LedgerException">It was not recorded, or the lease is lost.</exception>
    public ValueTask<RecordedDecision> RefuseAsync(
        RequestLease lease, Decision decision, CancellationToken cancellationToken) =>
        RefuseAsync(lease, decision, basis: null, cancellationToken);

    /// <summary>Records a decision that is not a yes, and ends the request.</summary>
    /// <param name="lease">The right to end it.</param>
    /// <param name="decision">The decision; its id is the request's.</param>
    /// <param name="basis">What it was made on; null when that is not kept.</param>
    /// <param name="cancellationToken">Honoured until the write begins.</param>
    /// <exception cref="InvalidOperationException">
    /// A signature was recorded: the request can only be completed.
    /// </exception>
    /// <exception cref="LedgerException">It was not recorded, or the lease is lost.</exception>
    public ValueTask<RecordedDecision> RefuseAsync(
        RequestLease lease, Decision decision, DecisionBasis? basis, CancellationToken cancellationToken)
    {
        EnsureEnds(lease, decision, positive: false);
        return EndAsync(lease, decision, basis, EntryKind.Refusal, signed: false, cancellationToken);
    }

    /// <summary>
    /// Records that a signed image no longer passes; the entry's request is the decision's id. It ends no request and undoes nothing.
    /// </summary>
    /// <exception cref="LedgerException">It was not recorded.</exception>
    public async ValueTask<LedgerEntry> RecordReviewAsync(
        Decision decision, DecisionBasis? basis, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(decision);
        if (decision.IsPositive)
            throw new ArgumentException($"Expected a decision that is not a yes, found outcome {decision.Outcome}.", nameof(decision));

        var body = EntryBody.Review(decision, basis);
        var documents = await PackAsync(basis, cancellationToken);
        return await _writes.WriteAsync(
            ledger =>
            {
                Documents.Keep(ledger, documents);
                return ledger.Append(EntryKind.Review, decision.Id, body);
            },
            cancellationToken);
    }

    /// <summary>Records a request that never reached a policy; the entry's request is its id.</summary>
    /// <exception cref="LedgerException">It was not recorded.</exception>
    public ValueTask<LedgerEntry> RecordRejectionAsync(Rejection rejection, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(rejection);
        var body = EntryBody.Rejected(rejection);
        return _writes.WriteAsync(
            ledger => ledger.Append(EntryKind.Rejected, NewRequest(ledger), body), cancellationToken);
    }

    /// <summary>Records the public half of a signing key when the key is first used under its URI.</summary>
    /// <param name="key">What was found.</param>
    /// <param name="isNamed">Whether the policy itself names this public key: then it takes the place of an earlier one.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <returns>What is pinned: the key as found, or the other one that it was when it was first used.</returns>
    /// <exception cref="LedgerException">It was not recorded.</exception>
    public ValueTask<PinnedKey> PinKeyAsync(PinnedKey key, bool isNamed, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(key);
        var body = EntryBody.Key(key);
        return _writes.WriteAsync(
            ledger =>
            {
                var pinned = KeyQueries.FindKey(ledger.Connection, key.KeyUri);
                if (pinned is not null && (pinned.PublicKey == key.PublicKey || !isNamed))
                    return pinned;

                ledger.Append(EntryKind.Key, "", body);
                return key with { FirstUsed = ledger.Now };
            },
            cancellationToken);
    }

    /// <summary>Records that a report is known for an image; false when this very report already was.</summary>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The scan is dated ahead of the clock by more than <see cref="Limits.ClockSkew"/>: recorded, it would bind for
    /// ever.
    /// </exception>
    /// <exception cref="LedgerException">It was not recorded.</exception>
    public ValueTask<bool> RecordEvidenceAsync(KnownEvidence evidence, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        var body = EntryBody.Evidence(evidence);
        return _writes.WriteAsync(
            ledger =>
            {
                if (evidence.ScanTime > ledger.Now + Limits.ClockSkew)
                    throw new ArgumentOutOfRangeException(nameof(evidence), "The scan is dated ahead of the clock.");
                if (LedgerQueries.IsKnown(ledger.Connection, evidence))
                    return false;

                ledger.Append(EntryKind.Evidence, "", body);
                return true;
            },
            cancellationToken);
    }

    // Outside of the write lock, and only what is not there yet: an SBOM takes a while.
    private async ValueTask<IReadOnlyList<PackedDocument>> PackAsync(DecisionBasis? basis, CancellationToken cancellationToken)
    {
        if (basis is null)
            return [];

        var missing = await Reader.FindMissingDocumentsAsync(basis.Documents, cancellationToken);
        return [.. missing.Select(PackedDocument.Pack)];
    }

    private async ValueTask<RecordedDecision> EndAsync(
        RequestLease lease, Decision decision, DecisionBasis? basis, EntryKind kind, bool signed,
        CancellationToken cancellationToken)
    {
        var body = EntryBody.End(lease, decision, basis);
        var documents = await PackAsync(basis, cancellationToken);
        return await _writes.WriteAsync(
            ledger =>
            {
                _leases.Hold(ledger, lease);
                if (LedgerQueries.HasSignature(ledger.Connection, lease.Request) != signed)
                {
                    throw new InvalidOperationException(signed
                        ? $"request {lease.Request} has no recorded signature to complete"
                        : $"request {lease.Request} is signed and can only be completed");
                }

                Documents.Keep(ledger, documents);
                var entry = ledger.Append(kind, lease.Request, body);
                Leases.Drop(ledger, lease);
                return EntryBody.ReadDecision(entry.Sequence, kind, lease.Request, body);
            },
            cancellationToken);
    }

    private BeginResult Begin(LedgerTransaction ledger, RequestIdentity identity)
    {
        Leases.Tidy(ledger);
        if (LedgerQueries.FindEnd(ledger.Connection, identity.Key) is { } end)
        {
            if (end.Fingerprint != identity.Fingerprint)
                return new BeginResult.Conflict();
            if (end.Decision.Kind == EntryKind.Completion || (identity.RefusalBinds && end.Outcome == Outcome.Refused))
                return new BeginResult.Done(end.Decision);
        }

        if (Leases.Find(ledger, identity.Key) is { } held && held.Until > ledger.Now)
        {
            return held.Fingerprint == identity.Fingerprint
                ? new BeginResult.InProgress(held.Until)
                : new BeginResult.Conflict();
        }

        if (LedgerQueries.FindOpen(ledger.Connection, identity.Key) is not { } open)
        {
            return new BeginResult.Started(
                _leases.Give(ledger, NewRequest(ledger), identity.Key, identity.Fingerprint));
        }

        return open.Fingerprint == identity.Fingerprint
            ? new BeginResult.Resumed(_leases.Give(ledger, open.Request, open.Key, open.Fingerprint), open)
            : new BeginResult.Conflict();
    }

    private static string NewRequest(LedgerTransaction ledger) => Guid.CreateVersion7(ledger.Now).ToString();

    private static void EnsureEnds(RequestLease lease, Decision decision, bool positive)
    {
        ArgumentNullException.ThrowIfNull(lease);
        ArgumentNullException.ThrowIfNull(decision);
        if (!string.Equals(decision.Id, lease.Request, StringComparison.Ordinal))
        {
            throw new ArgumentException(
                $"The decision's id is {decision.Id}, the request's {lease.Request}.", nameof(decision));
        }

        if (decision.IsPositive != positive)
        {
            throw new ArgumentException(
                $"Expected a decision that is {(positive ? "a yes" : "not a yes")}, found outcome {decision.Outcome}.",
                nameof(decision));
        }
    }

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
