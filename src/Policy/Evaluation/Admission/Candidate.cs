// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Sigstore;

namespace SupplyChain.Policy;

/// <summary>
/// How far a piece of evidence came on the way to satisfying a requirement, in the order the steps are judged. What
/// came furthest explains best why a requirement does not hold.
/// </summary>
internal enum Stage
{
    Layout,
    Key,
    Witnesses,
    Window,
    Content,
    Verifier,
    Repository,
    Result,
    Time,
}

/// <summary>A piece of evidence held against one requirement.</summary>
internal sealed record Candidate(Digest Digest, Signer Signer)
{
    /// <summary>Where it failed; null when it satisfies the requirement.</summary>
    internal Rejection? Rejection { get; private init; }

    /// <summary>The step it failed at.</summary>
    internal Stage FailedAt { get; private init; }

    /// <summary>When it stops satisfying the requirement; null when nothing ends it.</summary>
    internal DateTimeOffset? Expires { get; private init; }

    internal bool Holds => Rejection is null;

    internal Candidate Reject(Stage stage, Rejection rejection) =>
        this with { FailedAt = stage, Rejection = rejection };

    internal Candidate Until(params ReadOnlySpan<DateTimeOffset?> ends)
    {
        var earliest = Expires;
        foreach (var end in ends)
            earliest = end < (earliest ?? DateTimeOffset.MaxValue) ? end : earliest;

        return this with { Expires = earliest };
    }
}
