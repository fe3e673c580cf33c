// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using SupplyChain.Ledger;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Policy;
using SupplyChain.Sigstore;

namespace SupplyChain.Attestor;

/// <summary>
/// Makes a recorded decision again, first under its own policy, which has to give the same decision byte for byte, and then under the
/// changed one of that name. Pure, and safe for several threads.
/// </summary>
internal sealed class Replay(PolicySet changed, RecordedPieces pieces)
{
    private readonly ConcurrentDictionary<PolicySet, PolicyLoadResult> _changed = new(ReferenceEqualityComparer.Instance);

    /// <summary>
    /// What becomes of a decision on an image whose repository no changed policy is for: a refusal, whoever asks and whatever was looked at.
    /// Null when one is.
    /// </summary>
    public ReplayedDecision? WithoutPolicy(Decision decision) =>
        Repository.TryParse(decision.Subject.Name, out var repository, out _) && CoveringOf(repository).Count == 0
            ? new ReplayedDecision(
                decision,
                [
                    CheckResult.Fail("policy", "policy", ReasonCode.NotAuthorised, $"no changed policy covers {repository}") with
                    {
                        Remedy = ReasonCode.NotAuthorised.Remedy,
                    },
                ],
                Problem: null)
            : null;

    public ReplayedDecision Run(Decision decision, RecordedBasis basis)
    {
        if (!basis.TryRead(pieces, out var recorded, out var problem))
            return Not(decision, problem);

        var evaluation = SigningEvaluation.Evaluate(recorded.Policy, recorded.Policies, recorded.Evidence, decision.Time);
        var again = Judged.Again(decision, recorded.Policy, evaluation);
        if (!Same(again, decision))
            return Not(decision, "its own policy decides otherwise now: " + Difference(decision, again));

        var repository = recorded.Evidence.Subject.Repository;
        if (changed.SigningPolicies.FirstOrDefault(policy =>
            string.Equals(policy.Name, decision.Policy!.Name, StringComparison.Ordinal)) is not { } policy)
        {
            return Not(decision, $"none of the changed policies is called {decision.Policy!.Name}; {Covering(repository)}");
        }

        if (!policy.IsFor(repository))
            return Not(decision, $"the changed policy is not for {repository}; {Covering(repository)}");

        return Run(decision, recorded, policy) with { RequestersChanged = !AreSame(recorded.Policy.Requesters, policy.Requesters) };
    }

    private ReplayedDecision Run(Decision decision, RecordedEvidence recorded, SigningPolicy policy)
    {
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

    private List<string> CoveringOf(Repository repository) =>
        [.. changed.SigningPolicies.Where(policy => policy.IsFor(repository)).Select(policy => policy.Name)];

    private string Covering(Repository repository) => $"{repository} is covered by {string.Join(", ", CoveringOf(repository))}";

    private static bool AreSame(IReadOnlyList<RequesterRule> one, IReadOnlyList<RequesterRule> other) =>
        one.All(rule => other.Any(also => Same(rule, also))) && other.All(rule => one.Any(also => Same(rule, also)));

    private static bool Same(RequesterRule one, RequesterRule other) =>
        string.Equals(one.Issuer, other.Issuer, StringComparison.Ordinal)
        && one.Claims.Count == other.Claims.Count
        && one.Claims.All(claim => other.Claims.TryGetValue(claim.Key, out var value) && string.Equals(claim.Value, value, StringComparison.Ordinal));

    private static bool Same(Decision one, Decision other) => one.ToJson().AsSpan().SequenceEqual(other.ToJson());

    private static string Difference(Decision then, Decision now)
    {
        var (was, found) = then.Checks.Zip(now.Checks)
            .FirstOrDefault(pair => !Same(then with { Checks = [pair.First] }, then with { Checks = [pair.Second] }));
        return was is not null
            ? $"{was.Name} was {was.Verdict}, is {found.Verdict} ({Printable.Escape(found.Message)})"
            : then.Checks.Count != now.Checks.Count
                ? $"{then.Checks.Count} checks then, {now.Checks.Count} now"
                : then.Outcome != now.Outcome || then.Mode != now.Mode || then.Policy != now.Policy
                    ? $"{then.Outcome} by {then.Policy?.Revision} then, {now.Outcome} by {now.Policy?.Revision} now"
                    : "its evidence reads otherwise now";
    }

    private static ReplayedDecision Not(Decision decision, string problem) => new(decision, Checks: null, problem);
}
