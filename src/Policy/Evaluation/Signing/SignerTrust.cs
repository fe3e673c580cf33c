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
    /// The digest for a policy: of all whom it lets vouch, and of all other attestors with identities, which may end one of them; null where
    /// keys are enough for everybody that vouches.
    /// </summary>
    public static Digest? Of(SigningPolicy policy, PolicySet policies)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(policies);
        return policy.Vouchers.Select(policies.FindAttestor).OfType<AttestorDefinition>().Any(attestor => Of(attestor, policies) is not null)
            ? Combine(policies.Attestors.Select(attestor => Of(attestor, policies)).OfType<Digest>())
            : null;
    }

    private static Digest Combine(IEnumerable<Digest?> revisions) =>
        Digest.Compute(Encoding.UTF8.GetBytes(string.Join('\n', revisions)));
}
