// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Policy;
using SupplyChain.Signer;
using SupplyChain.Sigstore;
using SupplyChain.Sigstore.Clients;

namespace SupplyChain.Attestor;

/// <summary>The logs and timestamp authorities that policies want to see what is signed.</summary>
/// <param name="http">How they are spoken to.</param>
/// <param name="clock">The time, by which those in use are chosen.</param>
public sealed class Witnesses(TransparencyHttp http, TimeProvider clock)
{
    /// <summary>Whoever a policy wants to see what is signed under it; null where it wants nobody.</summary>
    /// <exception cref="TransparencyException">TRANSPARENCY_REFUSED: nobody can see what <paramref name="key"/> signs under it now.</exception>
    internal ArtifactWitness? For(PolicySet policies, SigningPolicy policy, PublicKey key)
    {
        if (policy.Transparency is not { } rules)
            return null;

        Choose(policies, rules, key, isEnvelope: true);
        if (policy.Produce.HasTagSignature)
            Choose(policies, rules, key, isEnvelope: false);
        return new ArtifactWitness((signer, isEnvelope) => Choose(policies, rules, signer, isEnvelope));
    }

    private SignatureWitness Choose(PolicySet policies, TransparencyRules rules, PublicKey key, bool isEnvelope)
    {
        // Loading made sure of both.
        var root = policies.FindTrustRoot(rules.TrustRoot) ?? throw new InvalidOperationException($"There is no trust root {rules.TrustRoot}.");
        var config = root.SigningConfig ?? throw new InvalidOperationException($"The trust root {rules.TrustRoot} names no services.");
        var (choice, time) = (new WitnessChoice(rules, config, root.Root, key, isEnvelope), clock.GetUtcNow());
        if (!choice.TryChooseLogs(time, out var logs, out var problem) || !choice.TryChooseTimestampAuthorities(time, out var authorities, out problem))
            throw Nobody(rules, problem);

        return new SignatureWitness(
            [.. logs.Select(log => new LogClient(http, log, root.Root))],
            [.. authorities.Select(authority => new TimestampClient(http, authority, root.Root))],
            root.Root);
    }

    private static TransparencyException Nobody(TransparencyRules rules, string problem) =>
        new(ReasonCode.TransparencyRefused, $"trust root {Printable.Escape(rules.TrustRoot)}: {problem}");
}
