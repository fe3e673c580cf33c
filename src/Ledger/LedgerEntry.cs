// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;

namespace SupplyChain.Ledger;

/// <summary>What an entry records.</summary>
public enum EntryKind
{
    /// <summary>What is about to be signed, with which key, and the decision that led to it.</summary>
    Intent,

    /// <summary>A signature that was made and verified, with the exact bytes to be published.</summary>
    Signature,

    /// <summary>Everything is published and was read back; holds the final decision.</summary>
    Completion,

    /// <summary>A decision that is not a yes; nothing was signed.</summary>
    Refusal,

    /// <summary>A scan report became known for an image.</summary>
    Evidence,

    /// <summary>A request that never reached a policy: malformed, or of somebody without a grant.</summary>
    Rejected,

    /// <summary>The public half of a signing key, when the key was first used or the policy named another one for it.</summary>
    Key,

    /// <summary>Something that decisions rest on, such as a policy or evidence in its normal form, kept once for all of them.</summary>
    Document,

    /// <summary>An image that was signed was judged again on newer evidence and no longer passes; nothing was signed.</summary>
    Review,
}

/// <summary>One entry of the chain, as stored.</summary>
/// <param name="Sequence">Its number, from 1 without gaps.</param>
/// <param name="Time">When it was written, in milliseconds, by the writer's clock.</param>
/// <param name="Kind">What it records.</param>
/// <param name="Request">The request it belongs to; the id of the decision that ends the request is the same.</param>
/// <param name="Body">Its content as UTF-8 JSON, the exact bytes that are hashed.</param>
/// <param name="Previous">The hash of the entry before it; zeros for the first.</param>
/// <param name="Hash">Its own hash, over all of the above. See <c>EntryHash</c> for the bytes.</param>
public sealed record LedgerEntry(
    long Sequence, DateTimeOffset Time, EntryKind Kind, string Request, ReadOnlyMemory<byte> Body, Digest Previous,
    Digest Hash)
{
    /// <summary>This entry as a head to remember.</summary>
    public LedgerHead Head => new(Sequence, Hash);
}

/// <summary>Which entries to show.</summary>
public sealed record EntryFilter
{
    /// <summary>Kinds to show; empty means all.</summary>
    public IReadOnlyList<EntryKind> Kinds { get; init; } = [];

    /// <summary>Only entries of this request.</summary>
    public string? Request { get; init; }

    /// <summary>Only entries about the image with this digest.</summary>
    public Digest? Image { get; init; }

    /// <summary>Only entries written at or after this time.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Only entries written before this time.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Only entries after this sequence number.</summary>
    public long After { get; init; }

    /// <summary>At most this many entries.</summary>
    public int? Limit { get; init; }
}
