// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Verifier.Kubernetes;

/// <summary>What a Kubernetes object would run, and for whom: nothing else of the object counts.</summary>
/// <param name="Kind">The object's kind.</param>
/// <param name="Namespace">The namespace it runs in; null when a manifest names none.</param>
/// <param name="Name">The object's name; empty while the server has not made one up.</param>
/// <param name="ServiceAccount">The service account its pods run as.</param>
/// <param name="Images">Every field that names an image, in the order they stand in the object.</param>
public sealed record Workload(
    WorkloadKind Kind, string? Namespace, string Name, string ServiceAccount, IReadOnlyList<ImageField> Images)
{
    /// <summary>
    /// Whether <paramref name="other"/> runs the same images in each of its lists, as the same service account: then an
    /// update from one to the other starts nothing that was not judged before.
    /// </summary>
    internal bool RunsTheSameAs(Workload other) =>
        Kind == other.Kind
        && string.Equals(ServiceAccount, other.ServiceAccount, StringComparison.Ordinal)
        && IsCoveredBy(other) && other.IsCoveredBy(this);

    private bool IsCoveredBy(Workload other)
    {
        foreach (var image in Images)
        {
            if (image.Reference is null || !other.Has(image.List, image.Reference))
                return false;
        }

        return true;
    }

    private bool Has(ImageList list, string reference)
    {
        foreach (var image in Images)
        {
            if (image.List == list && string.Equals(image.Reference, reference, StringComparison.Ordinal))
                return true;
        }

        return false;
    }
}

/// <summary>The lists of a pod spec that name images.</summary>
public enum ImageList
{
    /// <summary><c>containers</c>.</summary>
    Containers,

    /// <summary><c>initContainers</c>.</summary>
    InitContainers,

    /// <summary><c>ephemeralContainers</c>.</summary>
    EphemeralContainers,

    /// <summary><c>volumes</c>, whose <c>image.reference</c> mounts an image's files.</summary>
    Volumes,
}

/// <summary>One field that names an image.</summary>
public sealed class ImageField
{
    private readonly PodSpecPath _podSpec;
    private readonly int _index;
    private readonly string? _name;

    internal ImageField(PodSpecPath podSpec, ImageList list, int index, string? name, string? reference, string? problem)
    {
        _podSpec = podSpec;
        _index = index;
        _name = name;
        List = list;
        Reference = reference;
        Problem = problem;
    }

    /// <summary>The list the field stands in.</summary>
    public ImageList List { get; }

    /// <summary>The image's name as written; null when <see cref="Problem"/> says why there is none.</summary>
    public string? Reference { get; }

    /// <summary>Why the field names no image, as the end of a sentence that starts with the field.</summary>
    public string? Problem { get; }

    /// <summary>The field as people find it: <c>spec.template.spec.initContainers[0] "init"</c>.</summary>
    public override string ToString()
    {
        var path = $"{PodSpecs.Text(_podSpec)}.{PodSpecs.Text(List)}[{_index}]";
        return _name is null ? path : $"{path} \"{Printable.Escape(_name)}\"";
    }
}

/// <summary>Why an object's images could not be listed.</summary>
/// <param name="Reason"><c>KIND_UNSUPPORTED</c>, <c>REVIEW_MALFORMED</c> or <c>REVIEW_LIMIT</c>.</param>
/// <param name="Message">One sentence for people.</param>
public sealed record WorkloadProblem(ReasonCode Reason, string Message);

/// <summary>The words of a pod spec.</summary>
internal static class PodSpecs
{
    public static string Text(PodSpecPath path) => path switch
    {
        PodSpecPath.Pod => "spec",
        PodSpecPath.Template => "spec.template.spec",
        PodSpecPath.JobTemplate => "spec.jobTemplate.spec.template.spec",
        _ => "template.spec",
    };

    public static string Text(ImageList list) => list switch
    {
        ImageList.Containers => "containers",
        ImageList.InitContainers => "initContainers",
        ImageList.EphemeralContainers => "ephemeralContainers",
        _ => "volumes",
    };
}
