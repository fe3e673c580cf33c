// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model.Decisions;

namespace SupplyChain.Sigstore.Clients;

/// <summary>Looks at what an update kept, without any source.</summary>
public static class TufMemory
{
    /// <summary>
    /// Verifies the last whole update in an archive from <paramref name="root"/> on as an update would, except that nothing of it has to be
    /// valid still: its expiries are for whoever asks to judge. A newest root that no longer vouches for it takes it away.
    /// </summary>
    /// <param name="root">The root that trust begins with.</param>
    /// <param name="archive">What was kept.</param>
    /// <param name="target">The target to have.</param>
    public static TufUpdate Recall(ReadOnlyMemory<byte> root, TufArchive archive, TufTargetName target)
    {
        ArgumentNullException.ThrowIfNull(archive);
        ArgumentNullException.ThrowIfNull(target);

        var newest = RecallOne(root, archive.Newest, target, out var isReadable);
        return !newest.IsDone && isReadable && archive.Complete is { } complete ? RecallOne(root, complete, target, out _) : newest;
    }

    private static TufUpdate RecallOne(ReadOnlyMemory<byte> root, TufArchive archive, TufTargetName target, out bool isReadable)
    {
        isReadable = false;
        if (!TufTrust.TryStart(root, out var trust, out var unusable))
            return new TufUpdate(unusable);
        if (trust.Recall(archive) is { } damaged)
            return new TufUpdate(damaged);

        isReadable = true;
        if (Settle(trust) is { } unsettled)
            return new TufUpdate(unsettled);
        if (trust.FindTarget(target, out var path, out _) is { } unknown)
            return new TufUpdate(unknown);
        if (archive.Find(path!) is not { } content)
            return new TufUpdate(Incomplete(target.Text));

        return trust.CheckTarget(target, content.Span) is { } broken ? new TufUpdate(broken) : new TufUpdate(trust, content, archive);
    }

    // An update that ended early may have left a timestamp that promises what is not here.
    private static TufProblem? Settle(TufTrust trust)
    {
        if (trust is not { Timestamp: not null, Snapshot: { } snapshot, Targets: { } targets })
            return Incomplete("metadata");

        return trust.UpdateSnapshot(snapshot.Content, DateTimeOffset.MinValue) ?? trust.UpdateTargets(targets.Content, DateTimeOffset.MinValue);
    }

    private static TufProblem Incomplete(string what) =>
        new(ReasonCode.TrustRootInvalid, "5.7", $"what was kept lacks {what}; expected all of one update");
}
