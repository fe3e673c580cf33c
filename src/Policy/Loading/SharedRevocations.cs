// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Policy;

/// <summary>
/// A stolen key is stolen for everybody: revoked by one attestor, it counts for none of the set. That half of a revocation is missing is
/// no reason to stay with policies in which the key counts, so it is a warning.
/// </summary>
internal static class SharedRevocations
{
    /// <summary>The attestors, where every member is revoked whose key another attestor revokes.</summary>
    internal static IReadOnlyList<AttestorDefinition> Apply(IReadOnlyList<AttestorDefinition> attestors)
    {
        var revoked =
            (from attestor in attestors
             from member in attestor.Members
             where member is { State: MemberState.Revoked, RevokedElsewhere: null }
             orderby member.RevokedAt
             select (Attestor: attestor, Member: member)).ToList();
        return revoked.Count == 0
            ? attestors
            : [.. attestors.Select(attestor => attestor with
            {
                Members =
                [
                    .. attestor.Members.Select(member => revoked.Find(other => other.Attestor != attestor && IsSameKey(other.Member, member)) switch
                    {
                        (null, _) => member,
                        var (by, first) => Revoke(member, by, first),
                    }),
                ],
            })];
    }

    internal static IEnumerable<PolicyProblem> Check(PolicySet set) =>
        from attestor in set.Attestors
        from member in attestor.Members
        where member.RevokedElsewhere is not null
        select new PolicyProblem(
            member.Location, ProblemSeverity.Warning,
            $"{(member.Identity is { } identity ? $"the identity {identity}" : $"the key {member.PublicKey?.Id.ToString() ?? member.KeyUri}")} is revoked in {member.RevokedElsewhere!.Attestor} "
            + $"({member.RevokedElsewhere.Location}), so that it counts no more in {attestor.Name} either; revoke it here too");

    private static AttestorMember Revoke(AttestorMember member, AttestorDefinition by, AttestorMember first) =>
        member.State is MemberState.Revoked or MemberState.Retired
            ? member
            : member with
            {
                State = MemberState.Revoked,
                RevokedAt = first.RevokedAt,
                RevokedElsewhere = new Revocation(by.Name, first.Location),
            };

    // One whose public half nobody knows is at least the key of its own name.
    private static bool IsSameKey(AttestorMember revoked, AttestorMember member) => revoked.Identity is { } identity
        ? identity == member.Identity
        : revoked.PublicKey is { } key
            ? key.Equals(member.PublicKey)
            : revoked.KeyUri is { } uri && string.Equals(uri, member.KeyUri, StringComparison.Ordinal);
}
