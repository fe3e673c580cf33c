// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;

namespace SupplyChain.Policy;

/// <summary>One piece of what a decision was made on, in its normal form.</summary>
/// <param name="Form"><c>basis</c>, <c>scan</c>, <c>statement</c>, <c>bundle</c>, <c>document</c> or <c>policy</c>.</param>
/// <param name="Content">Its bytes.</param>
public sealed record RecordedPiece(string Form, ReadOnlyMemory<byte> Content)
{
    /// <summary>The SHA-256 of its bytes, by which others refer to it.</summary>
    public Digest Digest { get; } = Digest.Compute(Content.Span);
}

/// <summary>What a decision was made on, read back: enough to make it again, and never enough to enforce it.</summary>
/// <param name="Policies">The policy with every attestor it refers to or that may end one of their members, and their keys as they were.</param>
/// <param name="Policy">The policy.</param>
/// <param name="Evidence">The evidence; <see cref="EvidenceOrigin.Recorded"/>.</param>
/// <param name="LeftOut">
/// Predicate types of statements that were there and are not kept: whoever judges them would miss what the decision saw.
/// </param>
public sealed record RecordedEvidence(
    PolicySet Policies, SigningPolicy Policy, EvidenceSet Evidence, IReadOnlyList<string> LeftOut);
