// SPDX-License-Identifier: Apache-2.0

using System.Text;
using SupplyChain.Model;

namespace SupplyChain.Policy;

/// <summary>
/// What makes signers count for whom something has to speak beside a key, as a digest: the words of an attestor, and the trust roots that
/// it asks. Where it changes, what was judged by it has to be judged again.
/// </summary>
public static class SignerTrust
{
    /// <summary>The digest for an attestor; null where its keys are enough.</summary>
    public static Digest? Of(AttestorDefinition attestor, PolicySet policies)
    {
        ArgumentNullException.ThrowIfNull(attestor);
        ArgumentNullException.ThrowIfNull(policies);
        var roots = attestor.Members.Select(member => member.Witnesses?.TrustRoot).OfType<string>()
            .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(policies.FindTrustRoot).ToList();
        return roots.Count == 0 ? null : Combine(roots.Select(root => root?.Revision).Prepend(attestor.Revision));
    }

    /// <summary>
    /// The digest for a policy: of everybody who <see cref="HasSay"/>, and of the keys behind the words; null where keys are enough for
    /// everybody that vouches.
    /// </summary>
    public static Digest? Of(SigningPolicy policy, PolicySet policies)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(policies);
        return AsksMore(policy, policies)
            ? Combine(HasSay(policy, policies).SelectMany(attestor => attestor.Members
                .Select(member => member.PublicKey?.Id).Prepend(Of(attestor, policies) ?? attestor.Revision)))
            : null;
    }

    /// <summary>
    /// Who decides whether a signer counts under a policy, by name: all whom it lets vouch, and all others that may end one of them. Those
    /// revoke a key or an identity, or have identities, which may be theirs as well and then have another purpose.
    /// </summary>
    internal static IReadOnlyList<AttestorDefinition> HasSay(SigningPolicy policy, PolicySet policies)
    {
        var (vouchers, asksMore) = (policy.Vouchers.ToHashSet(StringComparer.Ordinal), AsksMore(policy, policies));
        return [.. policies.Attestors.Where(attestor =>
            vouchers.Contains(attestor.Name) || attestor.HasRevoked || (asksMore && IsWitnessed(attestor)))];
    }

    private static bool AsksMore(SigningPolicy policy, PolicySet policies) =>
        policy.Vouchers.Select(policies.FindAttestor).OfType<AttestorDefinition>().Any(IsWitnessed);

    private static bool IsWitnessed(AttestorDefinition attestor) => attestor.Members.Any(member => member.Witnesses is not null);

    private static Digest Combine(IEnumerable<Digest?> revisions) =>
        Digest.Compute(Encoding.UTF8.GetBytes(string.Join('\n', revisions)));
}
