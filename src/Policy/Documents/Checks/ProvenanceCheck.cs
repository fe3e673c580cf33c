// SPDX-License-Identifier: Apache-2.0

using SignedTypes = SupplyChain.Sigstore.PredicateTypes;

namespace SupplyChain.Policy;

/// <summary>The image was built by an accepted builder, from an accepted source.</summary>
public sealed record ProvenanceCheck : AttestationCheck
{
    internal ProvenanceCheck(string name)
        : base(name)
    {
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> PredicateTypes { get; } = [SignedTypes.ProvenanceV1, SignedTypes.ProvenanceV02];

    /// <summary>The builders, by their exact ids; at least one.</summary>
    public required IReadOnlyList<string> Builders { get; init; }

    /// <summary>The repositories it may be built from; empty for any.</summary>
    public IReadOnlyList<SourceRepository> Sources { get; init; } = [];

    /// <summary>The branches and tags it may be built from, in full; empty for any.</summary>
    public IReadOnlyList<string> References { get; init; } = [];

    /// <summary>The exact build types; empty for any.</summary>
    public IReadOnlyList<string> BuildTypes { get; init; } = [];

    /// <summary>The only parameters that a build may have been given; null for any.</summary>
    public IReadOnlyList<string>? ExternalParameters { get; init; }
}
