// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using System.Globalization;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Sigstore;

namespace SupplyChain.Policy;

/// <summary>Evaluates a requirement's tree from its leaves.</summary>
internal sealed class RequirementEvaluation(AdmissionContext context)
{
    internal RequirementResult Evaluate(Requirement requirement) => requirement switch
    {
        CombinedRequirement combined => Combine(combined, [.. combined.Of.Select(Evaluate)]),
        SignedRequirement signed => EvaluateLeaf(signed),
        _ => throw new UnreachableException(),
    };

    private RequirementResult EvaluateLeaf(SignedRequirement leaf)
    {
        if (context.Policies.FindAttestor(leaf.Attestor) is not { } attestor)
        {
            return Leaf(leaf, Verdict.Fail, []) with
            {
                Why = new Rejection(ReasonCode.RuleNotMet, $"there is no attestor {leaf.Attestor}"),
            };
        }


        var candidates = Candidates(leaf, attestor)
            .OrderBy(candidate => candidate.Digest.ToString(), StringComparer.Ordinal)
            .ThenBy(candidate => candidate.Signer.Key.Id.ToString(), StringComparer.Ordinal)
            .ToList();
        var holding = candidates.Where(candidate => candidate.Holds).ToList();
        if (holding.Count > 0)
        {
            return Leaf(leaf, Verdict.Pass, candidates) with
            {
                Signers = [.. holding.Select(candidate => candidate.Signer.Principal).Distinct()],
                Used = [.. holding.Select(candidate => candidate.Digest).Distinct()],
                // A threshold may rest on any of them, so the first to end ends the answer.
                Expires = holding.Min(candidate => candidate.Expires),
            };
        }

        // What could not be looked at might have satisfied it: asking again may help.
        return context.Problems.FirstError is { } error
            ? Leaf(leaf, Verdict.Error, candidates) with
            {
                Why = new Rejection(error.Reason,
                    $"there is no {Kind(leaf)} by {leaf.Attestor} yet, but not everything could be looked at: "
                    + error.Message)
                {
                    Expected = error.Expected,
                    Actual = error.Actual,
                },
            }
            : Leaf(leaf, Verdict.Fail, candidates) with { Why = Explain(leaf, attestor, candidates) };
    }

    private IEnumerable<Candidate> Candidates(SignedRequirement leaf, AttestorDefinition attestor) => leaf switch
    {
        ApprovalRequirement approval => Statements(PredicateTypes.VerificationSummary)
            .Select(stored => ApprovalJudge.Judge(stored, approval, attestor, context)),
        SignatureRequirement =>
            context.Evidence.Signatures.Select(stored => SignatureJudge.Judge(stored, attestor, context)),
        AttestationRequirement attestation => Statements(attestation.Type)
            .Select(stored => SignatureJudge.Judge(stored, attestor, context)),
        _ => throw new UnreachableException(),
    };

    private IEnumerable<StoredStatement> Statements(string type) =>
        context.Evidence.Statements.Where(stored =>
            string.Equals(stored.Statement.PredicateType, type, StringComparison.Ordinal));

    // What came furthest tells most: of this attestor's own evidence rather than of somebody else's, and of evidence
    // that verified rather than of what did not.
    private Rejection Explain(SignedRequirement leaf, AttestorDefinition attestor, List<Candidate> candidates)
    {
        if (candidates.MaxBy(candidate => candidate.FailedAt) is { Rejection: { } nearest })
            return nearest with { Message = $"no {Kind(leaf)} by {leaf.Attestor} counts: {nearest.Message}" };

        var missing = $"there is no {Kind(leaf)} by {leaf.Attestor}";
        if (context.Problems.Notes is [var note, ..])
        {
            return new Rejection(note.Reason, $"{missing}: {note.Message}")
            {
                Expected = note.Reason == ReasonCode.KeyNotTrusted ? AdmissionContext.SignersOf(attestor) : note.Expected,
                Actual = note.Actual,
            };
        }

        return new Rejection(leaf switch
        {
            ApprovalRequirement => ReasonCode.ApprovalMissing,
            SignatureRequirement => ReasonCode.SignatureMissing,
            _ => ReasonCode.AttestationMissing,
        }, missing);
    }

    private static string Kind(SignedRequirement leaf) => leaf switch
    {
        ApprovalRequirement => "approval",
        SignatureRequirement => "signature",
        AttestationRequirement attestation => $"attestation {Printable.Escape(attestation.Type)}",
        _ => throw new UnreachableException(),
    };

    private static RequirementResult Leaf(Requirement leaf, Verdict verdict, IReadOnlyList<Candidate> candidates) =>
        new(leaf, verdict, []) { Candidates = candidates };

    private static RequirementResult Combine(CombinedRequirement requirement, IReadOnlyList<RequirementResult> parts)
    {
        var needed = requirement switch
        {
            AnyRequirement => 1,
            AtLeastRequirement atLeast => atLeast.Count,
            _ => parts.Count,
        };
        var holding = parts.Where(part => part.Holds).ToList();
        // A threshold counts signers, not statements: every part needs one that no other part is counted by.
        var counted = requirement is AtLeastRequirement
            ? DistinctSigners.Assign([.. holding.Select(part => part.Signers)])
            : holding.Count;
        var possible = counted + parts.Count(part => part.Verdict == Verdict.Error);
        var verdict = parts.Count == 0 || possible < needed ? Verdict.Fail
            : counted >= needed ? Verdict.Pass
            : Verdict.Error;
        return new RequirementResult(requirement, verdict, parts)
        {
            Signers = [.. holding.SelectMany(part => part.Signers).Distinct()],
            Used = [.. holding.SelectMany(part => part.Used).Distinct()],
            Expires = holding.Min(part => part.Expires),
            Why = verdict == Verdict.Pass ? null : Explain(requirement, verdict, parts, holding.Count, counted),
        };
    }

    private static Rejection Explain(
        CombinedRequirement requirement, Verdict verdict, IReadOnlyList<RequirementResult> parts,
        int holding, int counted)
    {
        var reason = verdict == Verdict.Error
            ? parts.First(part => part.Verdict == Verdict.Error).Why!.Reason
            : requirement is AtLeastRequirement ? ReasonCode.ThresholdNotMet : ReasonCode.RuleNotMet;
        var message = requirement is AtLeastRequirement && holding > counted
            ? $"{Number(holding)} of {Number(parts.Count)} hold, but by only {Number(counted)} different {(counted == 1 ? "signer" : "signers")}"
            : $"{Number(holding)} of {Number(parts.Count)} hold";
        return new Rejection(reason, message) { Expected = RequirementWords.Describe(requirement), Actual = message };
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
