// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Policy;

/// <summary>What must hold before an image runs.</summary>
public sealed record AdmissionPolicy
{
    /// <summary>The policy's name.</summary>
    public required string Name { get; init; }

    /// <summary>What it is for, in the author's words.</summary>
    public string? Description { get; init; }

    /// <summary>The hosts that may be contacted at all.</summary>
    public required IReadOnlyList<string> Registries { get; init; }

    /// <summary>Images that no rule is asked about.</summary>
    public IReadOnlyList<Exemption> Exempt { get; init; } = [];

    /// <summary>The rules; no two of one scope.</summary>
    public IReadOnlyList<AdmissionRule> Rules { get; init; } = [];

    /// <summary>The rule for what no other rule covers; without it that is denied.</summary>
    public AdmissionRule? Default { get; init; }

    /// <summary>The SHA-256 of the document's canonical form.</summary>
    public required Digest Revision { get; init; }

    /// <summary>Where it is written.</summary>
    public required SourceLocation Location { get; init; }

    /// <summary>The rules and the default one.</summary>
    public IEnumerable<AdmissionRule> AllRules => Default is null ? Rules : Rules.Append(Default);

    /// <summary>Whether <paramref name="repository"/> is on a registry that may be contacted.</summary>
    public bool AllowsRegistry(Repository repository)
    {
        ArgumentNullException.ThrowIfNull(repository);
        return Registries.Contains(repository.Host, StringComparer.Ordinal);
    }

    /// <summary>The exemption that covers <paramref name="repository"/>; null when none does.</summary>
    public Exemption? FindExemption(Repository repository) =>
        Exempt.FirstOrDefault(exemption => exemption.Images.Any(pattern => pattern.IsMatch(repository)));

    /// <summary>Finds the one rule for a workload; see <see cref="RuleSelection"/> for the order.</summary>
    public RuleSelection Select(WorkloadContext workload) => RuleSelection.From(this, workload);
}

/// <summary>Images that run without evidence.</summary>
/// <param name="Images">Which.</param>
/// <param name="Reason">Why, in the author's words.</param>
/// <param name="Location">Where it is written.</param>
public sealed record Exemption(IReadOnlyList<ImagePattern> Images, string Reason, SourceLocation Location);

/// <summary>What is required of images in one scope.</summary>
public sealed record AdmissionRule
{
    /// <summary>The rule's name; <c>default</c> for the default rule.</summary>
    public required string Name { get; init; }

    /// <summary>The workloads it is for; empty for the default rule.</summary>
    public required RuleScope Scope { get; init; }

    /// <summary>What the author wants of a no.</summary>
    public required EnforcementMode Enforcement { get; init; }

    /// <summary>When warning or dry-running ends.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>What is done about tags.</summary>
    public required TagRule Tags { get; init; }

    /// <summary>Whether evidence has to name the repository the image is deployed from.</summary>
    public required RepositoryRule Repository { get; init; }

    /// <summary>Where signatures and attestations may lie to count; approvals are always bundles.</summary>
    public required IReadOnlyList<StorageLayout> Layouts { get; init; }

    /// <summary>
    /// Whether the author named <see cref="Layouts"/>. Certificates count in bundles alone unless another layout is named: what has a log's
    /// proof is not replaced by what has its promise.
    /// </summary>
    public bool NamesLayouts { get; init; }

    /// <summary>What has to be there.</summary>
    public required Requirement Require { get; init; }

    /// <summary>Where it is written.</summary>
    public required SourceLocation Location { get; init; }

    /// <summary>
    /// The enforcement in force at <paramref name="time"/>: warning and dry-running end by themselves.
    /// </summary>
    public EnforcementMode EnforcementAt(DateTimeOffset time) => time < Until ? Enforcement : EnforcementMode.Enforce;
}

/// <summary>What a rule does about images named by tag.</summary>
public enum TagRule
{
    /// <summary>They are denied.</summary>
    Deny,
}

/// <summary>Whether evidence has to name the repository an image is deployed from.</summary>
public sealed record RepositoryRule
{
    private RepositoryRule(bool isAny, IReadOnlyList<RepositoryRemap> remaps) => (IsAny, Remaps) = (isAny, remaps);

    /// <summary>Evidence has to name it.</summary>
    public static RepositoryRule Bound { get; } = new(isAny: false, []);

    /// <summary>Evidence of any repository counts, as long as the digest is the same.</summary>
    public static RepositoryRule Any { get; } = new(isAny: true, []);

    /// <summary>Whether the repository does not matter.</summary>
    public bool IsAny { get; }

    /// <summary>Mirrors and what they mirror.</summary>
    public IReadOnlyList<RepositoryRemap> Remaps { get; }

    /// <summary>Images of a mirror need evidence that names the mirrored repository; others their own.</summary>
    public static RepositoryRule Remap(IReadOnlyList<RepositoryRemap> remaps) => new(isAny: false, remaps);

    /// <summary>
    /// The repository that evidence has to name for an image deployed from <paramref name="deployed"/>; null when any
    /// will do.
    /// </summary>
    public string? ExpectedFor(Repository deployed)
    {
        ArgumentNullException.ThrowIfNull(deployed);
        if (IsAny)
            return null;

        var remap = Remaps.Where(remap => remap.From.Covers(deployed)).MaxBy(remap => remap.From.Text.Length);
        return remap is null ? deployed.ToString() : remap.To.Text + deployed.ToString()[remap.From.Text.Length..];
    }
}

/// <summary>A mirror.</summary>
/// <param name="From">Where images are deployed from.</param>
/// <param name="To">Where they were signed.</param>
public sealed record RepositoryRemap(RepositoryPrefix From, RepositoryPrefix To);
