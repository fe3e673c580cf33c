// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Policy;

/// <summary>What the configuration of every platform has to say.</summary>
public sealed record ImageConfigCheck : PolicyCheck
{
    internal ImageConfigCheck(string name)
        : base(name)
    {
    }

    /// <summary>Whether a user other than root, named by number, has to be set.</summary>
    public bool RequiresNonRoot { get; init; }

    /// <summary>Ports that must not be exposed, whatever the protocol.</summary>
    public IReadOnlyList<int> DeniedPorts { get; init; } = [];

    /// <summary>Labels that have to be there, and their exact values; null for any but the empty one.</summary>
    public IReadOnlyDictionary<string, string?> RequiredLabels { get; init; } = new Dictionary<string, string?>(StringComparer.Ordinal);
}
