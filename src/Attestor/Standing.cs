// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Policy;

namespace SupplyChain.Attestor;

/// <summary>
/// Whether what a decision rests on still counts. A key may have been revoked or retired since, one that signed as well as one that vouched
/// for evidence, and then nothing of it is published or answered again.
/// </summary>
internal static class Standing
{
    /// <summary>
    /// Why what was signed for a decision must not be published now; null when nothing speaks against it. Only the policy that decided can
    /// tell, so it has to be in force.
    /// </summary>
    /// <param name="decision">The decision.</param>
    /// <param name="signers">The keys that signed for it.</param>
    /// <param name="policies">The policies in force; null before the first were loaded.</param>
    /// <param name="time">The time.</param>
    public static ReasonCode? FindRefusal(Decision decision, IEnumerable<Digest> signers, PolicySet? policies, DateTimeOffset time) =>
        policies?.SigningPolicies.FirstOrDefault(policy => policy.Revision == decision.Policy?.Revision) is { } policy
            ? FindRefusal(decision, signers, policy, policies, time)
            : ReasonCode.PolicyChanged;

    /// <summary>Why a key behind a decision does not count under a policy; null when all do.</summary>
    public static ReasonCode? FindRefusal(
        Decision decision, IEnumerable<Digest> signers, SigningPolicy policy, PolicySet policies, DateTimeOffset time) =>
        signers.Select(key => FindRefusal(key, [policy.Attestor], policies, time))
            .Concat(decision.Evidence.Where(line => line.Used && line.Source is "attested")
                .Select(line => FindRefusal(line.SignedBy, Vouchers(policy, line.Kind), policies, time)))
            .FirstOrDefault(reason => reason is not null);

    private static IEnumerable<string> Vouchers(SigningPolicy policy, string kind) =>
        policy.Vouching.Where(rule => string.Equals(rule.Kind, kind, StringComparison.Ordinal)).SelectMany(rule => rule.SignedBy);

    // A key that no attestor has any more, or that was not recorded, is none that counts.
    private static ReasonCode? FindRefusal(
        Digest? key, IEnumerable<string> attestors, PolicySet policies, DateTimeOffset time)
    {
        var members = attestors.Select(policies.FindAttestor).OfType<AttestorDefinition>()
            .SelectMany(attestor => attestor.Members)
            .Where(member => key is not null && member.PublicKey?.Id == key)
            .ToList();
        return members.Exists(member => member.IsValidAt(time)) ? null
            : members is [var known, ..] ? known.RefusalAt(time)
            : ReasonCode.KeyNotValidAtTime;
    }
}
