// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Sigstore;

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

    /// <summary>Some log that may be chosen records what the policy's key signs.</summary>
    internal static IEnumerable<PolicyProblem> CheckKeys(PolicySet set)
    {
        foreach (var policy in set.SigningPolicies)
        {
            if (policy.Transparency is not { IsLogged: true } rules || set.FindTrustRoot(rules.TrustRoot)?.SigningConfig is not { } config
                || set.FindAttestor(policy.Attestor)?.Signer?.PublicKey is not { } key)
            {
                continue;
            }

            var hasTag = policy.Produce.Signature && policy.Produce.Layouts.Contains(StorageLayout.Tag);
            foreach (var isEnvelope in hasTag ? [true, false] : new[] { true })
            {
                if (Explain(rules, config, key, isEnvelope) is { } problem)
                    yield return new PolicyProblem(rules.Location, ProblemSeverity.Error, problem);
            }
        }
    }

    /// <summary>What cannot be had at <paramref name="time"/>, because the services that are listed are for another time or too few.</summary>
    internal static IEnumerable<string> Lint(PolicySet set, SigningPolicy policy, DateTimeOffset time)
    {
        if (policy.Transparency is not { } rules || set.FindTrustRoot(rules.TrustRoot)?.SigningConfig is not { } config)
            yield break;

        var versions = set.FindAttestor(policy.Attestor)?.Signer?.PublicKey is { } key ? rules.LogVersions(key, isEnvelope: true) : SigningConfig.LogVersions;
        if (rules.IsLogged && !config.TryChooseLogs(time, versions, out _, out var problem))
            yield return $"{Path}.log: nothing can be signed now: {problem}";
        if (rules.IsTimestamped && !config.TryChooseTimestampAuthorities(time, out _, out problem))
            yield return $"{Path}.timestamp: nothing can be signed now: {problem}";
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

    private static string? Explain(TransparencyRules rules, SigningConfig config, PublicKey key, bool isEnvelope)
    {
        var listed = config.Logs.Select(log => log.MajorVersion).Distinct().Order().ToList();
        return listed.Count == 0 || listed.Any(version => rules.Explain(version, key, isEnvelope) is null)
            ? null
            : $"{Path}.log: no log of {rules.TrustRoot} records {(isEnvelope ? "what the key signs" : "what the key signs in the tag layout")}: "
                + string.Join("; ", listed.Select(version => rules.Explain(version, key, isEnvelope)));
    }
}
