// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using SupplyChain.Model;

namespace SupplyChain.Oci;

/// <summary>Reads and writes descriptors. OCI image-spec, "Content Descriptors".</summary>
internal static class DescriptorJson
{
    private static readonly string[] Members =
        ["mediaType", "digest", "size", "urls", "annotations", "data", "artifactType", "platform"];

    private static readonly string[] PlatformMembers = ["os", "architecture", "variant"];

    public static bool TryRead(
        JsonElement element, [NotNullWhen(true)] out Descriptor? descriptor, [NotNullWhen(false)] out string? problem)
    {
        descriptor = null;
        if (element.ValueKind != JsonValueKind.Object)
        {
            problem = "a descriptor is not an object";
            return false;
        }

        if (StrictJson.FindCaseVariant(element, Members) is { } variant)
        {
            problem = $"a descriptor has the member '{Printable.Escape(variant)}', which some readers take for another";
            return false;
        }

        if (!element.TryGetProperty("mediaType", out var member) || !TryReadMediaType(member, out var mediaType))
        {
            problem = "a descriptor has no well-formed mediaType";
            return false;
        }

        if (!element.TryGetProperty("digest", out member) || member.ValueKind != JsonValueKind.String)
        {
            problem = "a descriptor has no digest";
            return false;
        }

        if (!Digest.TryParse(member.GetString(), out var digest, out problem))
            return false;

        if (!element.TryGetProperty("size", out member) || !TryReadSize(member, out var size))
        {
            problem = "a descriptor has no size that is an integer of at least 0";
            return false;
        }

        if (!TryReadArtifactType(element, out var artifactType, out problem)
            || !TryReadPlatform(element, out var platform, out problem)
            || !TryReadAnnotations(element, out var annotations, out problem)
            || !AreUrlsWellFormed(element, out problem)
            || !IsDataTrue(element, digest, size, out problem))
        {
            return false;
        }

        descriptor = new Descriptor(mediaType, digest, size)
        {
            ArtifactType = artifactType,
            Platform = platform,
            Annotations = annotations,
        };
        problem = null;
        return true;
    }

    public static bool TryReadArtifactType(
        JsonElement element, out string? artifactType, [NotNullWhen(false)] out string? problem)
    {
        artifactType = null;
        problem = null;
        // Registries copy an absent artifact type into an index as an empty one.
        if (!JsonMembers.TryGet(element, "artifactType", out var member)
            || (member.ValueKind == JsonValueKind.String && member.ValueEquals("")))
        {
            return true;
        }

        if (TryReadMediaType(member, out artifactType))
            return true;

        problem = "an artifactType is not a well-formed media type";
        return false;
    }

    public static bool TryReadAnnotations(
        JsonElement element, [NotNullWhen(true)] out IReadOnlyDictionary<string, string>? annotations,
        [NotNullWhen(false)] out string? problem)
    {
        annotations = Manifest.NoAnnotations;
        problem = null;
        if (!JsonMembers.TryGet(element, "annotations", out var member))
            return true;

        if (member.ValueKind != JsonValueKind.Object
            || member.EnumerateObject().Any(note => note.Value.ValueKind != JsonValueKind.String))
        {
            annotations = null;
            problem = "annotations are not an object of strings";
            return false;
        }

        annotations = member.EnumerateObject()
            .ToDictionary(note => note.Name, note => note.Value.GetString()!, StringComparer.Ordinal)
            .AsReadOnly();
        return true;
    }

    public static bool TryReadMediaType(JsonElement member, [NotNullWhen(true)] out string? mediaType)
    {
        mediaType = member.ValueKind == JsonValueKind.String ? member.GetString() : null;
        return mediaType is not null && MediaTypes.IsWellFormed(mediaType);
    }

    public static void Write(Utf8JsonWriter writer, Descriptor descriptor)
    {
        writer.WriteStartObject();
        writer.WriteString("mediaType", descriptor.MediaType);
        writer.WriteString("digest", descriptor.Digest.ToString());
        writer.WriteNumber("size", descriptor.Size);
        if (descriptor.ArtifactType is not null)
            writer.WriteString("artifactType", descriptor.ArtifactType);
        if (descriptor.Platform is { } platform)
        {
            writer.WriteStartObject("platform");
            writer.WriteString("architecture", platform.Architecture);
            writer.WriteString("os", platform.Os);
            if (platform.Variant is not null)
                writer.WriteString("variant", platform.Variant);
            writer.WriteEndObject();
        }

        WriteAnnotations(writer, descriptor.Annotations);
        writer.WriteEndObject();
    }

    public static void WriteAnnotations(Utf8JsonWriter writer, IReadOnlyDictionary<string, string> annotations)
    {
        if (annotations.Count == 0)
            return;

        writer.WriteStartObject("annotations");
        foreach (var (key, value) in annotations.OrderBy(note => note.Key, StringComparer.Ordinal))
            writer.WriteString(key, value);
        writer.WriteEndObject();
    }

    // 1e3 and 12.0 are integers to some readers and errors to others; only plain digits are taken.
    private static bool TryReadSize(JsonElement member, out long size)
    {
        size = 0;
        return member.ValueKind == JsonValueKind.Number && member.TryGetInt64(out size) && size >= 0
            && member.GetRawText().All(char.IsAsciiDigit);
    }

    private static bool TryReadPlatform(
        JsonElement element, out Platform? platform, [NotNullWhen(false)] out string? problem)
    {
        platform = null;
        problem = null;
        if (!JsonMembers.TryGet(element, "platform", out var member))
            return true;

        // What is "unknown" to us, and so nothing that runs, must not be linux/amd64 to the node.
        if (member.ValueKind == JsonValueKind.Object
            && StrictJson.FindCaseVariant(member, PlatformMembers) is { } lookalike)
        {
            problem = $"a platform has the member '{Printable.Escape(lookalike)}', which some readers take for another";
            return false;
        }

        if (member.ValueKind == JsonValueKind.Object && TryReadText(member, "os", out var os) && os is not null
            && TryReadText(member, "architecture", out var architecture) && architecture is not null
            && TryReadText(member, "variant", out var variant))
        {
            variant = string.IsNullOrEmpty(variant) ? null : variant;
            var stated = new Platform(os, architecture, variant);
            // Parsed again part by part: a slash inside one would make it another platform.
            if (Platform.TryParse(stated.ToString(), out platform, out problem) && platform == stated)
                return true;

            platform = null;
        }

        problem = "a platform does not name its os and architecture";
        return false;
    }

    private static bool TryReadText(JsonElement element, string name, out string? text)
    {
        text = null;
        if (!JsonMembers.TryGet(element, name, out var member))
            return true;

        text = member.ValueKind == JsonValueKind.String ? member.GetString() : null;
        return text is not null;
    }

    private static bool AreUrlsWellFormed(JsonElement element, [NotNullWhen(false)] out string? problem)
    {
        problem = null;
        if (!JsonMembers.TryGet(element, "urls", out var urls)
            || (urls.ValueKind == JsonValueKind.Array && urls.EnumerateArray().All(url =>
                url.ValueKind == JsonValueKind.String && Uri.TryCreate(url.GetString(), UriKind.Absolute, out _))))
        {
            return true;
        }

        problem = "a descriptor's urls are not a list of absolute URLs";
        return false;
    }

    private static bool IsDataTrue(
        JsonElement element, Digest digest, long size, [NotNullWhen(false)] out string? problem)
    {
        problem = null;
        if (!JsonMembers.TryGet(element, "data", out var data))
            return true;

        var text = data.ValueKind == JsonValueKind.String ? data.GetString()! : "";
        var content = new byte[text.Length];
        if (Convert.TryFromBase64String(text, content, out var length)
            && string.Equals(Convert.ToBase64String(content, 0, length), text, StringComparison.Ordinal)
            && length == size && Digest.ComputeLike(digest, content.AsSpan(0, length)) == digest)
        {
            return true;
        }

        problem = "a descriptor's embedded data is not what its digest and size say";
        return false;
    }
}
