// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using SupplyChain.Ledger;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Policy;
using SupplyChain.Sigstore;

namespace SupplyChain.Attestor;

/// <summary>
/// Makes a recorded decision again, first under its own policy, which has to give the same checks byte for byte, and then under the
/// changed one of that name. Pure, and safe for several threads.
/// </summary>
internal sealed class Replay(PolicySet changed)
{
    private readonly RecordedPolicies _recorded = new();
    private readonly ConcurrentDictionary<PolicySet, PolicyLoadResult> _changed = new(ReferenceEqualityComparer.Instance);

    public ReplayedDecision Run(Decision decision, RecordedBasis basis, Func<Digest, byte[]?> find)
    {
        if (!basis.TryRead(find, _recorded, out var recorded, out var problem))
            return Not(decision, problem);

        var before = SigningEvaluation.Evaluate(recorded.Policy, recorded.Policies, recorded.Evidence, decision.Time);
        if (!Same(decision, before.Checks))
            return Not(decision, Difference(decision, before.Checks));

        if (changed.SigningPolicies.FirstOrDefault(policy =>
            string.Equals(policy.Name, decision.Policy!.Name, StringComparison.Ordinal)) is not { } policy)
        {
            return Not(decision, $"none of the changed policies is called {decision.Policy!.Name}");
        }

        if (!policy.IsFor(recorded.Evidence.Subject.Repository))
            return Not(decision, $"the changed policy is not for {recorded.Evidence.Subject.Repository}");

        var resolved = _changed.GetOrAdd(recorded.Policies, WithKeysOf);
        if (!resolved.IsUsable)
            return Not(decision, $"the changed policies do not go with the keys of then: {resolved.Problems[0]}");

        return EvidenceGap.Find(recorded, policy, resolved.Set) is { } gap
            ? Not(decision, $"not in the record: {gap}")
            : new ReplayedDecision(
                decision, SigningEvaluation.Evaluate(policy, resolved.Set, recorded.Evidence, decision.Time).Checks, Problem: null);
    }

    // What a key URI stands for is in the record; what it stands for today would take access to the keys.
    private PolicyLoadResult WithKeysOf(PolicySet recorded)
    {
        var keys = recorded.Attestors.SelectMany(attestor => attestor.Members)
            .Where(member => member is { KeyUri: not null, PublicKey: not null })
            .DistinctBy(member => member.KeyUri, StringComparer.Ordinal)
            .ToDictionary(member => member.KeyUri!, member => member.PublicKey!, StringComparer.Ordinal);
        return changed.WithResolvedKeys(keys, changed.KeyUris.Except(keys.Keys, StringComparer.Ordinal).ToHashSet(StringComparer.Ordinal));
    }

    private static bool Same(Decision decision, IReadOnlyList<CheckResult> checks) =>
        (decision with { Checks = checks }).ToJson().AsSpan().SequenceEqual(decision.ToJson());

    private static string Difference(Decision decision, IReadOnlyList<CheckResult> checks)
    {
        var first = decision.Checks.Zip(checks).FirstOrDefault(pair => !Same(decision with { Checks = [pair.First] }, [pair.Second]));
        return first.First is { } then
            ? $"its own policy decides otherwise now: {then.Name} was {then.Verdict}, is {first.Second.Verdict} ({Printable.Escape(first.Second.Message)})"
            : $"its own policy decides otherwise now: {decision.Checks.Count} checks then, {checks.Count} now";
    }

    private static ReplayedDecision Not(Decision decision, string problem) => new(decision, Checks: null, problem);
}
