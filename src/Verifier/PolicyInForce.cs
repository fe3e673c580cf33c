// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Policy;
using SupplyChain.Verifier.Caching;

namespace SupplyChain.Verifier;

/// <summary>
/// One loaded policy with everything that was found out under it. What is remembered dies with it: no decision of
/// another policy, rule or key set can ever be reused.
/// </summary>
internal sealed class PolicyInForce
{
    private readonly BoundedCache<RouteKey, ImageRoute> _routes;
    private readonly BoundedCache<DecisionKey, ReusableVerdict> _verdicts;
    private readonly Dictionary<AdmissionRule, EvidenceNeeds> _needs;

    public PolicyInForce(PolicySet policies, AdmissionPolicy policy, VerifierOptions options)
    {
        Policies = policies;
        Policy = policy;
        _routes = new BoundedCache<RouteKey, ImageRoute>(options.KeptDecisions);
        _verdicts = new BoundedCache<DecisionKey, ReusableVerdict>(options.KeptDecisions);
        _needs = policy.Rules.Append(policy.Default).OfType<AdmissionRule>().ToDictionary(
            rule => rule, rule => EvidenceNeeds.Of(rule, policies), ReferenceEqualityComparer.Instance);
    }

    public PolicySet Policies { get; }

    public AdmissionPolicy Policy { get; }

    /// <summary>Decisions being taken now.</summary>
    public SingleFlight<DecisionKey, ImageVerdict> Flights { get; } = new();

    /// <summary>What the policy says about a repository for a workload before any evidence.</summary>
    public ImageRoute RouteOf(Repository repository, WorkloadContext workload)
    {
        var key = new RouteKey(repository, workload);
        if (!_routes.TryGet(key, out var route))
        {
            route = ImageRoute.Find(Policy, repository, workload);
            _routes.Set(key, route);
        }

        return route;
    }

    public EvidenceNeeds NeedsOf(AdmissionRule rule) => _needs[rule];

    /// <summary>Finds a decision that still holds.</summary>
    public ImageVerdict? FindReusable(DecisionKey key, DateTimeOffset now)
    {
        if (!_verdicts.TryGet(key, out var kept))
            return null;
        // A clock that was set back makes ages meaningless.
        if (now < kept.Until && now >= kept.Verdict.Decision.Time)
            return kept.Verdict;

        _verdicts.Remove(key, kept);
        return null;
    }

    public void Keep(DecisionKey key, ImageVerdict verdict, DateTimeOffset until) =>
        _verdicts.Set(key, new ReusableVerdict(verdict, until));

    private sealed record ReusableVerdict(ImageVerdict Verdict, DateTimeOffset Until);

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct RouteKey(Repository Repository, WorkloadContext Workload);
}

/// <summary>What a decision about evidence depends on, within one policy.</summary>
/// <param name="Repository">Where the image is deployed from.</param>
/// <param name="Digest">The image.</param>
/// <param name="Rule">The rule that was selected.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct DecisionKey(Repository Repository, Digest Digest, string Rule);

/// <summary>Which part of a policy an image comes under: DESIGN §4, steps 3 and 4.</summary>
/// <param name="IsRegistryAllowed">Whether its registry may be contacted.</param>
/// <param name="Exemption">The exemption that covers it, if one does.</param>
/// <param name="Selection">The rule for the workload, if there is one.</param>
internal sealed record ImageRoute(bool IsRegistryAllowed, Exemption? Exemption, RuleSelection Selection)
{
    public static ImageRoute Find(AdmissionPolicy policy, Repository repository, WorkloadContext workload) =>
        new(policy.AllowsRegistry(repository), policy.FindExemption(repository), policy.Select(workload));
}
