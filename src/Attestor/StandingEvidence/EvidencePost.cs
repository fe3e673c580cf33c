// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Evidence;
using SupplyChain.Policy;

namespace SupplyChain.Attestor;

/// <summary>What a scanner posts: reports on an image, which may have been signed long ago. Nothing is asked for.</summary>
public sealed record EvidencePost
{
    /// <summary>Who posts, as authentication established it.</summary>
    public required Requester Poster { get; init; }

    /// <summary>The image as it was written; anything but a digest in a configured registry is refused.</summary>
    public required string Image { get; init; }

    /// <summary>The reports; at least one.</summary>
    public required IReadOnlyList<ISubmittedReport> Reports { get; init; }
}
