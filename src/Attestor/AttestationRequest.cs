// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Evidence;
using SupplyChain.Policy;

namespace SupplyChain.Attestor;

/// <summary>What a pipeline asks: to sign an image on the strength of these reports.</summary>
public sealed record AttestationRequest
{
    /// <summary>Who asks, as authentication established it.</summary>
    public required Requester Requester { get; init; }

    /// <summary>The image as it was written; anything but a digest in a configured registry is refused.</summary>
    public required string Image { get; init; }

    /// <summary>The scan reports sent along.</summary>
    public required IReadOnlyList<ISubmittedReport> Reports { get; init; }

    /// <summary>SBOMs, provenance and other statements sent along.</summary>
    public IReadOnlyList<SubmittedPart> Documents { get; init; } = [];

    /// <summary>The signing policy by name, where several cover the requester and the image.</summary>
    public string? Policy { get; init; }

    /// <summary>The caller's own key for this request, if it sent one.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>
    /// Whether to stop after the evaluation: nothing is signed and no decision recorded. The reports are known from then on.
    /// </summary>
    public bool CheckOnly { get; init; }
}
