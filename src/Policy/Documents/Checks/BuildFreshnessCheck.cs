// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Policy;

/// <summary>Every platform was built recently, by its own word.</summary>
public sealed record BuildFreshnessCheck : PolicyCheck
{
    internal BuildFreshnessCheck(string name)
        : base(name)
    {
    }

    /// <summary>How old a build may be, and what an image without a time means.</summary>
    public required AgeLimit MaximumBuildAge { get; init; }
}
