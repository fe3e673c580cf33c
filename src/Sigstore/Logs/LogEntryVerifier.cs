// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using SupplyChain.Model;
using SupplyChain.Transparency;

namespace SupplyChain.Sigstore;

/// <summary>
/// That a trusted log recorded a signature, and when, if it signed the time. Only this library makes one, as part of <see cref="VerifiedMaterial"/>.
/// </summary>
public sealed class VerifiedLogEntry
{
    internal VerifiedLogEntry(TrustedLog log, ulong? index, ReadOnlyMemory<byte> leaf, DateTimeOffset? time, bool isIncluded)
    {
        Log = log;
        Index = index;
        Leaf = leaf;
        Time = time;
        IsIncluded = isIncluded;
    }

    /// <summary>The log.</summary>
    public TrustedLog Log { get; }

    /// <summary>The entry's place among all of the log's entries; null where nothing signed proves it.</summary>
    public ulong? Index { get; }

    /// <summary>The entry's leaf in the log's tree.</summary>
    public ReadOnlyMemory<byte> Leaf { get; }

    /// <summary>When it took the entry; null where nothing signed proves it.</summary>
    public DateTimeOffset? Time { get; }

    /// <summary>Whether the entry was shown to be in the log's tree, rather than promised to be.</summary>
    public bool IsIncluded { get; }
}

/// <summary>Verifies that a log recorded a signature.</summary>
internal static class LogEntryVerifier
{
    private const int RekorV1IndexDigits = 20;

    /// <summary>
    /// Verifies everything an entry claims: a promise that is there has to be the log's, a proof that is there has to lead to what the log
    /// signed, and the record has to be of <paramref name="signature"/>. An entry with neither proves nothing.
    /// </summary>
    /// <param name="entry">The entry.</param>
    /// <param name="logs">The logs that are trusted.</param>
    /// <param name="signature">The signature at hand.</param>
    /// <param name="verified">What the entry proves; null, without a problem, for an entry of a log that nobody trusts.</param>
    /// <param name="problem">What was expected and what was found.</param>
    public static bool TryVerify(
        LogEntry entry, IReadOnlyList<TrustedLog> logs, LoggedSignature signature,
        out VerifiedLogEntry? verified, [NotNullWhen(false)] out string? problem)
    {
        verified = null;
        var log = logs.FirstOrDefault(known => known.Id.Span.SequenceEqual(entry.LogId.Span));
        problem = log is null ? LogEntryBody.Explain(entry, signature) : Explain(entry, log, signature, out verified);
        return problem is null;
    }

    private static string? Explain(LogEntry entry, TrustedLog log, LoggedSignature signature, out VerifiedLogEntry? verified)
    {
        verified = null;
        DateTimeOffset? time = null;
        if (entry.Promise is null && entry.Proof is null)
            return $"the entry of {log.Host} has neither a promise nor a proof of inclusion";
        if (entry.Promise is { } promise && ExplainPromise(entry, log, promise, out time) is { } broken)
            return broken;
        var leaf = MerkleTree.Leaf(entry.Body.Span);
        var isPlaced = entry.Promise is not null;
        if (entry.Proof is { } proof && ExplainProof(entry, log, proof, leaf, ref isPlaced) is { } wrong)
            return wrong;
        // Without a checkpoint nobody signed the root, and the proof alone leads nowhere.
        var isIncluded = entry.Proof?.Checkpoint is not null;
        if (!isIncluded && entry.Promise is null)
            return $"the proof of inclusion in {log.Host} has no checkpoint";
        if (LogEntryBody.Explain(entry, signature) is { } other)
            return other;

        verified = new VerifiedLogEntry(log, isPlaced ? entry.LogIndex : null, leaf, time, isIncluded);
        return null;
    }

    // The log signs body, time, id and index as canonical JSON; Rekor's SignedEntryTimestamp.
    private static string? ExplainPromise(LogEntry entry, TrustedLog log, ReadOnlyMemory<byte> promise, out DateTimeOffset? time)
    {
        time = null;
        if (entry.IntegratedTime is 0 or > int.MaxValue)
            return $"the promise of {log.Host} is for no time, or for one after 2038";

        var message = string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"body":"{{Convert.ToBase64String(entry.Body.Span)}}","integratedTime":{{entry.IntegratedTime}},"logID":"{{Convert.ToHexStringLower(log.Id.Span)}}","logIndex":{{entry.LogIndex}}}""");
        if (!log.Key.Verify(Encoding.UTF8.GetBytes(message), promise.Span))
            return $"the promise of inclusion was not signed by {log.Host}";

        time = DateTimeOffset.FromUnixTimeSeconds((long)entry.IntegratedTime);
        return log.ValidFor.Contains(time.Value)
            ? null
            : $"{log.Host} is trusted from {log.ValidFor}, and took the entry at {Rfc3339.Write(time.Value)}";
    }

    private static string? ExplainProof(LogEntry entry, TrustedLog log, LogEntryProof proof, byte[] leaf, ref bool isPlaced)
    {
        string? problem;
        if (proof.Checkpoint is null)
            return InclusionProof.TryVerify(leaf, proof.LogIndex, proof.Size, proof.Nodes, proof.Root.Span, out problem) ? null : problem;

        if (!SignedNote.TryRead(Encoding.UTF8.GetBytes(proof.Checkpoint), out var note, out problem)
            || !note.TryVerify([log.CheckpointKey], out _, out problem) || !Checkpoint.TryParse(note.Text.Span, out var checkpoint, out problem))
        {
            return $"the checkpoint does not count: {problem}";
        }

        if (!IsOriginOf(log, checkpoint.Origin, out var isSharded))
            return $"the checkpoint is of log '{Printable.Escape(checkpoint.Origin)}'; expected '{log.Host}'";
        if (checkpoint.Size != proof.Size || !checkpoint.Root.Span.SequenceEqual(proof.Root.Span))
            return $"the checkpoint is of {checkpoint.Size} entries and the proof of {proof.Size}, or of another root";
        // A sharded log counts over all shards and has a tree for each; the others have one.
        if (!isSharded && proof.LogIndex != entry.LogIndex)
            return $"the entry has place {entry.LogIndex} in {log.Host}, and its proof is of place {proof.LogIndex}";

        isPlaced |= !isSharded;
        return InclusionProof.TryVerify(leaf, proof.LogIndex, checkpoint.Size, proof.Nodes, checkpoint.Root.Span, out problem) ? null : problem;
    }

    // Rekor v1 adds the number of the tree to the origin; v2 has one tree a log.
    private static bool IsOriginOf(TrustedLog log, string origin, out bool isSharded)
    {
        var rest = origin.StartsWith(log.Host, StringComparison.Ordinal) ? origin.AsSpan(log.Host.Length) : "?";
        isSharded = rest.StartsWith(" - ", StringComparison.Ordinal);
        return rest.IsEmpty || (isSharded && rest.Length is > 3 and <= 3 + RekorV1IndexDigits && !rest[3..].ContainsAnyExceptInRange('0', '9'));
    }
}
