// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;

namespace SupplyChain.Ledger;

/// <summary>
/// What a decision was made on, so that it can be made again. To the ledger these are bytes; what they say is up to whoever wrote them.
/// </summary>
/// <param name="Root">The document from which all others are found.</param>
/// <param name="Documents">All of them, the root included; empty when read back, where each is found by its digest.</param>
public sealed record DecisionBasis(Digest Root, IReadOnlyList<LedgerDocument> Documents);

/// <summary>Something that decisions rest on, kept once however many do.</summary>
/// <param name="Form">What it is, in one word, such as <c>scan</c>.</param>
/// <param name="Content">Its bytes, at most <see cref="Limits.LedgerDocumentBytes"/>.</param>
public sealed record LedgerDocument(string Form, ReadOnlyMemory<byte> Content)
{
    /// <summary>The SHA-256 of its bytes.</summary>
    public Digest Digest { get; } = Digest.Compute(Content.Span);
}

/// <summary>A decision that can perhaps be made again.</summary>
/// <param name="Recorded">The decision.</param>
/// <param name="Basis">The root of what it was made on; null when that was not kept.</param>
public sealed record ReplayableDecision(RecordedDecision Recorded, Digest? Basis);
