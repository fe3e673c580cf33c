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
        var statements = AttestedStatements.Of(check, context, statement => Judge(check.Schema, statement));
        return StatementCoverage.ToResult(
            check, Type, context, statements,
            new StatementWords(what, ReasonCode.AttestationMissing, $"{what} by {string.Join(" or ", check.SignedBy)} is as described"));
    }

    private static Rejection? Judge(JsonSchema? schema, VerifiedStatement statement)
    {
        if (schema?.FindMismatch(statement.Predicate) is not { } mismatch)
            return null;

        return new Rejection(ReasonCode.PredicateMismatch, $"{mismatch.Place} of the attestation is not what the policy describes")
        {
            Expected = $"{mismatch.Place}: {mismatch.Expected}",
            Actual = $"{mismatch.Place}: {mismatch.Actual}",
        };
    }
}
