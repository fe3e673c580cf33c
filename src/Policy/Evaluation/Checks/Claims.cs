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
                JudgeKey(candidate.Members, context.Time) ?? JudgeSize(check.LargestPredicate, candidate.Claim) ?? judge(candidate.Claim)));

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

    private static List<AttestorMember> MembersOf(AttestationCheck check, PolicySet policies, VerifiedStatement statement) =>
    [
        .. check.SignedBy.Select(policies.FindAttestor)
            .Where(attestor => attestor is { Purpose: AttestorPurpose.Evidence })
            .Select(attestor => attestor!.MemberOf(statement.Key)).OfType<AttestorMember>(),
    ];

    private static Rejection? JudgeKey(List<AttestorMember> members, DateTimeOffset time) =>
        members.Exists(member => member.IsValidAt(time))
            ? null
            : new Rejection(members[0].RefusalAt(time)!, $"the key that signed it {KeyWindow.Verb(members[0])}")
            {
                Actual = KeyWindow.Describe(members[0]),
            };

    private static Rejection? JudgeSize(int most, Claim claim) =>
        claim.PredicateContent.Length <= most
            ? null
            : new Rejection(ReasonCode.EvidenceLimit, "its predicate is too large to be judged")
            {
                Expected = $"at most {most} bytes",
                Actual = $"{claim.PredicateContent.Length} bytes",
            };
}
