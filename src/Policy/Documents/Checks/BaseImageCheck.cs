// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;

namespace SupplyChain.Policy;

/// <summary>Every platform begins with the layers of an approved base image.</summary>
public sealed record BaseImageCheck : PolicyCheck
{
    internal BaseImageCheck(string name)
        : base(name)
    {
    }

    /// <summary>The base images, by digest; at least one.</summary>
    public required IReadOnlyList<ImageReference> Approved { get; init; }
}
