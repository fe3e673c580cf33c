// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Sigstore.Clients;

/// <summary>
/// Brings what is known of a TUF repository up to date: the client workflow of the TUF specification 1.0, §5. What is checked is in
/// <see cref="TufTrust"/>; here is what is fetched and kept, and in which order.
/// </summary>
/// <param name="root">The root that trust begins with; §5.2.</param>
/// <param name="state">What earlier updates kept.</param>
/// <param name="source">Where files come from.</param>
public sealed class TufClient(ReadOnlyMemory<byte> root, TufState state, ITufSource source)
{
    /// <summary>Runs one update, and gets one target.</summary>
    /// <param name="target">Which file.</param>
    /// <param name="now">The time that expiry is held against, one for the whole update; §5.1.</param>
    /// <param name="cancellationToken">Ends the wait; what was verified until then stays kept.</param>
    /// <returns>
    /// The target with all that is believed now, or why the update ended: TRUST_ROOT_INVALID, TRUST_ROOT_EXPIRED or TRUST_ROOT_UNAVAILABLE.
    /// </returns>
    /// <exception cref="IOException">The state cannot be read or written.</exception>
    /// <exception cref="UnauthorizedAccessException">The state may not be read or written.</exception>
    public async ValueTask<TufUpdate> UpdateAsync(TufTargetName target, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(target);

        using var alone = state.Lock();
        if (alone is null)
            return new TufUpdate(new TufProblem(ReasonCode.TrustRootUnavailable, "5.1", $"another update of {state.Path} is at work"));
        if (!TufTrust.TryStart(root, out var trust, out var unusable))
            return new TufUpdate(unusable);
        if (!state.TryRead(out var kept, out var unreadable))
            return new TufUpdate(unreadable);
        if (trust.Recall(kept) is { } damaged)
            return new TufUpdate(state.Damaged(damaged.Message));

        // Whoever lets only a part of this update through takes nothing away of the last whole one.
        var guarded = TufMemory.Recall(root, kept.Newest, target).IsDone ? kept.SetAside() : kept;
        var run = new Run(trust, guarded, state, source, now, cancellationToken);
        var problem = await run.UpdateRootAsync()
            ?? await run.UpdateTimestampAsync()
            ?? await run.UpdateSnapshotAsync()
            ?? await run.UpdateTargetsAsync();
        return problem is null ? await run.GetAsync(target) : new TufUpdate(problem);
    }

    private sealed class Run(
        TufTrust trust, TufArchive kept, TufState state, ITufSource source, DateTimeOffset now, CancellationToken cancellationToken)
    {
        private TufArchive _kept = kept;

        /// <summary>§5.3: from root to root, one version at a time.</summary>
        public async ValueTask<TufProblem?> UpdateRootAsync()
        {
            for (var i = 0; ; i++)
            {
                var path = TufPath.Root(trust.Root.Version + 1);
                var fetched = await source.FetchAsync(path, TufRole.Root.LongestDocument(), cancellationToken);
                if (fetched.Problem is not null)
                    return fetched.Missing("5.3.3", path);
                if (fetched.Content is not { } document)
                    return trust.CheckRoot(now);
                if (i == Limits.TufRootRotations)
                    return new TufProblem(
                        ReasonCode.TrustRootInvalid, "5.3.2", $"there are more than {Limits.TufRootRotations} roots after the one that is trusted");
                if (trust.UpdateRoot(document) is { } problem)
                    return problem;
                if (await KeepAsync(_kept) is { } unkept)
                    return unkept;
            }
        }

        /// <summary>§5.4.</summary>
        public async ValueTask<TufProblem?> UpdateTimestampAsync()
        {
            var fetched = await source.FetchAsync(TufPath.Timestamp, TufRole.Timestamp.LongestDocument(), cancellationToken);
            return fetched.Content is not { } document
                ? fetched.Missing("5.4.1", TufPath.Timestamp)
                : trust.UpdateTimestamp(document, now) ?? await KeepAsync(_kept);
        }

        /// <summary>§5.5: not fetched where the kept one is what the timestamp promises.</summary>
        public async ValueTask<TufProblem?> UpdateSnapshotAsync()
        {
            if (trust.Snapshot is { } known && trust.UpdateSnapshot(known.Content, now) is null)
                return null;

            var path = trust.SnapshotPath;
            var fetched = await source.FetchAsync(path, trust.Timestamp!.Snapshot.Length ?? TufRole.Snapshot.LongestDocument(), cancellationToken);
            return fetched.Content is not { } document
                ? fetched.Missing("5.5.1", path)
                : trust.UpdateSnapshot(document, now) ?? await KeepAsync(_kept);
        }

        /// <summary>§5.6: the top level alone.</summary>
        public async ValueTask<TufProblem?> UpdateTargetsAsync()
        {
            if (trust.Targets is { } known && trust.UpdateTargets(known.Content, now) is null)
                return null;

            var path = trust.TargetsPath;
            var fetched = await source.FetchAsync(path, trust.Snapshot!.Targets.Length ?? TufRole.Targets.LongestDocument(), cancellationToken);
            return fetched.Content is not { } document
                ? fetched.Missing("5.6.1", path)
                : trust.UpdateTargets(document, now) ?? await KeepAsync(_kept);
        }

        /// <summary>§5.7.</summary>
        public async ValueTask<TufUpdate> GetAsync(TufTargetName name)
        {
            if (trust.FindTarget(name, out var path, out var promise) is { } unknown)
                return new TufUpdate(unknown);
            if (_kept.Find(path!) is { } same && trust.CheckTarget(name, same.Span) is null)
                return await FinishAsync(path!, same);
            if (promise!.Length > Limits.TufTargetBytes)
                return new TufUpdate(new TufProblem(
                    ReasonCode.TrustRootInvalid, "5.7.1", $"{name} has {promise.Length} bytes; expected at most {Limits.TufTargetBytes}"));

            var fetched = await source.FetchAsync(path!, promise.Length ?? throw new UnreachableException(), cancellationToken);
            if (fetched.Content is not { } content)
                return new TufUpdate(fetched.Missing("5.7.2", path!));

            return trust.CheckTarget(name, content.Span) is { } problem ? new TufUpdate(problem) : await FinishAsync(path!, content);
        }

        private async ValueTask<TufUpdate> FinishAsync(TufPath path, ReadOnlyMemory<byte> content) =>
            await KeepAsync(_kept.Newest.With(path, content)) is { } problem ? new TufUpdate(problem) : new TufUpdate(trust, content, _kept);

        private async ValueTask<TufProblem?> KeepAsync(TufArchive archive)
        {
            _kept = archive.With(trust);
            return await state.SaveAsync(_kept, cancellationToken);
        }
    }
}
