// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Sigstore;

namespace SupplyChain.Policy;

/// <summary>What became of one requirement.</summary>
internal sealed record RequirementResult(
    Requirement Requirement, Verdict Verdict, IReadOnlyList<RequirementResult> Parts)
{
    /// <summary>The distinct signers whose evidence satisfies it.</summary>
    internal IReadOnlyList<Principal> Signers { get; init; } = [];

    /// <summary>The evidence that satisfies it.</summary>
    internal IReadOnlyList<Digest> Used { get; init; } = [];

    /// <summary>For a leaf, what was held against it.</summary>
    internal IReadOnlyList<Candidate> Candidates { get; init; } = [];

    /// <summary>Why it does not hold.</summary>
    internal Rejection? Why { get; init; }

    /// <summary>When it stops holding; null when nothing ends it.</summary>
    internal DateTimeOffset? Expires { get; init; }

    internal bool Holds => Verdict == Verdict.Pass;

    /// <summary>Everything that was held against any leaf.</summary>
    internal IEnumerable<Candidate> AllCandidates => Candidates.Concat(Parts.SelectMany(part => part.AllCandidates));
}
