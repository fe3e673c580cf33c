// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Sigstore;

namespace SupplyChain.Policy;

/// <summary>An attestor that somebody is a member of.</summary>
/// <param name="Attestor">The attestor.</param>
/// <param name="Members">The members that they are; at least one.</param>
internal sealed record Membership(AttestorDefinition Attestor, IReadOnlyList<AttestorMember> Members)
{
    /// <summary>The attestors that have the signer among their members, in the order of the set.</summary>
    internal static IReadOnlyList<Membership> Of(PolicySet policies, Signer signer) =>
    [
        .. policies.Attestors.Select(attestor => new Membership(attestor, [.. attestor.MembersOf(signer)]))
            .Where(membership => membership.Members.Count > 0),
    ];
}
