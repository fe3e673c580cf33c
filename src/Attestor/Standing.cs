// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Ledger.Requests;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Policy;

namespace SupplyChain.Attestor;

/// <summary>
/// Whether what a decision rests on still counts. A key may have been revoked or retired since, one that signed as well as one that vouched
/// for evidence, and then nothing of it is published or answered again. Nor is it once another trust root says who has to see what is signed.
/// </summary>
internal static class Standing
{
    /// <summary>
    /// Why what was signed for a decision must not be published now; null when nothing speaks against it. Only the policy that decided can
    /// tell, so it has to be in force.
    /// </summary>
    /// <param name="decision">The decision.</param>
    /// <param name="signed">What was signed for it.</param>
    /// <param name="policies">The policies in force; null before the first were loaded.</param>
    /// <param name="time">The time.</param>
    public static ReasonCode? FindRefusal(
        Decision decision, IReadOnlyCollection<RecordedSignature> signed, PolicySet? policies, DateTimeOffset time) =>
        policies?.SigningPolicies.FirstOrDefault(policy => policy.Revision == decision.Policy?.Revision) is not { } policy ? ReasonCode.PolicyChanged
            : signed.Any(signature => !IsSeenBy(TrustRootOf(policy, policies), signature)) ? ReasonCode.PolicyChanged
            : FindRefusal(decision, signed.Select(signature => signature.PublicKey), policy, policies, time);

    /// <summary>The trust root by which others see what is signed under a policy; null where it wants nobody to.</summary>
    public static TrustRootDefinition? TrustRootOf(SigningPolicy policy, PolicySet policies) =>
        policy.Transparency is { } rules ? policies.FindTrustRoot(rules.TrustRoot) : null;

    /// <summary>Why a key behind a decision does not count under a policy; null when all do.</summary>
    public static ReasonCode? FindRefusal(
        Decision decision, IEnumerable<Digest> signers, SigningPolicy policy, PolicySet policies, DateTimeOffset time) =>
        signers.Select(key => FindRefusal(key, [policy.Attestor], policies, time))
            .Concat(decision.Evidence.Where(line => line.Used && line.Source is "attested")
                .Select(line => FindRefusal(line, policy, policies, decision.Time, time)))
            .FirstOrDefault(reason => reason is not null);

    // What nobody saw yet was seen by no other.
    private static bool IsSeenBy(TrustRootDefinition? root, RecordedSignature signature) =>
        RecordedArtifacts.TrustRootOf(signature) is not { } seen || seen == root?.Revision;

    private static IEnumerable<string> Vouchers(SigningPolicy policy, string kind) =>
        policy.Vouching.Where(rule => string.Equals(rule.Kind, kind, StringComparison.Ordinal)).SelectMany(rule => rule.SignedBy);

    // Whom something has to speak for counts by the same words and trust roots, and by others is judged again. A key that is enough by itself
    // for one attestor and not for another may have counted by itself, and then no longer than its window.
    private static ReasonCode? FindRefusal(
        DecisionEvidence line, SigningPolicy policy, PolicySet policies, DateTimeOffset decided, DateTimeOffset time) =>
        line.Trust is null ? FindRefusal(line.SignedBy, Vouchers(policy, line.Kind), policies, time, byItself: true)
            : line.Trust != SignerTrust.Of(policy, policies) ? ReasonCode.PolicyChanged
            : line.Identity is not null ? null
            : Vouchers(policy, line.Kind).Select(policies.FindAttestor).OfType<AttestorDefinition>().SelectMany(attestor => attestor.Members)
                .Where(member => member.Witnesses is null && member.PublicKey?.Id == line.SignedBy && member.IsValidAt(decided))
                .Select(member => member.RefusalAt(time)).FirstOrDefault(reason => reason is not null);

    // A key that no attestor has any more, or that was not recorded, is none that counts.
    private static ReasonCode? FindRefusal(
        Digest? key, IEnumerable<string> attestors, PolicySet policies, DateTimeOffset time, bool byItself = false)
    {
        var members = attestors.Select(policies.FindAttestor).OfType<AttestorDefinition>()
            .SelectMany(attestor => attestor.Members)
            .Where(member => key is not null && member.PublicKey?.Id == key && !(byItself && member.Witnesses is not null))
            .ToList();
        return members.Exists(member => member.IsValidAt(time)) ? null
            : members is [var known, ..] ? known.RefusalAt(time)
            : ReasonCode.KeyNotValidAtTime;
    }
}
