// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Policy;

/// <summary>
/// What can be said about an image before anything is fetched: its registry, exemptions, the rule for the workload and
/// what that does about tags. Either this decides already, or there is a rule to gather evidence for.
/// </summary>
public sealed record AdmissionPreflight
{
    // Enough to see what was meant, short enough for a message.
    private const int ShownScopes = 8;

    private AdmissionPreflight()
    {
    }

    /// <summary>The check that decides already; null when evidence has to be gathered.</summary>
    public CheckResult? Decided { get; private init; }

    /// <summary>The rule that applies; null when none does or none is needed.</summary>
    public AdmissionRule? Rule { get; private init; }

    /// <summary>The rules that were considered and lost.</summary>
    public IReadOnlyList<string> Considered { get; private init; } = [];

    /// <summary>Judges an image by its name. Nothing that the workload says about itself is asked.</summary>
    public static AdmissionPreflight Judge(AdmissionPolicy policy, ImageReference image, WorkloadContext workload)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(workload);

        if (!policy.AllowsRegistry(image.Repository))
            return new AdmissionPreflight { Decided = RegistryNotAllowed(policy, image.Repository) };

        if (policy.FindExemption(image.Repository) is { } exemption)
        {
            var pattern = exemption.Images.First(pattern => pattern.IsMatch(image.Repository));
            return new AdmissionPreflight
            {
                Decided = CheckResult.Pass("exempt", "exempt",
                    $"exempt by {pattern}: {Printable.Escape(exemption.Reason)}"),
            };
        }

        var selection = policy.Select(workload);
        return new AdmissionPreflight
        {
            Rule = selection.Rule,
            Considered = selection.Considered,
            Decided = selection.Rule is null ? NoRule(policy, workload)
                : image.Digest is null && selection.Rule.Tags == TagRule.Deny ? NotPinned(image)
                : null,
        };
    }

    internal static CheckResult RegistryNotAllowed(AdmissionPolicy policy, Repository repository) =>
        CheckResult.Fail("registry", "registry", ReasonCode.RegistryNotAllowed,
            $"{repository.Host} is not among the policy's registries") with
        {
            Expected = string.Join(", ", policy.Registries),
            Actual = repository.Host,
            Remedy = ReasonCode.RegistryNotAllowed.Remedy,
        };

    private static CheckResult NoRule(AdmissionPolicy policy, WorkloadContext workload) =>
        CheckResult.Fail("rule", "rule", ReasonCode.NoPolicy,
            $"no rule of {policy.Name} covers this workload, and it has no default") with
        {
            Expected = string.Join("; or ", policy.Rules.Take(ShownScopes).Select(rule => rule.Scope))
                + (policy.Rules.Count > ShownScopes ? "; or …" : ""),
            Actual = Printable.Escape(RuleScope.Of(workload).ToString("no namespace, service account, cluster or node")),
            Remedy = ReasonCode.NoPolicy.Remedy,
        };

    private static CheckResult NotPinned(ImageReference image) =>
        CheckResult.Fail("digest", "tags", ReasonCode.TagNotPinned, $"{image} names no digest, and a tag can move") with
        {
            Expected = $"{image.Repository}@sha256:…",
            Actual = image.ToString(),
            Remedy = ReasonCode.TagNotPinned.Remedy,
        };
}
