// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Sigstore;

/// <summary>
/// What is believed of a TUF repository, and the checks by which it may change: the client workflow of the TUF specification 1.0, §5,
/// without its downloads. A document that is refused changes nothing. Not thread-safe.
/// </summary>
public sealed partial class TufTrust
{
    private TufTrust(TufRoot root) => Root = root;

    /// <summary>The root.</summary>
    public TufRoot Root { get; private set; }

    /// <summary>The timestamp; null where there is none yet, or none that its keys still vouch for.</summary>
    public TufTimestamp? Timestamp { get; private set; }

    /// <summary>The snapshot; as <see cref="Timestamp"/>.</summary>
    public TufSnapshot? Snapshot { get; private set; }

    /// <summary>The top-level targets metadata; as <see cref="Timestamp"/>.</summary>
    public TufTargets? Targets { get; private set; }

    /// <summary>§5.2: begins with a root that came with the product or from an operator, however old it is.</summary>
    public static bool TryStart(
        ReadOnlyMemory<byte> document, [NotNullWhen(true)] out TufTrust? trust, [NotNullWhen(false)] out TufProblem? problem)
    {
        trust = null;
        if (!TufRoot.TryRead(document, out var root, out var unreadable))
            problem = TufProblem.Invalid("5.2", unreadable);
        else if (root.FindProblem(root) is { } unsigned)
            problem = TufProblem.Invalid("5.2", unsigned);
        else
            (trust, problem) = (new TufTrust(root), null);
        return trust is not null;
    }

    /// <summary>§5.3.4 to §5.3.8 and §5.3.11: the next root, which the one before it and it itself have to vouch for.</summary>
    /// <returns>Why it is refused; <see langword="null"/> when it is accepted and is <see cref="Root"/> now.</returns>
    public TufProblem? UpdateRoot(ReadOnlyMemory<byte> document)
    {
        if (!TufRoot.TryRead(document, out var root, out var unreadable))
            return TufProblem.Invalid("5.3.3", unreadable);
        if ((Root.FindProblem(root) ?? root.FindProblem(root)) is { } unsigned)
            return TufProblem.Invalid("5.3.4", unsigned);
        if (root.Version != Root.Version + 1)
            return TufProblem.Invalid("5.3.5", $"the root after version {Text(Root.Version)} has version {Text(root.Version)}; expected {Text(Root.Version + 1)}");

        var isRotated = Root.IsRotatedIn(root, TufRole.Timestamp) || Root.IsRotatedIn(root, TufRole.Snapshot);
        Root = root;
        Forget(isRotated);
        return null;
    }

    /// <summary>§5.3.10: whether the last root still counts.</summary>
    /// <returns>TRUST_ROOT_EXPIRED; <see langword="null"/> when it still counts.</returns>
    public TufProblem? CheckRoot(DateTimeOffset now) => CheckExpiry("5.3.10", Root, now);

    /// <summary>§5.4.2 to §5.4.4: what the repository says is current. A version that is known already changes nothing.</summary>
    /// <returns>Why it is refused; <see langword="null"/> when it is accepted.</returns>
    public TufProblem? UpdateTimestamp(ReadOnlyMemory<byte> document, DateTimeOffset now)
    {
        if (!TufTimestamp.TryRead(document, out var timestamp, out var unreadable))
            return TufProblem.Invalid("5.4.1", unreadable);
        if (Root.FindProblem(timestamp) is { } unsigned)
            return TufProblem.Invalid("5.4.2", unsigned);
        if (Timestamp is { } known)
        {
            if (timestamp.Version < known.Version)
                return Rollback("5.4.3.1", "timestamp", timestamp.Version, known.Version);
            if (timestamp.Version == known.Version)
                return CheckExpiry("5.4.4", known, now);
            if (timestamp.Snapshot.Version < known.Snapshot.Version)
                return Rollback("5.4.3.2", "snapshot, in the timestamp,", timestamp.Snapshot.Version, known.Snapshot.Version);
        }

        if (CheckExpiry("5.4.4", timestamp, now) is { } expired)
            return expired;

        Timestamp = timestamp;
        return null;
    }

    /// <summary>Where the snapshot of <see cref="Timestamp"/> is.</summary>
    public TufPath SnapshotPath => TufPath.Metadata(TufRole.Snapshot, Root.HasConsistentSnapshots ? KnownTimestamp.Snapshot.Version : null);

    /// <summary>§5.5.2 to §5.5.6: the snapshot that <see cref="Timestamp"/> promises.</summary>
    /// <returns>Why it is refused; <see langword="null"/> when it is accepted and is <see cref="Snapshot"/> now.</returns>
    public TufProblem? UpdateSnapshot(ReadOnlyMemory<byte> document, DateTimeOffset now)
    {
        var promised = KnownTimestamp.Snapshot;
        if (promised.FindProblem("the snapshot", document.Span) is { } broken)
            return TufProblem.Invalid("5.5.2", broken);
        if (!TufSnapshot.TryRead(document, out var snapshot, out var unreadable))
            return TufProblem.Invalid("5.5.1", unreadable);
        if (Root.FindProblem(snapshot) is { } unsigned)
            return TufProblem.Invalid("5.5.3", unsigned);
        if (snapshot.Version != promised.Version)
            return Mixed("5.5.4", snapshot, promised.Version, KnownTimestamp);
        if (Snapshot is { } known && FindRollback(known, snapshot) is { } rollback)
            return rollback;
        if (CheckExpiry("5.5.6", snapshot, now) is { } expired)
            return expired;

        Snapshot = snapshot;
        return null;
    }

    /// <summary>Where the top-level targets metadata of <see cref="Snapshot"/> is.</summary>
    public TufPath TargetsPath => TufPath.Metadata(TufRole.Targets, Root.HasConsistentSnapshots ? KnownSnapshot.Targets.Version : null);

    /// <summary>§5.6.2 to §5.6.5: the top-level targets metadata that <see cref="Snapshot"/> promises.</summary>
    /// <returns>Why it is refused; <see langword="null"/> when it is accepted and is <see cref="Targets"/> now.</returns>
    public TufProblem? UpdateTargets(ReadOnlyMemory<byte> document, DateTimeOffset now)
    {
        var promised = KnownSnapshot.Targets;
        if (promised.FindProblem("the targets metadata", document.Span) is { } broken)
            return TufProblem.Invalid("5.6.2", broken);
        if (!TufTargets.TryRead(document, out var targets, out var unreadable))
            return TufProblem.Invalid("5.6.1", unreadable);
        if (Root.FindProblem(targets) is { } unsigned)
            return TufProblem.Invalid("5.6.3", unsigned);
        if (targets.Version != promised.Version)
            return Mixed("5.6.4", targets, promised.Version, KnownSnapshot);
        if (CheckExpiry("5.6.5", targets, now) is { } expired)
            return expired;

        Targets = targets;
        return null;
    }

    /// <summary>§5.7: where a target is, and what is promised of it.</summary>
    /// <returns>Why there is none; <see langword="null"/> when both are found.</returns>
    public TufProblem? FindTarget(TufTargetName name, out TufPath? path, out TufPromise? promise)
    {
        ArgumentNullException.ThrowIfNull(name);
        path = null;
        if (!KnownTargets.Files.TryGetValue(name.Text, out promise))
            return TufProblem.Invalid("5.7.1", $"{KnownTargets} names no file {name}");

        var digest = promise.Digests.FirstOrDefault(listed => listed.IsSha256) ?? promise.Digests[0];
        path = TufPath.Target(name, Root.HasConsistentSnapshots ? digest.Hex : null);
        return null;
    }

    /// <summary>§5.7.3: whether this is the target that was promised.</summary>
    /// <returns>Why it is refused; <see langword="null"/> when it is accepted.</returns>
    public TufProblem? CheckTarget(TufTargetName name, ReadOnlySpan<byte> content)
    {
        if (FindTarget(name, out _, out var promise) is { } unknown)
            return unknown;

        return promise!.FindProblem(name.Text, content) is { } broken ? TufProblem.Invalid("5.7.3", broken) : null;
    }

    private TufTimestamp KnownTimestamp => Timestamp ?? throw new InvalidOperationException("There is no timestamp yet.");

    private TufSnapshot KnownSnapshot => Snapshot ?? throw new InvalidOperationException("There is no snapshot yet.");

    private TufTargets KnownTargets => Targets ?? throw new InvalidOperationException("There is no targets metadata yet.");

    // §5.3.11: whoever held the old keys may have set versions as high as they go.
    private void Forget(bool isRotated)
    {
        if (isRotated || Timestamp is not null && Root.FindProblem(Timestamp) is not null || Snapshot is not null && Root.FindProblem(Snapshot) is not null)
            (Timestamp, Snapshot) = (null, null);
        if (Targets is not null && Root.FindProblem(Targets) is not null)
            Targets = null;
    }

    private static TufProblem? FindRollback(TufSnapshot known, TufSnapshot snapshot)
    {
        foreach (var (name, before) in known.Files)
        {
            if (!snapshot.Files.TryGetValue(name, out var now))
                return TufProblem.Invalid("5.5.5", $"{snapshot} does not name {Printable.Escape(name)}; expected version {Text(before.Version)} or later");
            if (now.Version < before.Version)
                return Rollback("5.5.5", $"{Printable.Escape(name)}, in the snapshot,", now.Version, before.Version);
        }

        return null;
    }

    private static TufProblem Rollback(string section, string what, int? found, int? known) =>
        TufProblem.Invalid(section, $"the {what} went back to version {Text(found)}; expected {Text(known)} or later");

    private static TufProblem Mixed(string section, TufMetadata found, int? promised, TufMetadata by) =>
        TufProblem.Invalid(section, $"{found} was served; expected version {Text(promised)}, which {by} promises");

    private static TufProblem? CheckExpiry(string section, TufMetadata document, DateTimeOffset now) => now < document.Expires ? null : new TufProblem(
        ReasonCode.TrustRootExpired, section,
        $"{document} expired at {Rfc3339.Write(document.Expires)}; expected one that is valid at {Rfc3339.Write(now)}");

    private static string Text(int? version) => version?.ToString(CultureInfo.InvariantCulture) ?? "none";
}
