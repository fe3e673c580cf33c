// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model.Decisions;

namespace SupplyChain.Policy;

/// <summary>A rule that lets attestors vouch for evidence of one kind.</summary>
/// <param name="Kind">The kind, as <see cref="DecisionEvidence.Kind"/> names it.</param>
/// <param name="SignedBy">The attestors; none where the rule wants nobody's signature.</param>
/// <param name="Location">Where it is written.</param>
public sealed record VouchingRule(string Kind, IReadOnlyList<string> SignedBy, SourceLocation Location)
{
    internal const string Scan = "scan";
    internal const string Vex = "vex";
    internal const string Attestation = "attestation";

    /// <summary>A bare SBOM, for which no rule lets anybody but the requester vouch.</summary>
    internal const string Sbom = "sbom";

    /// <summary>Where each of <see cref="SignedBy"/> is written.</summary>
    internal IReadOnlyList<FieldPlace> Places { get; init; } = [];
}
