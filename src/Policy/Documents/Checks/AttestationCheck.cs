// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;

namespace SupplyChain.Policy;

/// <summary>A check of what somebody attests about the image.</summary>
public abstract record AttestationCheck : PolicyCheck
{
    private protected AttestationCheck(string name)
        : base(name)
    {
    }

    /// <summary>Who has to vouch for what it judges.</summary>
    public EvidenceSource Source { get; init; }

    /// <summary>The attestors of purpose evidence whose statements count: at least one, and none where the requester's word is enough.</summary>
    public required IReadOnlyList<string> SignedBy { get; init; }

    /// <summary>Where each of <see cref="SignedBy"/> is written.</summary>
    internal IReadOnlyList<FieldPlace> SignedByPlaces { get; init; } = [];

    /// <summary>The predicate types of the statements it judges; compared exactly.</summary>
    public abstract IReadOnlyList<string> PredicateTypes { get; }

    /// <summary>The most bytes that a predicate may have to be judged.</summary>
    public virtual int LargestPredicate => Limits.JudgedPredicateBytes;

    /// <summary>Where it is written.</summary>
    public required SourceLocation Location { get; init; }
}
