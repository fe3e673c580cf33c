// SPDX-License-Identifier: Apache-2.0

using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using SupplyChain.Model;

namespace SupplyChain.Oci;

/// <summary>Writes manifests: equal input, equal bytes.</summary>
internal static class ManifestWriter
{
    // The default encoder would write the '+' of every media type as an escape.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Manifest Image(
        string? artifactType, Descriptor config, IReadOnlyList<Descriptor> layers, Descriptor? subject,
        IReadOnlyDictionary<string, string> annotations)
    {
        return Finish(MediaTypes.ImageManifest, writer =>
        {
            if (artifactType is not null)
                writer.WriteString("artifactType", artifactType);
            writer.WritePropertyName("config");
            DescriptorJson.Write(writer, config);
            WriteList(writer, "layers", layers);
            if (subject is not null)
            {
                // A subject is named by what it is alone; what an index said about it stays there.
                writer.WritePropertyName("subject");
                DescriptorJson.Write(writer, new Descriptor(subject.MediaType, subject.Digest, subject.Size));
            }

            DescriptorJson.WriteAnnotations(writer, annotations);
        });
    }

    public static Manifest Index(
        IReadOnlyList<Descriptor> manifests, IReadOnlyDictionary<string, string> annotations)
    {
        return Finish(MediaTypes.ImageIndex, writer =>
        {
            WriteList(writer, "manifests", manifests);
            DescriptorJson.WriteAnnotations(writer, annotations);
        });
    }

    /// <summary>
    /// The same manifest with entries added at the end and, for an image manifest, another configuration. What others
    /// wrote, known or not, is kept as it was.
    /// </summary>
    public static Manifest Append(Manifest manifest, IReadOnlyList<Descriptor> added, Descriptor? config)
    {
        var content = new ArrayBufferWriter<byte>(manifest.Content.Length + 512);
        using (var document = JsonDocument.Parse(manifest.Content))
        using (var writer = new Utf8JsonWriter(content, Options))
        {
            var list = manifest.IsIndex ? "manifests" : "layers";
            writer.WriteStartObject();
            foreach (var member in document.RootElement.EnumerateObject())
            {
                if (config is not null && member.NameEquals("config"))
                {
                    writer.WritePropertyName("config");
                    DescriptorJson.Write(writer, config);
                }
                else if (member.NameEquals(list))
                {
                    writer.WriteStartArray(list);
                    foreach (var entry in JsonMembers.Items(member.Value))
                        entry.WriteTo(writer);
                    foreach (var entry in added)
                        DescriptorJson.Write(writer, entry);
                    writer.WriteEndArray();
                }
                else
                {
                    member.WriteTo(writer);
                }
            }

            writer.WriteEndObject();
        }

        return ReadAgain(content.WrittenMemory, manifest.MediaType, ManifestReader.Bounds.Registry);
    }

    public static Manifest ReadAgain(ReadOnlyMemory<byte> content, string mediaType, ManifestReader.Bounds bounds) =>
        ManifestReader.TryRead(content.ToArray(), mediaType, bounds, out var manifest, out var problem)
            ? manifest
            : throw new RegistryException(problem);

    private static Manifest Finish(string mediaType, Action<Utf8JsonWriter> writeRest)
    {
        var content = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(content, Options))
        {
            writer.WriteStartObject();
            writer.WriteNumber("schemaVersion", 2);
            writer.WriteString("mediaType", mediaType);
            writeRest(writer);
            writer.WriteEndObject();
        }

        return ReadAgain(content.WrittenMemory, mediaType, ManifestReader.Bounds.Registry);
    }

    private static void WriteList(Utf8JsonWriter writer, string name, IReadOnlyList<Descriptor> descriptors)
    {
        writer.WriteStartArray(name);
        foreach (var descriptor in descriptors)
            DescriptorJson.Write(writer, descriptor);
        writer.WriteEndArray();
    }
}
