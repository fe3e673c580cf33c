// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Policy;

/// <summary>An attestation of some type is there, and its content is what a schema describes.</summary>
public sealed record PredicateCheck : AttestationCheck
{
    internal PredicateCheck(string name)
        : base(name)
    {
    }

    /// <summary>The predicate type.</summary>
    public required string Type { get; init; }

    /// <inheritdoc/>
    public override IReadOnlyList<string> PredicateTypes => [Type];

    /// <summary>What the predicate has to be; null when its being there is enough.</summary>
    public JsonSchema? Schema { get; init; }
}
