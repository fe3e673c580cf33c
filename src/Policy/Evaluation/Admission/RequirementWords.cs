// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using System.Globalization;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Policy;

/// <summary>
/// Writes a requirement's tree as checks that people can read: one for each leaf and one for each combination.
/// </summary>
internal static class RequirementWords
{
    /// <summary>The checks of a tree, leaves before what combines them.</summary>
    internal static IEnumerable<CheckResult> ToChecks(RequirementResult root) => ToChecks(root, isNeeded: true);

    /// <summary>What a requirement asks for.</summary>
    internal static string Describe(Requirement requirement) => requirement switch
    {
        ApprovalRequirement { MaximumAge: { } age } =>
            $"approval by {Attestor(requirement)}, at most {Times.Show(age)} old",
        ApprovalRequirement => $"approval by {Attestor(requirement)}",
        SignatureRequirement => $"signature by {Attestor(requirement)}",
        AttestationRequirement attestation =>
            $"attestation {Printable.Escape(attestation.Type)} by {attestation.Attestor}",
        AllRequirement all => $"all of ({Describe(all.Of)})",
        AnyRequirement any => $"any of ({Describe(any.Of)})",
        AtLeastRequirement atLeast =>
            $"at least {Number(atLeast.Count)} of ({Describe(atLeast.Of)}), by different signers",
        _ => throw new UnreachableException(),
    };

    private static IEnumerable<CheckResult> ToChecks(RequirementResult result, bool isNeeded)
    {
        // Once a combination holds, the parts that do not were not needed; failing them would deny what holds.
        var parts = result.Parts.SelectMany(part => ToChecks(part, isNeeded && (!result.Holds || part.Holds)));
        return parts.Append(ToCheck(result, isNeeded));
    }

    private static CheckResult ToCheck(RequirementResult result, bool isNeeded)
    {
        var name = result.Requirement is SignedRequirement
            ? $"{Type(result.Requirement)} {Attestor(result.Requirement)}"
            : Name(result.Requirement);
        var type = Type(result.Requirement);
        if (result.Holds)
        {
            var message = result.Requirement is SignedRequirement
                ? $"{Describe(result.Requirement)}: {string.Join(", ", result.Signers)}"
                : $"{Describe(result.Requirement)} {(result.Requirement is AnyRequirement ? "holds" : "hold")}";
            return CheckResult.Pass(name, type, message) with { Evidence = result.Used };
        }

        var why = result.Why!;
        if (!isNeeded)
            return CheckResult.Skipped(name, type, why.Reason, $"not needed: {why.Message}");

        var check = result.Verdict == Verdict.Error
            ? CheckResult.Error(name, type, why.Reason, why.Message)
            : CheckResult.Fail(name, type, why.Reason, why.Message);
        return check with
        {
            Expected = why.Expected ?? Describe(result.Requirement),
            Actual = why.Actual ?? why.Message,
            Remedy = why.Reason.Remedy,
        };
    }

    private static string Describe(IReadOnlyList<Requirement> parts) => string.Join(", ", parts.Select(Describe));

    private static string Attestor(Requirement leaf) => ((SignedRequirement)leaf).Attestor;

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Name(Requirement requirement) => requirement switch
    {
        AllRequirement all => $"all of {Number(all.Of.Count)}",
        AnyRequirement any => $"any of {Number(any.Of.Count)}",
        AtLeastRequirement some =>
            $"at least {Number(some.Count)} of {Number(some.Of.Count)}",
        _ => throw new UnreachableException(),
    };

    private static string Type(Requirement requirement) => requirement switch
    {
        ApprovalRequirement => "approval",
        SignatureRequirement => "signature",
        AttestationRequirement => "attestation",
        AllRequirement => "all",
        AnyRequirement => "any",
        AtLeastRequirement => "atLeast",
        _ => throw new UnreachableException(),
    };
}
