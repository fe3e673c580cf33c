// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;

namespace SupplyChain.Verifier.Kubernetes;

/// <summary>
/// Reads a Kubernetes object for the images it names. Labels, annotations and owners are passed over: whoever writes the
/// object writes those too.
/// </summary>
internal static class ObjectReader
{
    private static readonly string[] ObjectMembers = ["apiVersion", "kind", "metadata", "spec", "template"];
    private static readonly string[] MetadataMembers = ["name", "namespace"];
    private static readonly string[] TemplateMembers = ["spec"];
    private static readonly string[] ContainerMembers = ["name", "image"];
    private static readonly string[] ImageMembers = ["reference"];

    private static readonly string[] SpecMembers =
    [
        "containers", "initContainers", "ephemeralContainers", "volumes", "serviceAccountName", "serviceAccount",
        "template", "jobTemplate",
    ];

    /// <summary>Reads the object whose start the reader stands on, to its end.</summary>
    public static KubernetesObject Read(ref StrictReader json)
    {
        var read = new KubernetesObject();
        while (json.NextMember())
        {
            if (json.Is("apiVersion"u8))
                read.ApiVersion = json.ReadText();
            else if (json.Is("kind"u8))
                read.Kind = json.ReadText();
            else if (json.Is("metadata"u8))
                ReadMetadata(ref json, read);
            else if (json.Is("spec"u8))
                ReadSpec(ref json, read, PodSpecPath.Pod);
            else if (json.Is("template"u8))
                ReadTemplate(ref json, read, PodSpecPath.PodTemplate);
            else
                read.Complain(json.SkipMember(ObjectMembers));
        }

        return read;
    }

    private static void ReadMetadata(ref StrictReader json, KubernetesObject read)
    {
        if (!json.EnterObject())
            return;

        while (json.NextMember())
        {
            if (json.Is("name"u8))
                read.Name = json.ReadText();
            else if (json.Is("namespace"u8))
                read.Namespace = json.ReadText();
            else
                read.Complain(json.SkipMember(MetadataMembers));
        }
    }

    private static void ReadTemplate(ref StrictReader json, KubernetesObject read, PodSpecPath path)
    {
        if (!json.EnterObject())
            return;

        while (json.NextMember())
        {
            if (json.Is("spec"u8))
                ReadSpec(ref json, read, path);
            else
                read.Complain(json.SkipMember(TemplateMembers));
        }
    }

    // A spec is a pod's own, or holds the template that has the pod's; both are looked for, the kind decides later.
    private static void ReadSpec(ref StrictReader json, KubernetesObject read, PodSpecPath path)
    {
        if (!json.EnterObject())
            return;

        while (json.NextMember())
        {
            if (json.Is("containers"u8))
                ReadContainers(ref json, read.At(path), ImageList.Containers);
            else if (json.Is("initContainers"u8))
                ReadContainers(ref json, read.At(path), ImageList.InitContainers);
            else if (json.Is("ephemeralContainers"u8))
                ReadContainers(ref json, read.At(path), ImageList.EphemeralContainers);
            else if (json.Is("volumes"u8))
                ReadVolumes(ref json, read.At(path));
            else if (json.Is("serviceAccountName"u8))
                read.At(path).ServiceAccountName = ReadAccount(ref json, read.At(path));
            else if (json.Is("serviceAccount"u8))
                read.At(path).ServiceAccount = ReadAccount(ref json, read.At(path));
            else if (path == PodSpecPath.Pod && json.Is("template"u8))
                ReadTemplate(ref json, read, PodSpecPath.Template);
            else if (path == PodSpecPath.Pod && json.Is("jobTemplate"u8))
                ReadJobTemplate(ref json, read);
            else
                read.Complain(json.SkipMember(SpecMembers));
        }
    }

    private static void ReadJobTemplate(ref StrictReader json, KubernetesObject read)
    {
        if (!json.EnterObject())
            return;

        while (json.NextMember())
        {
            if (json.Is("spec"u8))
                ReadJobSpec(ref json, read);
            else
                read.Complain(json.SkipMember(TemplateMembers));
        }
    }

    private static void ReadJobSpec(ref StrictReader json, KubernetesObject read)
    {
        if (!json.EnterObject())
            return;

        while (json.NextMember())
        {
            if (json.Is("template"u8))
                ReadTemplate(ref json, read, PodSpecPath.JobTemplate);
            else
                read.Complain(json.SkipMember(SpecMembers));
        }
    }

    // Other kinds keep other things under these names; only where the kind has a pod spec here does the shape matter.
    private static string? ReadAccount(ref StrictReader json, PodSpec podSpec)
    {
        var account = json.ReadText(out var isText);
        if (!isText)
            podSpec.Complain($"{PodSpecs.Text(podSpec.Path)} names a service account that is not a string");
        return account;
    }

    private static void ReadContainers(ref StrictReader json, PodSpec podSpec, ImageList list)
    {
        if (!json.EnterList(out var absent))
        {
            if (!absent)
                podSpec.Complain($"{PodSpecs.Text(podSpec.Path)} has {PodSpecs.Text(list)} that are not a list");
            return;
        }

        for (var index = 0; json.NextElement(); index++)
        {
            if (json.Token == JsonTokenType.StartObject)
                ReadContainer(ref json, podSpec, list, index);
            else
                Refuse(ref json, podSpec, list, index);
        }
    }

    private static void ReadContainer(ref StrictReader json, PodSpec podSpec, ImageList list, int index)
    {
        string? name = null, image = null;
        var isText = true;
        while (json.NextMember())
        {
            if (json.Is("name"u8))
                name = json.ReadText(out _);
            else if (json.Is("image"u8))
                image = json.ReadText(out isText);
            else
                podSpec.Complain(json.SkipMember(ContainerMembers));
        }

        podSpec.Add(new ImageField(podSpec.Path, list, index, name, Named(image), ProblemOf(image, isText)));
    }

    private static void ReadVolumes(ref StrictReader json, PodSpec podSpec)
    {
        if (!json.EnterList(out var absent))
        {
            if (!absent)
                podSpec.Complain($"{PodSpecs.Text(podSpec.Path)} has volumes that are not a list");
            return;
        }

        for (var index = 0; json.NextElement(); index++)
        {
            if (json.Token == JsonTokenType.StartObject)
                ReadVolume(ref json, podSpec, index);
            else
                Refuse(ref json, podSpec, ImageList.Volumes, index);
        }
    }

    private static void ReadVolume(ref StrictReader json, PodSpec podSpec, int index)
    {
        string? name = null, reference = null;
        bool isImage = false, isText = true;
        while (json.NextMember())
        {
            if (json.Is("name"u8))
                name = json.ReadText(out _);
            else if (json.Is("image"u8))
                (isImage, reference, isText) = ReadVolumeImage(ref json, podSpec);
            else
                podSpec.Complain(json.SkipMember(ContainerMembers));
        }

        if (isImage)
            podSpec.Add(new ImageField(
                podSpec.Path, ImageList.Volumes, index, name, Named(reference), ProblemOf(reference, isText)));
    }

    private static (bool IsImage, string? Reference, bool IsText) ReadVolumeImage(
        ref StrictReader json, PodSpec podSpec)
    {
        if (!json.EnterObject())
            return (json.Token != JsonTokenType.Null, null, json.Token == JsonTokenType.Null);

        string? reference = null;
        var isText = true;
        while (json.NextMember())
        {
            if (json.Is("reference"u8))
                reference = json.ReadText(out isText);
            else
                podSpec.Complain(json.SkipMember(ImageMembers));
        }

        return (true, reference, isText);
    }

    private static void Refuse(ref StrictReader json, PodSpec podSpec, ImageList list, int index)
    {
        json.SkipRest();
        podSpec.Complain($"{PodSpecs.Text(podSpec.Path)} has {PodSpecs.Text(list)}[{index}] that is not an object");
    }

    private static string? Named(string? image) => string.IsNullOrEmpty(image) ? null : image;

    private static string? ProblemOf(string? image, bool isText) =>
        !isText ? "names an image that is not a string"
        : image is null ? "names no image"
        : image.Length == 0 ? "names an empty image"
        : null;
}
