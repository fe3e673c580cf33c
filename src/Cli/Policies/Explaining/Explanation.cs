// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Policy;

namespace SupplyChain.Cli.Policies.Explaining;

/// <summary>What policies say of an image before any evidence is looked at.</summary>
internal sealed record Explanation
{
    /// <summary>The image.</summary>
    public required ImageReference Image { get; init; }

    /// <summary>The time that modes and windows are judged at.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Whether somebody was named who would ask for a signature.</summary>
    public required bool HasRequester { get; init; }

    /// <summary>Why no signing policy applies, or several do; null when one does.</summary>
    public required ReasonCode? NoSigning { get; init; }

    /// <summary>Every signing policy.</summary>
    public required IReadOnlyList<ExplainedSigning> Signing { get; init; }

    /// <summary>Every admission policy.</summary>
    public required IReadOnlyList<ExplainedAdmission> Admission { get; init; }

    public static Explanation Of(
        PolicySet policies, ImageReference image, Requester? requester, WorkloadContext workload, DateTimeOffset time)
    {
        var signing = policies.ExplainSigning(image.Repository, requester);
        return new Explanation
        {
            Image = image,
            Time = time,
            HasRequester = requester is not null,
            NoSigning = signing.Count(policy => policy.Covers) switch
            {
                0 => ReasonCode.NotAuthorised,
                1 => null,
                _ => ReasonCode.PolicyAmbiguous,
            },
            Signing = [.. signing.Select(policy => ExplainedSigning.Of(policy, policies, time))],
            Admission = [.. policies.AdmissionPolicies.Select(policy => ExplainedAdmission.Of(policy, image, workload, time))],
        };
    }
}

/// <summary>A signing policy: why it does not apply, and what it would do.</summary>
internal sealed record ExplainedSigning(SigningPolicy Policy, IReadOnlyList<string> Objections, IReadOnlyList<string> Notes)
{
    public static ExplainedSigning Of(SigningExplanation explained, PolicySet policies, DateTimeOffset time)
    {
        var policy = explained.Policy;
        var notes = new List<string>
        {
            policy.Until is { } until
                ? policy.ModeAt(time) == EnforcementMode.Observe
                    ? $"mode: observe until {PolicyTime.Show(until)}, enforce from then on"
                    : $"mode: enforce; observing ended {PolicyTime.Show(until)}"
                : "mode: enforce",
        };
        var signer = policies.FindAttestor(policy.Attestor)?.Signer;
        notes.Add(signer switch
        {
            null => $"attestor: {policy.Attestor}, of which no key signs",
            _ when !signer.IsValidAt(time) => $"attestor: {policy.Attestor}, whose signing key does not count at that time",
            _ => $"attestor: {policy.Attestor}",
        });
        return new ExplainedSigning(policy, explained.Objections, notes);
    }
}

/// <summary>An admission policy: the rule that applies, and why the others lost.</summary>
internal sealed record ExplainedAdmission(AdmissionPolicy Policy, AdmissionPreflight Preflight, string? Enforcement)
{
    public static ExplainedAdmission Of(AdmissionPolicy policy, ImageReference image, WorkloadContext workload, DateTimeOffset time)
    {
        var preflight = AdmissionPreflight.Judge(policy, image, workload);
        return new ExplainedAdmission(policy, preflight, preflight.Rule is { } rule ? Describe(rule, time) : null);
    }

    private static string Describe(AdmissionRule rule, DateTimeOffset time)
    {
        var mode = rule.EnforcementAt(time) switch
        {
            EnforcementMode.Warn => "warn",
            EnforcementMode.DryRun => "dryRun",
            _ => "enforce",
        };
        return rule.Until is not { } until
            ? mode
            : time < until ? $"{mode} until {PolicyTime.Show(until)}, enforce from then on" : $"enforce; leniency ended {PolicyTime.Show(until)}";
    }
}
