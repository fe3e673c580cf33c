// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Evidence;

/// <summary>
/// Which attachments a policy can count at all, so that nothing else is downloaded. Leaving something out can only lead
/// to a no: a policy never asks for the absence of evidence.
/// </summary>
public sealed record AttachmentNeeds
{
    /// <summary>Predicate types that bundles and <c>.att</c> envelopes are wanted for.</summary>
    public required IReadOnlySet<string> PredicateTypes { get; init; }

    /// <summary>Whether bundles found as referrers count.</summary>
    public bool Bundles { get; init; } = true;

    /// <summary>Whether the <c>.sig</c> tag counts.</summary>
    public bool TagSignatures { get; init; }

    /// <summary>Whether the <c>.att</c> tag counts.</summary>
    public bool TagEnvelopes { get; init; }

    /// <summary>The largest attachment worth downloading, in bytes.</summary>
    public required long LargestAttachment { get; init; }
}
