// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Oci;

/// <summary>
/// Reads manifests such that whatever is accepted means one thing to every reader: a document that one program takes
/// for an index and another for an image (CVE-2021-41190) is refused.
/// </summary>
internal static class ManifestReader
{
    private static readonly string[] RootMembers =
    [
        "schemaVersion", "mediaType", "artifactType", "config", "layers", "manifests", "subject", "annotations",
        "fsLayers", "history", "signatures", "blobs",
    ];

    // What only another kind of manifest has.
    private static readonly string[] ForeignToImage = ["manifests", "fsLayers", "history", "signatures", "blobs"];
    private static readonly string[] ForeignToIndex =
        ["config", "layers", "fsLayers", "history", "signatures", "blobs"];

    public static bool TryRead(
        ReadOnlyMemory<byte> content, string? servedAs, Bounds bounds, [NotNullWhen(true)] out Manifest? manifest,
        [NotNullWhen(false)] out RegistryProblem? problem)
    {
        manifest = null;
        if (content.Length > bounds.Bytes)
        {
            problem = new(
                ReasonCode.RegistryLimit, $"a manifest has {content.Length} bytes; at most {bounds.Bytes} are read");
            return false;
        }

        if (!StrictJson.TryParse(content, out var document, out var notJson))
        {
            problem = Malformed(notJson);
            return false;
        }

        using (document)
        {
            problem = ReadRoot(document.RootElement, servedAs, bounds, out var mediaType, out var body);
            if (problem is not null)
                return false;

            manifest = new Manifest(content, mediaType!, body!);
            return true;
        }
    }

    private static RegistryProblem? ReadRoot(
        JsonElement root, string? servedAs, Bounds bounds, out string? mediaType, out ManifestBody? body)
    {
        mediaType = null;
        body = null;
        if (root.ValueKind != JsonValueKind.Object)
            return Malformed("it is not an object");

        if (StrictJson.FindCaseVariant(root, RootMembers) is { } variant)
            return Ambiguous($"some readers take its member '{Printable.Escape(variant)}' for another");

        if (!root.TryGetProperty("schemaVersion", out var version) || version.ValueKind != JsonValueKind.Number)
            return Malformed("it has no schemaVersion");

        if (!string.Equals(version.GetRawText(), "2", StringComparison.Ordinal))
            return Malformed($"schema version {Printable.Escape(version.GetRawText())} is not understood, only 2");

        return DecideKind(root, servedAs, out mediaType)
            ?? CheckShape(root, mediaType!)
            ?? ReadBody(root, mediaType!, bounds, out body);
    }

    private static RegistryProblem? DecideKind(JsonElement root, string? servedAs, out string? mediaType)
    {
        mediaType = servedAs;
        if (JsonMembers.TryGet(root, "mediaType", out var member))
        {
            if (!DescriptorJson.TryReadMediaType(member, out var stated))
                return Malformed("its mediaType is not a well-formed media type");

            if (servedAs is not null && !string.Equals(servedAs, stated, StringComparison.Ordinal))
                return Ambiguous($"it is served as {Printable.Escape(servedAs)} and calls itself {stated}");

            mediaType = stated;
        }

        // An OCI manifest need not name its type; then its members do.
        mediaType ??= root.TryGetProperty("manifests", out _) ? MediaTypes.ImageIndex : MediaTypes.ImageManifest;
        return MediaTypes.IsManifest(mediaType)
            ? null
            : Malformed($"{Printable.Escape(mediaType)} is not a manifest type that is understood");
    }

    private static RegistryProblem? CheckShape(JsonElement root, string mediaType)
    {
        var foreign = MediaTypes.IsIndex(mediaType) ? ForeignToIndex : ForeignToImage;
        var found = Array.Find(foreign, name => root.TryGetProperty(name, out _));
        return found is null ? null : Ambiguous($"it is of type {mediaType} and has the member '{found}'");
    }

    private static RegistryProblem? ReadBody(JsonElement root, string mediaType, Bounds bounds, out ManifestBody? body)
    {
        body = null;
        Descriptor? config = null;
        Descriptor? subject = null;
        IReadOnlyList<Descriptor> layers = [];
        IReadOnlyList<Descriptor> manifests = [];
        string? problem;

        if (MediaTypes.IsIndex(mediaType))
        {
            if (ReadList(root, "manifests", bounds.Manifests, out manifests) is { } wrong)
                return wrong;
        }
        else
        {
            if (!root.TryGetProperty("config", out var member))
                return Malformed("it has no config");

            if (!DescriptorJson.TryRead(member, out config, out problem))
                return Malformed($"config: {problem}");

            if (ReadList(root, "layers", bounds.Layers, out layers) is { } wrong)
                return wrong;

            // Docker's format has images without layers; the OCI schema asks for at least one.
            if (layers.Count == 0 && mediaType is MediaTypes.ImageManifest)
                return Malformed("its layers are empty");
        }

        if (JsonMembers.TryGet(root, "subject", out var referred)
            && !DescriptorJson.TryRead(referred, out subject, out problem))
        {
            return Malformed($"subject: {problem}");
        }

        if (!DescriptorJson.TryReadArtifactType(root, out var artifactType, out problem)
            || !DescriptorJson.TryReadAnnotations(root, out var annotations, out problem))
        {
            return Malformed(problem);
        }

        body = new ManifestBody
        {
            ArtifactType = artifactType,
            Config = config,
            Layers = layers,
            Manifests = manifests,
            Subject = subject,
            Annotations = annotations,
        };
        return null;
    }

    private static RegistryProblem? ReadList(
        JsonElement root, string name, int most, out IReadOnlyList<Descriptor> descriptors)
    {
        descriptors = [];
        if (!root.TryGetProperty(name, out var list)
            || list.ValueKind is not (JsonValueKind.Array or JsonValueKind.Null))
            return Malformed($"it has no list of {name}");

        var count = list.ValueKind == JsonValueKind.Null ? 0 : list.GetArrayLength();
        if (count > most)
        {
            return new(
                ReasonCode.TooManySignatures, $"a manifest lists {count} {name}; at most {most} are examined");
        }

        var read = new List<Descriptor>(count);
        foreach (var element in JsonMembers.Items(list))
        {
            if (!DescriptorJson.TryRead(element, out var descriptor, out var problem))
                return Malformed($"{name}[{read.Count}]: {problem}");

            read.Add(descriptor);
        }

        descriptors = read.AsReadOnly();
        return null;
    }

    private static RegistryProblem Malformed(string what) =>
        new(ReasonCode.ManifestMalformed, $"a manifest is malformed: {what}");

    private static RegistryProblem Ambiguous(string what) =>
        new(ReasonCode.ManifestAmbiguous, $"a manifest is ambiguous: {what}");

    /// <summary>How much of a manifest is read.</summary>
    internal sealed record Bounds(int Bytes, int Layers, int Manifests)
    {
        public static Bounds Registry { get; } = new(
            Limits.ManifestBytes, Limits.ManifestLayers, Limits.IndexManifests);

        /// <summary>A layout's <c>index.json</c> holds the manifests of all its images.</summary>
        public static Bounds Layout { get; } = new(
            Limits.LayoutIndexBytes, Limits.ManifestLayers, Limits.LayoutManifests);
    }
}
