// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text.Json;
using SupplyChain.Ledger;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Policy;

namespace SupplyChain.Attestor;

/// <summary>
/// Replays what a ledger recorded under changed policies: which decisions would have come out otherwise. Nothing is enforced, nothing
/// written, nothing fetched. All processors take part; the answers come in the ledger's order, and memory does not grow with it.
/// </summary>
public sealed class PolicySimulation
{
    private const string NotKept =
        "what it was made on is not on record: the image could not be had, the policy changed meanwhile (POLICY_CHANGED), it was too large, "
        + "or an earlier version recorded it";

    private readonly LedgerReader _ledger;
    private readonly Replay _replay;

    /// <summary>Prepares to replay what is on record.</summary>
    /// <param name="ledger">The record.</param>
    /// <param name="changed">
    /// The policies as they would be. A decision is asked of the one of its name; where none of them is for its repository, it is refused.
    /// </param>
    public PolicySimulation(LedgerReader ledger, PolicySet changed)
    {
        _ledger = ledger;
        _replay = new Replay(changed, new RecordedPieces(TryFind));
    }

    /// <summary>The decisions on requests since a time, oldest first.</summary>
    /// <exception cref="LedgerException">The ledger cannot be read.</exception>
    public async IAsyncEnumerable<ReplayedDecision> RunAsync(
        DateTimeOffset since, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var next = ReadPageAsync(since, after: 0, cancellationToken);
        while (await next is { Count: > 0 } page)
        {
            // The next page is read while this one is replayed.
            next = ReadPageAsync(since, page[^1].Recorded.Sequence, cancellationToken);
            var replayed = new ReplayedDecision[page.Count];
            await Parallel.ForAsync(0, page.Count, cancellationToken, (place, _) =>
            {
                replayed[place] = Run(page[place]);
                return ValueTask.CompletedTask;
            });
            foreach (var decision in replayed)
                yield return decision;
        }
    }

    /// <summary>How many reviews of posted evidence there are since a time; they are not replayed.</summary>
    /// <exception cref="LedgerException">The ledger cannot be read.</exception>
    public ValueTask<int> CountReviewsAsync(DateTimeOffset since, CancellationToken cancellationToken) => _ledger
        .ShowAsync(new EntryFilter { Kinds = [EntryKind.Review], Since = since }, cancellationToken).CountAsync(cancellationToken);

    private Task<IReadOnlyList<ReplayableDecision>> ReadPageAsync(DateTimeOffset since, long after, CancellationToken cancellationToken) =>
        Task.Run(async () => await _ledger.FindReplayableAsync(since, after, cancellationToken), cancellationToken);

    private ReplayedDecision Run(ReplayableDecision item)
    {
        var decision = Read(item.Recorded);
        if (_replay.WithoutPolicy(decision) is { } refused)
            return refused;

        if (item.Basis is not { } root)
            return new ReplayedDecision(decision, Checks: null, NotKept);

        return TryFind(root, out var content, out var problem) && EvidenceFormat.TryRead(content, out var basis, out problem)
            ? _replay.Run(decision, basis)
            : new ReplayedDecision(decision, Checks: null, problem);
    }

    private bool TryFind(Digest digest, [NotNullWhen(true)] out byte[]? content, [NotNullWhen(false)] out string? problem)
    {
        if (_ledger.FindDocument(digest) is { } document)
            return document.TryUnpack(out content, out problem);

        content = null;
        problem = $"the document {digest} is not in the ledger";
        return false;
    }

    private static Decision Read(RecordedDecision recorded)
    {
        try
        {
            return recorded.Read();
        }
        catch (JsonException unreadable)
        {
            throw new LedgerException(
                ReasonCode.AuditUnavailable,
                $"the decision {recorded.Id} in the ledger cannot be read: {Printable.Escape(unreadable.Message)}", unreadable);
        }
    }
}
