// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Policy;

/// <summary>
/// Where a workload is to run, as the cluster and the service's own configuration tell it; never the workload.
/// </summary>
/// <param name="Cluster">The cluster.</param>
/// <param name="Namespace">The namespace.</param>
/// <param name="ServiceAccount">The service account, without its namespace.</param>
/// <param name="Node">The node, where one is known.</param>
public sealed record WorkloadContext(string? Cluster, string? Namespace, string? ServiceAccount, string? Node);

/// <summary>
/// The workloads a rule is for: each name that is given has to be the workload's, character by character.
/// </summary>
/// <param name="Cluster">The cluster, if it matters.</param>
/// <param name="Namespace">The namespace, if it matters.</param>
/// <param name="ServiceAccount">The service account, if it matters; it is one of <paramref name="Namespace"/>.</param>
/// <param name="Node">The node, if it matters.</param>
public sealed record RuleScope(string? Cluster, string? Namespace, string? ServiceAccount, string? Node)
{
    /// <summary>The scope of the default rule.</summary>
    public static RuleScope Everything { get; } = new(null, null, null, null);

    /// <summary>Whether the scope names nothing.</summary>
    public bool IsEmpty => this == Everything;

    /// <summary>
    /// How specific the scope is: a service account outranks a namespace outranks a cluster outranks a node, whatever
    /// else is named.
    /// </summary>
    internal int Rank =>
        (ServiceAccount is null ? 0 : 8) + (Namespace is null ? 0 : 4) + (Cluster is null ? 0 : 2) + (Node is null ? 0 : 1);

    /// <summary>Whether the workload has every name of the scope.</summary>
    public bool IsMatch(WorkloadContext workload) => Mismatch(workload) is null;

    /// <summary>The scope in words.</summary>
    public override string ToString() => ToString("everything");

    /// <summary>What the workload names.</summary>
    internal static RuleScope Of(WorkloadContext workload) =>
        new(workload.Cluster, workload.Namespace, workload.ServiceAccount, workload.Node);

    /// <summary>The scope in words, and those for one that names nothing.</summary>
    internal string ToString(string nothing) => IsEmpty
        ? nothing
        : string.Join(
            ", ", Names(this).Where(name => name.Value is not null).Select(name => $"{name.What} {name.Value}"));

    /// <summary>Why the workload is not in the scope, in words; null when it is.</summary>
    internal string? Mismatch(WorkloadContext workload)
    {
        ArgumentNullException.ThrowIfNull(workload);
        foreach (var (wanted, found) in Names(this).Zip(Names(Of(workload))))
        {
            if (wanted.Value is not null && !string.Equals(wanted.Value, found.Value, StringComparison.Ordinal))
                return $"it is for {wanted.What} {wanted.Value}, not {Model.Printable.Escape(found.Value)}";
        }

        return null;
    }

    private static IEnumerable<(string What, string? Value)> Names(RuleScope scope) =>
    [
        ("service account", scope.ServiceAccount), ("namespace", scope.Namespace),
        ("cluster", scope.Cluster), ("node", scope.Node),
    ];
}

/// <summary>
/// The one rule for a workload, and why the others lost. Among the rules whose scope holds, the most specific wins:
/// scopes are compared by whether they name a service account, then a namespace, then a cluster, then a node. No two
/// rules have one scope, so there is never a tie. Without any rule the default one applies, and without that none.
/// </summary>
public sealed record RuleSelection
{
    private RuleSelection(AdmissionRule? rule, IReadOnlyList<string> considered)
    {
        Rule = rule;
        Considered = considered;
    }

    /// <summary>The rule; null when nothing covers the workload, which denies it.</summary>
    public AdmissionRule? Rule { get; }

    /// <summary>Every other rule and why it lost, in the policy's order.</summary>
    public IReadOnlyList<string> Considered { get; }

    internal static RuleSelection From(AdmissionPolicy policy, WorkloadContext workload)
    {
        var winner = policy.Rules.Where(rule => rule.Scope.IsMatch(workload)).MaxBy(rule => rule.Scope.Rank)
            ?? policy.Default;
        var losers = policy.AllRules.Where(rule => rule != winner);
        return new RuleSelection(winner, [.. losers.Select(rule => Explain(rule, winner, workload))]);
    }

    private static string Explain(AdmissionRule rule, AdmissionRule? winner, WorkloadContext workload) =>
        rule.Scope.Mismatch(workload) is { } mismatch
            ? $"rule {rule.Name}: {mismatch}"
            : $"rule {rule.Name}: its scope ({rule.Scope}) is less specific than that of {winner!.Name} ({winner.Scope})";
}
