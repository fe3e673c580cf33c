// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Scanning;

/// <summary>What a report or an SBOM says it is about.</summary>
/// <param name="What">What to call it in messages.</param>
/// <param name="Subjects">The digests it names.</param>
/// <param name="Malformed">What is wrong with the others.</param>
/// <param name="Platform">The platform it names, if it does.</param>
internal sealed record BindingClaim(string What, IReadOnlyList<ReportSubject> Subjects, IReadOnlyList<string> Malformed, Platform? Platform)
{
    /// <summary>The reason where it does not lead to one platform.</summary>
    public ReasonCode Unbound { get; init; } = ReasonCode.ReportUnbound;

    /// <summary>The reason where it leads to another image.</summary>
    public ReasonCode Mismatch { get; init; } = ReasonCode.ReportSubjectMismatch;
}
