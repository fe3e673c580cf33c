// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Policy;

/// <summary>
/// What is known about vulnerabilities themselves, whatever image they are in: snapshots that the operator supplies. A policy
/// that asks for one that is not here is an ERROR, never a pass.
/// </summary>
public sealed record ThreatData
{
    /// <summary>No snapshot at all.</summary>
    public static ThreatData None { get; } = new();

    /// <summary>Vulnerabilities that are known to be exploited.</summary>
    public KnownExploitedCatalog? KnownExploited { get; init; }

    /// <summary>How likely vulnerabilities are to be exploited.</summary>
    public EpssScores? Epss { get; init; }
}
