// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model.Decisions;

namespace SupplyChain.Sigstore;

/// <summary>Why a signature, envelope, statement or bundle does not count.</summary>
/// <param name="Reason">The code of the closed list.</param>
/// <param name="Message">One sentence for people; text from outside is escaped.</param>
public sealed record SignatureProblem(ReasonCode Reason, string Message)
{
    /// <summary>What was asked for, where two values were compared.</summary>
    public string? Expected { get; init; }

    /// <summary>What was found, escaped, where two values were compared.</summary>
    public string? Actual { get; init; }

    internal static SignatureProblem Malformed(string message) => new(ReasonCode.SignatureMalformed, message);

    internal static SignatureProblem Limit(string message) => new(ReasonCode.EvidenceLimit, message);
}
