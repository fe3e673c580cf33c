// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Ledger.Requests;
using SupplyChain.Ledger.Storage;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Ledger;

/// <content>What a request leaves: intent, signatures, and one end.</content>
public sealed partial class DecisionLedger
{
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
}
