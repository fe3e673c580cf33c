// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Sigstore;

namespace SupplyChain.Policy;

/// <summary>Finds the claims that a check may believe, in an order that does not depend on how they were found.</summary>
internal static class Claims
{
    /// <summary>What a check judges; a claim that it must not believe carries why.</summary>
    internal static IReadOnlyList<JudgedClaim> Of(AttestationCheck check, CheckContext context, Func<Claim, Rejection?> judge) =>
        check.Source == EvidenceSource.Submitted ? Submitted(check, context, judge) : [.. Attested(check, context, judge), .. Unvouched(check, context)];

    /// <summary>Whether a document is of the kind that a check judges. A bare SBOM is no statement that other checks could judge.</summary>
    internal static bool IsOf(AttestationCheck check, SubmittedDocument document) =>
        check.PredicateTypes.Contains(document.PredicateType, StringComparer.Ordinal) && (check is SbomCheck || !document.IsBare);

    // The statements of the check's types by its signers. What anybody else signed is not among them: it neither helps nor harms.
    private static IEnumerable<JudgedClaim> Attested(AttestationCheck check, CheckContext context, Func<Claim, Rejection?> judge) =>
        context.Evidence.Statements.Select(stored => stored.Statement)
            .Where(statement => check.PredicateTypes.Contains(statement.PredicateType, StringComparer.Ordinal))
            .Select(statement => (Statement: statement, Members: MembersOf(check, context.Policies, statement)))
            .Where(candidate => candidate.Members.Count > 0)
            .DistinctBy(candidate => (candidate.Statement.Digest, candidate.Statement.Image))
            .Select(candidate => (Claim: new Claim(candidate.Statement), candidate.Members))
            .OrderBy(candidate => candidate.Claim.Digest.ToString(), StringComparer.Ordinal)
            .ThenBy(candidate => candidate.Claim.Order, StringComparer.Ordinal)
            .Select(candidate => new JudgedClaim(
                candidate.Claim,
                JudgeSigner(candidate.Members, candidate.Claim.Signer!, context) ?? JudgeSize(check.LargestPredicate, candidate.Claim) ?? judge(candidate.Claim)));

    private static IReadOnlyList<JudgedClaim> Submitted(AttestationCheck check, CheckContext context, Func<Claim, Rejection?> judge)
    {
        var proven = check is not SbomCheck { Binding: EvidenceBinding.Asserted };
        return
        [
            .. Sent(check, context).Select(document => (Document: document, Claim: new Claim(document)))
                .Select(sent => new JudgedClaim(
                    sent.Claim,
                    sent.Document.Contradiction ?? (proven && sent.Document.Binding != EvidenceBinding.Proven ? Unbound : null)
                        ?? JudgeSize(check.LargestPredicate, sent.Claim) ?? judge(sent.Claim))),
        ];
    }

    // Not evidence for the check, and shown where something is missing: it is why.
    private static IEnumerable<JudgedClaim> Unvouched(AttestationCheck check, CheckContext context)
    {
        var signed = context.Evidence.Statements.Select(stored => stored.Statement)
            .Where(statement => MembersOf(check, context.Policies, statement).Count > 0).Select(statement => statement.Digest).ToHashSet();
        return Sent(check, context).Where(document => !signed.Contains(document.Digest)).Select(document => new JudgedClaim(
            new Claim(document),
            new Rejection(ReasonCode.DocumentUnvouched, "only the requester vouches for what was sent")
            {
                Expected = $"signed by {string.Join(" or ", check.SignedBy)}",
                Actual = "submitted",
            }));
    }

    private static IEnumerable<SubmittedDocument> Sent(AttestationCheck check, CheckContext context) => context.Evidence.Documents
        .Where(document => IsOf(check, document)).DistinctBy(document => document.Digest)
        .OrderBy(document => document.Digest.ToString(), StringComparer.Ordinal);

    private static readonly Rejection Unbound = new(ReasonCode.DocumentUnbound, "the SBOM names no digest of this image")
    {
        Expected = "an SBOM that names the image's digest, or a statement around it that does",
        Actual = "asserted by whoever sent it",
    };

    private static List<Membership> MembersOf(AttestationCheck check, PolicySet policies, VerifiedStatement statement) =>
    [
        .. from membership in Membership.Of(policies, statement.Signer)
           where membership.Attestor.Purpose == AttestorPurpose.Evidence && check.SignedBy.Contains(membership.Attestor.Name, StringComparer.Ordinal)
           select membership,
    ];

    // Of several members one that counts is enough. A log's promise alone never is.
    private static Rejection? JudgeSigner(List<Membership> named, Signer signer, CheckContext context)
    {
        var memberships = Membership.Of(context.Policies, signer);
        Rejection? refused = null;
        foreach (var (attestor, members) in named)
        {
            var excluded = SignerExclusion.ByPurpose(memberships, signer, attestor) ?? SignerExclusion.ByRevocation(memberships, signer, attestor);
            foreach (var member in members)
            {
                var refusal = excluded
                    ?? MemberJudge.Judge(member, signer, context.Policies, context.Time, takesPromises: false)?.Rejection;
                if (refusal is null)
                    return null;
                refused ??= refusal;
            }
        }

        return refused;
    }

    private static Rejection? JudgeSize(int most, Claim claim) =>
        claim.PredicateContent.Length <= most
            ? null
            : new Rejection(ReasonCode.EvidenceLimit, "its predicate is too large to be judged")
            {
                Expected = $"at most {most} bytes",
                Actual = $"{claim.PredicateContent.Length} bytes",
            };
}
