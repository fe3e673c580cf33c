// SPDX-License-Identifier: Apache-2.0

using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;
using SupplyChain.Ledger.Requests;
using SupplyChain.Ledger.Storage;
using SupplyChain.Model;

namespace SupplyChain.Ledger;

/// <summary>A ledger for reading: never writes, works beside a running writer and on a copy on a read-only medium.</summary>
public sealed class LedgerReader(string path) : IDisposable
{
    private const int PageSize = 256;

    /// <inheritdoc/>
    public void Dispose() => Sqlite.CloseReaders(path);

    /// <summary>The newest entry; null while the ledger is empty.</summary>
    public ValueTask<LedgerHead?> ReadHeadAsync(CancellationToken cancellationToken) =>
        Read(connection => LedgerQueries.FindHead(connection), cancellationToken);

    /// <summary>The decision with that id; null if there is none.</summary>
    public ValueTask<RecordedDecision?> FindDecisionAsync(string id, CancellationToken cancellationToken) =>
        Read(connection => LedgerQueries.FindDecision(connection, id), cancellationToken);

    /// <summary>The newest decisions that match, newest first.</summary>
    public ValueTask<IReadOnlyList<RecordedDecision>> FindDecisionsAsync(DecisionQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentOutOfRangeException.ThrowIfLessThan(query.Limit, 1, nameof(query));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(query.Limit, DecisionQuery.LargestLimit, nameof(query));
        return Read<IReadOnlyList<RecordedDecision>>(
            connection => LedgerQueries.FindDecisions(connection, query), cancellationToken);
    }

    /// <summary>The newest scan that is known of an image configuration by a scanner; null if none is.</summary>
    public ValueTask<KnownEvidence?> FindNewestEvidenceAsync(Digest config, string scanner, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(config);
        return Read(connection => LedgerQueries.FindNewestEvidence(connection, config, scanner), cancellationToken);
    }

    /// <summary>The names of the policies by which an image was approved, however often and whatever else was decided of it.</summary>
    public ValueTask<IReadOnlySet<string>> FindApprovingPoliciesAsync(Digest image, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(image);
        return Read<IReadOnlySet<string>>(connection => LedgerQueries.FindApprovingPolicies(connection, image), cancellationToken);
    }

    /// <summary>What is known of one report of an image configuration by a scanner; null if it was never seen.</summary>
    public ValueTask<KnownEvidence?> FindEvidenceAsync(Digest config, string scanner, Digest report, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(report);
        return Read(connection => LedgerQueries.FindEvidence(connection, config, scanner, report), cancellationToken);
    }

    /// <summary>
    /// The decisions on requests that were recorded at or after a time, oldest first and at most some hundred of them: ask again after
    /// the last one until there are none.
    /// </summary>
    /// <param name="since">The time.</param>
    /// <param name="after">Only decisions of entries after this one.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public ValueTask<IReadOnlyList<ReplayableDecision>> FindReplayableAsync(
        DateTimeOffset since, long after, CancellationToken cancellationToken) =>
        Read<IReadOnlyList<ReplayableDecision>>(connection => Documents.FindDecisions(connection, since, after), cancellationToken);

    /// <summary>The document of that digest; null when the ledger has none. It is read in place, by whoever computes with it.</summary>
    public PackedDocument? FindDocument(Digest digest)
    {
        ArgumentNullException.ThrowIfNull(digest);
        return Read(connection => Documents.Find(connection, digest));
    }

    internal ValueTask<IReadOnlyList<LedgerDocument>> FindMissingDocumentsAsync(
        IReadOnlyList<LedgerDocument> documents, CancellationToken cancellationToken) =>
        Read<IReadOnlyList<LedgerDocument>>(
            connection => [.. documents.Where(document => !Documents.IsKept(connection, document.Digest))], cancellationToken);

    /// <summary>Every public key that was pinned, oldest first; of one URI the last one holds.</summary>
    public ValueTask<IReadOnlyList<PinnedKey>> FindKeysAsync(CancellationToken cancellationToken) =>
        Read<IReadOnlyList<PinnedKey>>(KeyQueries.FindKeys, cancellationToken);

    /// <summary>How much a key was used; null if nothing was signed with it.</summary>
    public ValueTask<KeyUse?> FindKeyUseAsync(Digest publicKey, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(publicKey);
        return Read(connection => KeyQueries.FindKeyUse(connection, publicKey), cancellationToken);
    }

    /// <summary>The public keys that signed for a request, each once.</summary>
    public ValueTask<IReadOnlyList<Digest>> FindSignersAsync(string request, CancellationToken cancellationToken) =>
        Read<IReadOnlyList<Digest>>(connection => KeyQueries.FindSigners(connection, request), cancellationToken);

    /// <summary>Every image that was signed with a key, oldest first: what depends on it.</summary>
    public ValueTask<IReadOnlyList<DependentImage>> FindSignedAsync(Digest publicKey, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(publicKey);
        return Read<IReadOnlyList<DependentImage>>(connection => KeyQueries.FindSigned(connection, publicKey), cancellationToken);
    }

    /// <summary>
    /// Every image that was approved on evidence that a key vouched for, oldest first: what depends on a key that others sign with.
    /// </summary>
    public ValueTask<VouchedImages> FindVouchedAsync(Digest publicKey, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(publicKey);
        return Read(connection => KeyQueries.FindVouched(connection, publicKey), cancellationToken);
    }

    /// <summary>Every request with an intent and no end, oldest first; each is read when it is reached.</summary>
    public async IAsyncEnumerable<OpenRequest> FindOpenRequestsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var request in await Read(LedgerQueries.FindOpen, cancellationToken))
            yield return await Read(connection => LedgerQueries.ReadOpen(connection, request), cancellationToken);
    }

    /// <summary>
    /// The entries that match, oldest first. They are read page by page and no transaction stays open in between, so a
    /// slow consumer holds up no writer.
    /// </summary>
    public async IAsyncEnumerable<LedgerEntry> ShowAsync(
        EntryFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(filter);
        var after = filter.After;
        var left = filter.Limit ?? int.MaxValue;
        while (left > 0)
        {
            var size = Math.Min(PageSize, left);
            var start = after;
            var page = await Read(connection => LedgerQueries.Show(connection, filter, start, size), cancellationToken);
            foreach (var entry in page)
                yield return entry;
            if (page.Count < size)
                yield break;

            after = page[^1].Sequence;
            left -= page.Count;
        }
    }

    /// <summary>The bytes attached to an entry, such as the published bundle of a signature; null if it has none.</summary>
    public ValueTask<byte[]?> ReadContentAsync(long sequence, CancellationToken cancellationToken) =>
        Read(
            connection => connection.Scalar("SELECT bytes FROM contents WHERE sequence = $0", sequence) as byte[],
            cancellationToken);

    /// <summary>
    /// Reads the whole ledger and checks every hash, link and attached content, that the order has no gap, that nothing
    /// was signed without an intent, and that the file's indexes agree with its entries. Memory does not grow with the
    /// ledger.
    /// </summary>
    /// <param name="expected">
    /// A head remembered elsewhere. Without one a cut at the end, or a tail rewritten with its hashes, cannot be told
    /// from a ledger that never went further.
    /// </param>
    /// <param name="cancellationToken">Stops the check.</param>
    /// <exception cref="LedgerException">The file cannot be opened.</exception>
    public async ValueTask<LedgerVerification> VerifyAsync(LedgerHead? expected, CancellationToken cancellationToken) =>
        await Task.Run(
            async () => await Read(
                connection => new LedgerCheck(connection, expected).Run(cancellationToken), cancellationToken),
            cancellationToken);

    private ValueTask<T> Read<T>(Func<SqliteConnection, T> read, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Read(read));
    }

    private T Read<T>(Func<SqliteConnection, T> read)
    {
        try
        {
            using var connection = Sqlite.OpenForReading(path);
            return read(connection);
        }
        catch (SqliteException fault)
        {
            throw Sqlite.Explain(fault, path);
        }
        catch (Exception fault) when (Sqlite.IsUnreadable(fault))
        {
            throw Sqlite.Explain(fault, path);
        }
    }
}
