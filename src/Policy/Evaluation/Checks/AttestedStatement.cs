// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Sigstore;

namespace SupplyChain.Policy;

/// <summary>A statement of the types a check judges, and why it does not satisfy the check; null when it does.</summary>
internal sealed record AttestedStatement(VerifiedStatement Statement, Rejection? Rejection)
{
    internal bool Counts => Rejection is null;

    /// <summary>Whether the statement speaks of the manifest with that digest.</summary>
    internal bool Names(Digest digest) => Statement.Subjects.Any(subject => digest.Equals(subject.Sha256));
}

/// <summary>Finds the statements that a check of attestations may believe.</summary>
internal static class AttestedStatements
{
    /// <summary>
    /// The statements of the check's types by its signers, in an order that does not depend on how they were found. What anybody else
    /// signed is not among them: it neither helps nor harms.
    /// </summary>
    internal static IReadOnlyList<AttestedStatement> Of(
        AttestationCheck check, CheckContext context, Func<VerifiedStatement, Rejection?> judge) =>
    [
        .. context.Evidence.Statements.Select(stored => stored.Statement)
            .Where(statement => check.PredicateTypes.Contains(statement.PredicateType, StringComparer.Ordinal))
            .Select(statement => (Statement: statement, Members: MembersOf(check, context.Policies, statement)))
            .Where(candidate => candidate.Members.Count > 0)
            .DistinctBy(candidate => (candidate.Statement.Digest, candidate.Statement.Image))
            .OrderBy(candidate => candidate.Statement.Digest.ToString(), StringComparer.Ordinal)
            .ThenBy(candidate => candidate.Statement.Image.ToString(), StringComparer.Ordinal)
            .Select(candidate => new AttestedStatement(
                candidate.Statement,
                JudgeKey(candidate.Members, context.Time) ?? JudgeSize(check.LargestPredicate, candidate.Statement) ?? judge(candidate.Statement))),
    ];

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

    private static Rejection? JudgeSize(int most, VerifiedStatement statement) =>
        statement.PredicateContent.Length <= most
            ? null
            : new Rejection(ReasonCode.EvidenceLimit, "its predicate is too large to be judged")
            {
                Expected = $"at most {most} bytes",
                Actual = $"{statement.PredicateContent.Length} bytes",
            };
}
