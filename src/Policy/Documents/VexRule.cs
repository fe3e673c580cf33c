// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Scanning;

namespace SupplyChain.Policy;

/// <summary>Whose VEX statements count, about what, and how far.</summary>
public sealed record VexRule
{
    /// <summary>The attestors, of purpose evidence, whose signature makes a document count.</summary>
    public required IReadOnlyList<string> SignedBy { get; init; }

    /// <summary>Where each of <see cref="SignedBy"/> is written.</summary>
    internal IReadOnlyList<FieldPlace> SignedByPlaces { get; init; } = [];

    /// <summary>What their documents have to be attested as; OpenVEX where the policy does not say.</summary>
    public required IReadOnlyList<string> PredicateTypes { get; init; }

    /// <summary>The products they may speak of.</summary>
    public required IReadOnlyList<PackageUrlPattern> Products { get; init; }

    /// <summary>The statuses that set a finding aside: not affected, fixed, or both.</summary>
    public required IReadOnlyList<VexStatus> Statuses { get; init; }

    /// <summary>How old a statement may be to set a finding aside; one that tells no time does not.</summary>
    public required TimeSpan MaximumAge { get; init; }

    /// <summary>Whether a statement counts that names neither a version of the product nor a part of it.</summary>
    public bool AcceptsBlanket { get; init; }

    /// <summary>Where it is written.</summary>
    public required SourceLocation Location { get; init; }
}
