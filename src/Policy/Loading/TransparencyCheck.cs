// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Policy;

/// <summary>
/// Checks that what signing policies ask of logs and timestamp authorities can be had: what never can be is refused when the policy is
/// loaded, and not first when an image is to be signed.
/// </summary>
internal static class TransparencyCheck
{
    private const string Path = "spec.transparency";

    /// <summary>The trust root is there, and names and trusts somebody to ask.</summary>
    internal static IEnumerable<PolicyProblem> CheckServices(PolicySet set)
    {
        foreach (var policy in set.SigningPolicies)
        {
            if (policy.Transparency is not { } rules)
                continue;

            foreach (var problem in Explain(set, rules))
                yield return new PolicyProblem(rules.Location, ProblemSeverity.Error, problem);
        }
    }

    /// <summary>At some time there is somebody who can see what the policy's key signs, in every layout in which it is stored.</summary>
    internal static IEnumerable<PolicyProblem> CheckChoice(PolicySet set)
    {
        foreach (var policy in set.SigningPolicies)
        {
            if (policy.Transparency is not { } rules || Explain(set, rules).Any())
                continue;

            foreach (var problem in ChoicesOf(set, policy, rules).SelectMany(Explain).Distinct(StringComparer.Ordinal))
                yield return new PolicyProblem(rules.Location, ProblemSeverity.Error, problem);
        }
    }

    /// <summary>What cannot be had at <paramref name="time"/>, because the services that are listed are for another time, too few or too many.</summary>
    internal static IEnumerable<string> Lint(PolicySet set, SigningPolicy policy, DateTimeOffset time)
    {
        if (policy.Transparency is not { } rules || Explain(set, rules).Any())
            yield break;

        var choices = ChoicesOf(set, policy, rules).ToList();
        var logs = choices.Select(choice => choice.TryChooseLogs(time, out _, out var none) ? null : none);
        if (logs.FirstOrDefault(none => none is not null) is { } log)
            yield return $"{Path}.log: nothing can be signed now: {log}";
        var authorities = choices.Select(choice => choice.TryChooseTimestampAuthorities(time, out _, out var none) ? null : none);
        if (authorities.FirstOrDefault(none => none is not null) is { } authority)
            yield return $"{Path}.timestamp: nothing can be signed now: {authority}";
    }

    // Of envelopes and, where the tag layout is stored too, of its payloads. The services are there.
    private static IEnumerable<WitnessChoice> ChoicesOf(PolicySet set, SigningPolicy policy, TransparencyRules rules)
    {
        var root = set.FindTrustRoot(rules.TrustRoot)!;
        var key = set.FindAttestor(policy.Attestor)?.Signer?.PublicKey;
        bool[] kinds = policy.Produce.HasTagSignature ? [true, false] : [true];
        return kinds.Select(isEnvelope => new WitnessChoice(rules, root.SigningConfig!, root.Root, key, isEnvelope));
    }

    private static IEnumerable<string> Explain(PolicySet set, TransparencyRules rules)
    {
        if (set.FindTrustRoot(rules.TrustRoot) is not { } root)
        {
            yield return $"{Path}.trustRoot: there is no TrustRoot {rules.TrustRoot}; "
                + Suggestion.For(rules.TrustRoot, set.TrustRoots.Select(known => known.Name).Append(PolicySet.PublicGoodName));
        }
        else if (root.SigningConfig is not { } config)
        {
            yield return $"{Path}.trustRoot: {rules.TrustRoot} does not say which services to use; give it a signingConfig";
        }
        else
        {
            if (rules.IsLogged && (config.Logs.Count == 0 || root.Root.Logs.Count == 0))
                yield return $"{Path}.log: {rules.TrustRoot} {(config.Logs.Count == 0 ? "lists no log to use" : "trusts no log")}";
            if (rules.IsTimestamped && (config.TimestampAuthorities.Count == 0 || root.Root.TimestampAuthorities.Count == 0))
            {
                yield return $"{Path}.timestamp: {rules.TrustRoot} "
                    + (config.TimestampAuthorities.Count == 0 ? "lists no timestamp authority to use" : "trusts no timestamp authority");
            }
        }
    }

    private static IEnumerable<string> Explain(WitnessChoice choice)
    {
        if (choice.ExplainVersions() is { } versions)
            yield return $"{Path}.log: {versions}";
        else if (choice.ExplainNoLogs() is { } logs)
            yield return $"{Path}.log: nothing can ever be signed: {logs}";
        if (choice.ExplainNoTimestampAuthorities() is { } authorities)
            yield return $"{Path}.timestamp: nothing can ever be signed: {authorities}";
    }
}
