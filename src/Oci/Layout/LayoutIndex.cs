// SPDX-License-Identifier: Apache-2.0

using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using SupplyChain.Model;

namespace SupplyChain.Oci.Layout;

/// <summary>What becomes of the manifest that a tag named before.</summary>
internal enum ReplacedTag
{
    /// <summary>It stays in the index without a name, as a registry keeps untagged manifests.</summary>
    StaysListed,

    /// <summary>It goes: the new one holds all that it held.</summary>
    IsDropped,
}

/// <summary>Changes a layout's <c>index.json</c>; what it does not change stays as other tools wrote it.</summary>
internal static class LayoutIndex
{
    private const string RefName = "org.opencontainers.image.ref.name";
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Empty { get; } = [.. Manifest.WriteIndex([]).Content.Span];

    public static bool IsTagged(Descriptor listed, string tag) =>
        listed.Annotations.TryGetValue(RefName, out var name) && string.Equals(name, tag, StringComparison.Ordinal);

    /// <summary>The index with a manifest listed, under a tag if one is given.</summary>
    public static Manifest With(Manifest index, Descriptor manifest, string? tag, ReplacedTag replaced)
    {
        var present = index.Manifests.Where(listed => listed.Digest == manifest.Digest).ToList();
        if (present.Exists(listed => tag is null || IsTagged(listed, tag)))
            return index;

        var content = new ArrayBufferWriter<byte>(index.Content.Length + 512);
        using (var document = JsonDocument.Parse(index.Content))
        using (var writer = new Utf8JsonWriter(content, Options))
        {
            writer.WriteStartObject();
            foreach (var member in document.RootElement.EnumerateObject())
            {
                if (!member.NameEquals("manifests"))
                {
                    member.WriteTo(writer);
                    continue;
                }

                writer.WriteStartArray("manifests");
                foreach (var (entry, listed) in JsonMembers.Items(member.Value).Zip(index.Manifests))
                {
                    if (tag is null || !IsTagged(listed, tag))
                        entry.WriteTo(writer);
                    else if (replaced == ReplacedTag.StaysListed)
                        WriteWithoutName(writer, entry);
                }

                DescriptorJson.Write(writer, Entry(manifest, tag));
                writer.WriteEndArray();
            }

            writer.WriteEndObject();
        }

        return ManifestWriter.ReadAgain(content.WrittenMemory, MediaTypes.ImageIndex, ManifestReader.Bounds.Layout);
    }

    // Only what other tools look at: annotations of the manifest itself stay there.
    private static Descriptor Entry(Descriptor manifest, string? tag) =>
        new(manifest.MediaType, manifest.Digest, manifest.Size)
    {
        Annotations = tag is null
            ? Manifest.NoAnnotations
            : new Dictionary<string, string>(StringComparer.Ordinal) { [RefName] = tag },
    };

    private static void WriteWithoutName(Utf8JsonWriter writer, JsonElement entry)
    {
        writer.WriteStartObject();
        foreach (var member in entry.EnumerateObject())
        {
            if (!member.NameEquals("annotations"))
            {
                member.WriteTo(writer);
                continue;
            }

            writer.WriteStartObject("annotations");
            foreach (var note in member.Value.EnumerateObject().Where(note => !note.NameEquals(RefName)))
                note.WriteTo(writer);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }
}
