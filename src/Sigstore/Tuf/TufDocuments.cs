// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using SupplyChain.Model;

namespace SupplyChain.Sigstore;

/// <summary>Timestamp metadata: the current snapshot; TUF specification §4.6.</summary>
public sealed class TufTimestamp : TufMetadata
{
    private TufTimestamp(TufBody body)
        : base(body) => Snapshot = TufPromise.OfMetadata(body.Signed.Required("meta").Required("snapshot.json"), TufRole.Snapshot);

    /// <summary>What it promises of the snapshot.</summary>
    public TufPromise Snapshot { get; }

    internal static bool TryRead(
        ReadOnlyMemory<byte> utf8, [NotNullWhen(true)] out TufTimestamp? timestamp, [NotNullWhen(false)] out string? problem) =>
        TufBody.TryRead(utf8, TufRole.Timestamp, body => new TufTimestamp(body), out timestamp, out problem);
}

/// <summary>Snapshot metadata: the versions that belong together; TUF specification §4.4.</summary>
public sealed class TufSnapshot : TufMetadata
{
    private TufSnapshot(TufBody body)
        : base(body)
    {
        var meta = body.Signed.Required("meta");
        Files = meta.Members(Limits.TufFiles).ToDictionary(file => file.Name, file => TufPromise.OfMetadata(file.Value), StringComparer.Ordinal);
        Targets = TufPromise.OfMetadata(meta.Required("targets.json"), TufRole.Targets);
    }

    /// <summary>What it promises of each document of targets metadata, delegated ones too, by file name.</summary>
    public IReadOnlyDictionary<string, TufPromise> Files { get; }

    /// <summary>What it promises of the top-level targets metadata.</summary>
    public TufPromise Targets { get; }

    internal static bool TryRead(
        ReadOnlyMemory<byte> utf8, [NotNullWhen(true)] out TufSnapshot? snapshot, [NotNullWhen(false)] out string? problem) =>
        TufBody.TryRead(utf8, TufRole.Snapshot, body => new TufSnapshot(body), out snapshot, out problem);
}

/// <summary>
/// Top-level targets metadata: the files; TUF specification §4.5. What it delegates is not read: trust roots are targets of the top level.
/// </summary>
public sealed class TufTargets : TufMetadata
{
    private TufTargets(TufBody body)
        : base(body) => Files = body.Signed.Required("targets").Members(Limits.TufFiles)
            .ToDictionary(file => file.Name, file => TufPromise.OfTarget(file.Value), StringComparer.Ordinal);

    /// <summary>What it promises of each file, by its path.</summary>
    public IReadOnlyDictionary<string, TufPromise> Files { get; }

    internal static bool TryRead(
        ReadOnlyMemory<byte> utf8, [NotNullWhen(true)] out TufTargets? targets, [NotNullWhen(false)] out string? problem) =>
        TufBody.TryRead(utf8, TufRole.Targets, body => new TufTargets(body), out targets, out problem);
}
