// SPDX-License-Identifier: Apache-2.0

using System.Runtime.CompilerServices;
using SupplyChain.Ledger;
using SupplyChain.Model;
using SupplyChain.Policy;

namespace SupplyChain.Attestor;

/// <summary>
/// Replays what a ledger recorded under changed policies: which decisions would have come out otherwise. Nothing is enforced, nothing
/// written, nothing fetched. Memory does not grow with the ledger.
/// </summary>
/// <param name="ledger">The record.</param>
/// <param name="changed">The policies as they would be; those whose name a decision does not have are not asked.</param>
public sealed class PolicySimulation(LedgerReader ledger, PolicySet changed)
{
    private const string NotKept =
        "what it was made on is not on record: the image could not be had, it was too large, or an earlier version recorded it";

    private readonly Replay _replay = new(changed);

    /// <summary>The decisions on requests since a time, oldest first.</summary>
    /// <exception cref="LedgerException">The ledger cannot be read.</exception>
    public async IAsyncEnumerable<ReplayedDecision> RunAsync(
        DateTimeOffset since, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        long after = 0;
        while (await ledger.FindReplayableAsync(since, after, cancellationToken) is { Count: > 0 } page)
        {
            var roots = await FindAsync(page.Select(decision => decision.Basis).OfType<Digest>(), cancellationToken);
            var work = page.AsParallel().AsOrdered().WithCancellation(cancellationToken).Select(decision => Open(decision, roots)).ToList();
            var pieces = await FindAsync(work.SelectMany(item => item.Basis?.Pieces ?? []), cancellationToken);
            foreach (var replayed in work.AsParallel().AsOrdered().WithCancellation(cancellationToken).Select(item => Run(item, pieces)).ToList())
                yield return replayed;
            after = page[^1].Recorded.Sequence;
        }
    }

    private static Opened Open(ReplayableDecision decision, Dictionary<Digest, PackedDocument> roots)
    {
        if (decision.Basis is null || roots.GetValueOrDefault(decision.Basis) is not { } root)
            return new Opened(decision.Recorded, Basis: null, NotKept);

        return EvidenceFormat.TryRead(root.Unpack(), out var basis, out var problem)
            ? new Opened(decision.Recorded, basis, Problem: null)
            : new Opened(decision.Recorded, Basis: null, problem);
    }

    private ReplayedDecision Run(Opened item, Dictionary<Digest, PackedDocument> pieces)
    {
        var decision = item.Recorded.Read();
        return item.Basis is null
            ? new ReplayedDecision(decision, Checks: null, item.Problem)
            : _replay.Run(decision, item.Basis, digest => pieces.GetValueOrDefault(digest)?.Unpack());
    }

    private async ValueTask<Dictionary<Digest, PackedDocument>> FindAsync(IEnumerable<Digest> digests, CancellationToken cancellationToken) =>
        (await ledger.FindDocumentsAsync(digests, cancellationToken)).ToDictionary(document => document.Digest);

    private sealed record Opened(RecordedDecision Recorded, RecordedBasis? Basis, string? Problem);
}
