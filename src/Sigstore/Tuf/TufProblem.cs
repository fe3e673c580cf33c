// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model.Decisions;

namespace SupplyChain.Sigstore;

/// <summary>Why an update of a trust root ended before it was done.</summary>
/// <param name="Reason">The code of the closed list.</param>
/// <param name="Section">The step: its section of the TUF specification.</param>
/// <param name="Message">What was expected and what was found; text from outside is escaped.</param>
public sealed record TufProblem(ReasonCode Reason, string Section, string Message)
{
    /// <summary>The metadata does not hold what it has to.</summary>
    internal static TufProblem Invalid(string section, string message) => new(ReasonCode.TrustRootInvalid, section, message);

    /// <summary>The code, the sentence and the step.</summary>
    public override string ToString() => $"{Reason}: {Message} (TUF {Section})";
}
