// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Policy;

/// <summary>A base image that a policy approves, as its registry serves it.</summary>
/// <param name="Reference">The image, by digest.</param>
/// <param name="Image">Its platforms with their configurations; null when it could not be had.</param>
public sealed record BaseImage(ImageReference Reference, ImageSubject? Image)
{
    /// <summary>Why it could not be had.</summary>
    public ReasonCode? Reason { get; init; }
}
