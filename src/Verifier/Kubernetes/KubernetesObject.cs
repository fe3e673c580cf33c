// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Verifier.Kubernetes;

/// <summary>
/// What one pass over an object found, at every place where some kind keeps its pod spec. Which of them counts is
/// decided afterwards by the kind, so that the order of the members is nothing to rely on.
/// </summary>
internal sealed class KubernetesObject
{
    private PodSpec? _podSpec;
    private List<PodSpec>? _others;

    public string? ApiVersion { get; set; }

    public string? Kind { get; set; }

    public string? Name { get; set; }

    public string? Namespace { get; set; }

    /// <summary>What is wrong with its shape outside of any pod spec, as a sentence; the first thing found.</summary>
    public string? Problem { get; private set; }

    public void Complain(string? problem) => Problem ??= problem;

    /// <summary>The pod spec at <paramref name="path"/>; made when the first member of one is met there.</summary>
    public PodSpec At(PodSpecPath path)
    {
        if (Find(path) is { } known)
            return known;

        var made = new PodSpec(path);
        if (_podSpec is null)
            _podSpec = made;
        else
            (_others ??= []).Add(made);
        return made;
    }

    /// <summary>Lists what the object runs, being of <paramref name="kind"/>.</summary>
    public bool TryGetWorkload(
        WorkloadKind kind, PodSpecPath path, string? @namespace, string name,
        [NotNullWhen(true)] out Workload? workload, [NotNullWhen(false)] out WorkloadProblem? problem)
    {
        workload = null;
        if (Problem is not null)
        {
            problem = new WorkloadProblem(ReasonCode.ReviewMalformed, $"{kind}: {Problem}");
            return false;
        }

        if (Find(path) is not { } podSpec)
        {
            problem = new WorkloadProblem(ReasonCode.ReviewMalformed, $"{kind} has no pod spec at {PodSpecs.Text(path)}");
            return false;
        }

        if (podSpec.Images.Count > Limits.ImagesPerRequest)
        {
            problem = new WorkloadProblem(
                ReasonCode.ReviewLimit, $"{kind} names more than {Limits.ImagesPerRequest} images");
            return false;
        }

        var shape = podSpec.Problem ?? (podSpec.Images.Count == 0 ? $"{PodSpecs.Text(path)} names no container" : null);
        if (shape is not null)
        {
            problem = new WorkloadProblem(ReasonCode.ReviewMalformed, $"{kind}: {shape}");
            return false;
        }

        if (podSpec.ServiceAccountName is { Length: > 0 } account && podSpec.ServiceAccount is { Length: > 0 } old
            && !string.Equals(account, old, StringComparison.Ordinal))
        {
            problem = new WorkloadProblem(
                ReasonCode.ReviewMalformed,
                $"{kind}: {PodSpecs.Text(path)} names two service accounts, "
                + $"'{Printable.Escape(account)}' and '{Printable.Escape(old)}'");
            return false;
        }

        var serviceAccount = podSpec.ServiceAccountName is { Length: > 0 } named ? named
            : podSpec.ServiceAccount is { Length: > 0 } deprecated ? deprecated
            : "default";
        workload = new Workload(kind, @namespace, name, serviceAccount, podSpec.Images);
        problem = null;
        return true;
    }

    private PodSpec? Find(PodSpecPath path)
    {
        if (_podSpec?.Path == path)
            return _podSpec;
        return _others?.Find(other => other.Path == path);
    }
}

/// <summary>The members of a pod spec that matter here.</summary>
internal sealed class PodSpec(PodSpecPath path)
{
    public PodSpecPath Path { get; } = path;

    public string? ServiceAccountName { get; set; }

    /// <summary>The deprecated spelling of <see cref="ServiceAccountName"/>.</summary>
    public string? ServiceAccount { get; set; }

    public List<ImageField> Images { get; } = [];

    /// <summary>What is wrong with its shape, as a sentence; the first thing found.</summary>
    public string? Problem { get; private set; }

    public void Complain(string? problem) => Problem ??= problem;

    /// <summary>Keeps a field; one over the limit is enough to know that there are too many.</summary>
    public void Add(ImageField field)
    {
        if (Images.Count <= Limits.ImagesPerRequest)
            Images.Add(field);
    }
}
