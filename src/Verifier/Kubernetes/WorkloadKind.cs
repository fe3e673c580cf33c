// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Verifier.Kubernetes;

/// <summary>A Kubernetes kind with its API group and version, such as apps/v1 Deployment.</summary>
/// <param name="Group">The API group; empty for the core group.</param>
/// <param name="Version">The API version, such as <c>v1</c>.</param>
/// <param name="Kind">The kind, such as <c>Pod</c>.</param>
public sealed record WorkloadKind(string Group, string Version, string Kind)
{
    private static readonly (WorkloadKind Kind, PodSpecPath Path)[] WithPodSpec =
    [
        (new WorkloadKind("", "v1", "Pod"), PodSpecPath.Pod),
        (new WorkloadKind("apps", "v1", "ReplicaSet"), PodSpecPath.Template),
        (new WorkloadKind("apps", "v1", "Deployment"), PodSpecPath.Template),
        (new WorkloadKind("apps", "v1", "StatefulSet"), PodSpecPath.Template),
        (new WorkloadKind("apps", "v1", "DaemonSet"), PodSpecPath.Template),
        (new WorkloadKind("batch", "v1", "Job"), PodSpecPath.Template),
        (new WorkloadKind("batch", "v1", "CronJob"), PodSpecPath.JobTemplate),
        (new WorkloadKind("", "v1", "ReplicationController"), PodSpecPath.Template),
        (new WorkloadKind("", "v1", "PodTemplate"), PodSpecPath.PodTemplate),
    ];

    // What a webhook on all subresources of pods and workloads also sees: none of these can carry an image.
    private static readonly WorkloadKind[] WithoutImages =
    [
        new("autoscaling", "v1", "Scale"),
        new("policy", "v1", "Eviction"),
        new("", "v1", "Binding"),
    ];

    /// <summary>Every kind whose images are known, in the order they are documented.</summary>
    public static IReadOnlyList<WorkloadKind> Supported { get; } = [.. WithPodSpec.Select(entry => entry.Kind)];

    /// <summary>The kind's API group and version as an object writes them: <c>apps/v1</c>, or <c>v1</c> for the core group.</summary>
    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary><c>apps/v1 Deployment</c>.</summary>
    public override string ToString() => $"{ApiVersion} {Kind}";

    /// <summary>Where the kind keeps its pod spec; null for a kind whose images are not known.</summary>
    internal PodSpecPath? PodSpec
    {
        get
        {
            foreach (var (kind, path) in WithPodSpec)
            {
                if (kind == this)
                    return path;
            }

            return null;
        }
    }

    /// <summary>Whether the kind is known to carry no image.</summary>
    internal bool HasNoImages => Array.IndexOf(WithoutImages, this) >= 0;

    /// <summary>Whether an object that calls itself <paramref name="apiVersion"/> and <paramref name="kind"/> is of this kind.</summary>
    internal bool IsWrittenAs(string? apiVersion, string? kind)
    {
        if (apiVersion is null || kind is null || !string.Equals(kind, Kind, StringComparison.Ordinal))
            return false;
        return Group.Length == 0
            ? string.Equals(apiVersion, Version, StringComparison.Ordinal)
            : apiVersion.Length == Group.Length + 1 + Version.Length
                && apiVersion.StartsWith(Group, StringComparison.Ordinal) && apiVersion[Group.Length] == '/'
                && apiVersion.EndsWith(Version, StringComparison.Ordinal);
    }

    /// <summary>Takes apart what an object writes as <c>apiVersion</c> and <c>kind</c>.</summary>
    internal static WorkloadKind FromObject(string apiVersion, string kind)
    {
        var slash = apiVersion.IndexOf('/', StringComparison.Ordinal);
        return slash < 0
            ? new WorkloadKind("", apiVersion, kind)
            : new WorkloadKind(apiVersion[..slash], apiVersion[(slash + 1)..], kind);
    }
}

/// <summary>Where in an object a pod spec stands.</summary>
internal enum PodSpecPath
{
    /// <summary><c>spec</c>, in a Pod.</summary>
    Pod,

    /// <summary><c>spec.template.spec</c>, in most workloads.</summary>
    Template,

    /// <summary><c>spec.jobTemplate.spec.template.spec</c>, in a CronJob.</summary>
    JobTemplate,

    /// <summary><c>template.spec</c>, in a PodTemplate.</summary>
    PodTemplate,
}
