// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;

namespace SupplyChain.Sigstore;

/// <summary>
/// What a bundle says a log has recorded: nothing of it is proven; protobuf-specs, sigstore_rekor.proto.
/// </summary>
public sealed class LogEntry
{
    internal LogEntry()
    {
    }

    /// <summary>The id of the log.</summary>
    public required ReadOnlyMemory<byte> LogId { get; init; }

    /// <summary>The entry's place among all entries of the log.</summary>
    public required ulong LogIndex { get; init; }

    /// <summary>What kind of record it is.</summary>
    public required string Kind { get; init; }

    /// <summary>The version of that kind.</summary>
    public required string Version { get; init; }

    /// <summary>Seconds since 1970 at which the log says it took the entry; 0 where it does not.</summary>
    public required ulong IntegratedTime { get; init; }

    /// <summary>The log's promise to include the entry, which signs the time too; null where there is none.</summary>
    public required ReadOnlyMemory<byte>? Promise { get; init; }

    /// <summary>The proof that it did; null where there is none.</summary>
    public required LogEntryProof? Proof { get; init; }

    /// <summary>The record itself.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Kind and version, printable.</summary>
    public string Type => Printable.Escape($"{Kind} {Version}");

    /// <summary>Reads an entry.</summary>
    /// <exception cref="ProtoException">It is not of its form.</exception>
    internal static LogEntry Read(ProtoElement entry)
    {
        entry.AllowOnly(
            "logIndex", "logId", "kindVersion", "integratedTime", "inclusionPromise", "inclusionProof",
            "canonicalizedBody");
        var kind = entry.Required("kindVersion");
        kind.AllowOnly("kind", "version");
        var id = entry.Required("logId");
        id.AllowOnly("keyId");
        var promise = entry.Optional("inclusionPromise");
        promise?.AllowOnly("signedEntryTimestamp");
        return new LogEntry
        {
            LogId = id.Required("keyId").Bytes,
            LogIndex = entry.Optional("logIndex")?.Number ?? 0,
            Kind = kind.Required("kind").Text,
            Version = kind.Required("version").Text,
            IntegratedTime = entry.Optional("integratedTime")?.Number ?? 0,
            // An empty promise is what version 2 of the logs has where version 1 has one.
            Promise = promise?.Optional("signedEntryTimestamp") is { Bytes: { Length: > 0 } signed }
                ? signed.AsMemory()
                : default(ReadOnlyMemory<byte>?),
            Proof = entry.Optional("inclusionProof") is { } proof ? ReadProof(proof) : null,
            Body = entry.Required("canonicalizedBody").Bytes,
        };
    }

    private static LogEntryProof ReadProof(ProtoElement proof)
    {
        proof.AllowOnly("logIndex", "rootHash", "treeSize", "hashes", "checkpoint");
        var checkpoint = proof.Optional("checkpoint");
        checkpoint?.AllowOnly("envelope");
        return new LogEntryProof(
            proof.Optional("logIndex")?.Number ?? 0,
            proof.Optional("rootHash")?.Bytes ?? [],
            proof.Optional("treeSize")?.Number ?? 0,
            [.. proof.List("hashes", Limits.LogProofNodes).Select(node => (ReadOnlyMemory<byte>)node.Bytes)],
            checkpoint?.Required("envelope").Text);
    }
}

/// <summary>What a bundle says proves that a log has an entry.</summary>
/// <param name="LogIndex">The entry's place in the tree that the checkpoint is of.</param>
/// <param name="Root">The root of that tree.</param>
/// <param name="Size">Its number of entries.</param>
/// <param name="Nodes">The nodes beside the way up, lowest first.</param>
/// <param name="Checkpoint">What the log said of itself, as a signed note; null where there is none.</param>
public sealed record LogEntryProof(
    ulong LogIndex, ReadOnlyMemory<byte> Root, ulong Size, IReadOnlyList<ReadOnlyMemory<byte>> Nodes,
    string? Checkpoint);
