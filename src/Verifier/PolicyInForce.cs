// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using SupplyChain.Evidence;
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
    private readonly BoundedCache<string, ImageReference> _references;
    private readonly BoundedCache<PreflightKey, AdmissionPreflight> _preflights;
    private readonly BoundedCache<DecisionKey, ReusableVerdict> _verdicts;
    private readonly Dictionary<string, EvidenceNeeds> _needs;

    public PolicyInForce(PolicySet policies, AdmissionPolicy policy, VerifierOptions options)
    {
        Policies = policies;
        Policy = policy;
        _references = new BoundedCache<string, ImageReference>(options.KeptDecisions);
        _preflights = new BoundedCache<PreflightKey, AdmissionPreflight>(options.KeptDecisions);
        _verdicts = new BoundedCache<DecisionKey, ReusableVerdict>(options.KeptDecisions);
        _needs = policy.Rules.Append(policy.Default).OfType<AdmissionRule>().ToDictionary(
            rule => rule.Name, rule => EvidenceNeeds.Of(rule, policies), StringComparer.Ordinal);
    }

    public PolicySet Policies { get; }

    public AdmissionPolicy Policy { get; }

    /// <summary>Decisions being taken now.</summary>
    public SingleFlight<DecisionKey, ImageVerdict> Flights { get; } = new();

    /// <summary>Reads an image's name; the same few names come again and again.</summary>
    public bool TryParse(
        string? text, [NotNullWhen(true)] out ImageReference? image, [NotNullWhen(false)] out string? problem)
    {
        problem = null;
        if (text is not null && _references.TryGet(text, out image))
            return true;
        if (!ImageReference.TryParse(text, out image, out problem))
            return false;

        _references.Set(text!, image);
        return true;
    }

    /// <summary>What the policy says about an image before any evidence (docs/verification-order.md, steps 3 to 5).</summary>
    public AdmissionPreflight Preflight(ImageReference image, WorkloadContext workload)
    {
        // With a digest, only the repository and the workload make a difference.
        if (image.Digest is null)
            return AdmissionPreflight.Judge(Policy, image, workload);

        var key = new PreflightKey(image.Repository, workload);
        if (!_preflights.TryGet(key, out var known))
        {
            known = AdmissionPreflight.Judge(Policy, image, workload);
            _preflights.Set(key, known);
        }

        return known;
    }

    public EvidenceNeeds NeedsOf(AdmissionRule rule) => _needs[rule.Name];

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
    private readonly record struct PreflightKey(Repository Repository, WorkloadContext Workload);
}

/// <summary>What a decision about evidence depends on, within one policy.</summary>
/// <param name="Repository">Where the image is deployed from.</param>
/// <param name="Digest">The image.</param>
/// <param name="Rule">The rule that was selected.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct DecisionKey(Repository Repository, Digest Digest, string Rule);
