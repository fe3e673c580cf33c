// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Evidence;

/// <summary>
/// Which attachments a policy can count at all, so that nothing else is downloaded. Leaving something out can only lead
/// to a no: a policy never asks for the absence of evidence.
/// </summary>
public sealed record AttachmentNeeds
{
    private static readonly HashSet<string> None = new(StringComparer.Ordinal);

    /// <summary>Predicate types that count when they are in a bundle.</summary>
    public IReadOnlySet<string> BundleTypes { get; init; } = None;

    /// <summary>Predicate types that count when they are under the <c>.att</c> tag; with none, it is not fetched.</summary>
    public IReadOnlySet<string> EnvelopeTypes { get; init; } = None;

    /// <summary>Whether signatures under the <c>.sig</c> tag count.</summary>
    public bool TagSignatures { get; init; }

    /// <summary>Predicate types that count when their envelope is a referrer without a bundle.</summary>
    public IReadOnlySet<string> ReferrerTypes { get; init; } = None;

    /// <summary>Whether simple-signing signatures count that are referrers.</summary>
    public bool ReferrerSignatures { get; init; }

    /// <summary>Whether anything counts that is a referrer; otherwise they are not listed.</summary>
    public bool Referrers => BundleTypes.Count + ReferrerTypes.Count > 0 || ReferrerSignatures;

    /// <summary>
    /// Whether what stands beside a layer is left alone, so that bundles alone can say more of a signer than the key. A layer has at most a
    /// log's promise; a bundle has its proof, and can be kept as it is and judged again.
    /// </summary>
    public bool LayersSpeakForKeysAlone { get; init; }

    /// <summary>The largest attachment worth downloading, in bytes.</summary>
    public required long LargestAttachment { get; init; }
}
