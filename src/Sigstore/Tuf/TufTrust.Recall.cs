// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;

namespace SupplyChain.Sigstore;

// What an earlier update kept.
public sealed partial class TufTrust
{
    private delegate bool Reading<T>(
        ReadOnlyMemory<byte> utf8, [NotNullWhen(true)] out T? metadata, [NotNullWhen(false)] out string? problem);

    /// <summary>
    /// Takes up what an earlier update kept: the roots since, all of which are verified anew from this one, and what later versions are held
    /// against. Expiry is not asked, since nothing is believed by this alone.
    /// </summary>
    /// <returns>
    /// What is wrong with it, since kept state that cannot be used is never a beginning; <see langword="null"/> when it was taken up.
    /// </returns>
    public TufProblem? Recall(TufArchive kept)
    {
        ArgumentNullException.ThrowIfNull(kept);

        // A product that came with a later root skipped the rotation at which an update would have forgotten what old keys signed.
        var newest = kept.NewestRoot;
        var mayBeUnsigned = newest < Root.Version;
        if (RecallRoots(kept, newest) is { } problem)
            return problem;
        if (Take(kept, TufPath.Timestamp, mayBeUnsigned, TufTimestamp.TryRead, out TufTimestamp? timestamp) is { } noTimestamp)
            return noTimestamp;
        if (Take(kept, TufPath.Metadata(TufRole.Snapshot, null), mayBeUnsigned, TufSnapshot.TryRead, out TufSnapshot? snapshot) is { } noSnapshot)
            return noSnapshot;
        if (Take(kept, TufPath.Metadata(TufRole.Targets, null), mayBeUnsigned, TufTargets.TryRead, out TufTargets? targets) is { } noTargets)
            return noTargets;

        (Timestamp, Snapshot, Targets) = (timestamp, snapshot, targets);
        return null;
    }

    private TufProblem? RecallRoots(TufArchive kept, int? newest)
    {
        if (kept.Find(TufPath.Root(Root.Version)) is { } same && FindOther(same) is { } other)
            return other;
        while (kept.Find(TufPath.Root(Root.Version + 1)) is { } next)
        {
            if (UpdateRoot(next) is { } problem)
                return problem;
        }

        return newest > Root.Version
            ? TufProblem.Invalid("5.2", $"the kept roots go up to version {Text(newest)} and do not continue the one of version {Text(Root.Version)}")
            : null;
    }

    private TufProblem? FindOther(ReadOnlyMemory<byte> same)
    {
        if (!TufRoot.TryRead(same, out var root, out var unreadable))
            return TufProblem.Invalid("5.2", unreadable);

        return root.Canonical.Span.SequenceEqual(Root.Canonical.Span) ? null : TufProblem.Invalid(
            "5.2", $"the kept root of version {Text(Root.Version)} is not the one that was given; expected both to be of one repository");
    }

    private TufProblem? Take<T>(TufArchive kept, TufPath path, bool mayBeUnsigned, Reading<T> read, out T? taken)
        where T : TufMetadata
    {
        taken = null;
        if (kept.Find(path) is not { } document)
            return null;
        if (!read(document, out var metadata, out var unreadable))
            return TufProblem.Invalid("5.2", $"what was kept is damaged: {unreadable}");

        var unsigned = Root.FindProblem(metadata);
        taken = unsigned is null ? metadata : null;
        return unsigned is null || mayBeUnsigned ? null : TufProblem.Invalid("5.2", $"what was kept is damaged: {unsigned}");
    }
}
