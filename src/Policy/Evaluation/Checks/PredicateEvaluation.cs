// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Sigstore;

namespace SupplyChain.Policy;

/// <summary>Judges the content of attestations of any type.</summary>
internal static class PredicateEvaluation
{
    private const string Type = "predicate";

    internal static CheckResult Evaluate(PredicateCheck check, CheckContext context)
    {
        var what = $"attestation {Printable.Escape(check.Type)}";
        var claims = Claims.Of(check, context, claim => Judge(check.Schema, claim) ?? JudgeForm(claim));
        return StatementCoverage.ToResult(
            check, Type, context, claims,
            new StatementWords(what, "attestation", ReasonCode.AttestationMissing, $"{what} {StatementCoverage.By(check)} is as described"));
    }

    // Of types that are known to the product a predicate has to be what its type says, whatever the schema leaves open.
    private static Rejection? JudgeForm(Claim claim)
    {
        string? problem = null;
        var isWellFormed = claim.PredicateType switch
        {
            PredicateTypes.TestResult => TestResult.TryRead(claim.Predicate, out _, out problem),
            PredicateTypes.AttributeReportV02 or PredicateTypes.AttributeReportV03 => AttributeReport.TryRead(claim.Predicate, out _, out problem),
            _ => true,
        };
        return isWellFormed
            ? null
            : new Rejection(ReasonCode.PredicateMismatch, $"the attestation is not of its own type: {problem}")
            {
                Expected = $"what {Printable.Escape(claim.PredicateType)} is defined as",
                Actual = problem,
            };
    }

    private static Rejection? Judge(JsonSchema? schema, Claim claim)
    {
        if (schema?.FindMismatch(claim.Predicate) is not { } mismatch)
            return null;

        return new Rejection(ReasonCode.PredicateMismatch, $"{mismatch.Place} of the attestation is not what the policy describes")
        {
            Expected = $"{mismatch.Place}: {mismatch.Expected}",
            Actual = $"{mismatch.Place}: {mismatch.Actual}",
        };
    }
}
