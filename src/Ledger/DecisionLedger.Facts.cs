// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Ledger.Storage;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Ledger;

/// <content>What is recorded beside requests: evidence, reviews, rejections and keys.</content>
public sealed partial class DecisionLedger
{
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
                if (LedgerQueries.FindEvidence(ledger.Connection, evidence.Config, evidence.Scanner, evidence.Report) is not null)
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
}
