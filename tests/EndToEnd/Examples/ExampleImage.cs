// SPDX-License-Identifier: Apache-2.0

using System.Formats.Tar;
using System.Text.Json.Nodes;
using SupplyChain.Model;
using SupplyChain.Testing;

namespace SupplyChain.EndToEnd.Examples;

/// <summary>One of the two images of <c>examples/image</c>, read by hand.</summary>
internal sealed class ExampleImage
{
    private readonly JsonNode _manifest;

    private ExampleImage(JsonNode descriptor)
    {
        Descriptor = descriptor;
        _manifest = JsonNode.Parse(Blob(Digest.Parse(Text(descriptor["digest"]))))!;
        Config = JsonNode.Parse(Blob(ConfigDigest))!;
    }

    /// <summary>The folder of the examples.</summary>
    public static string Folder { get; } = Path.Combine(SharedFiles.RepositoryRoot, "examples");

    /// <summary>The layout's index.</summary>
    public static JsonNode Index => JsonNode.Parse(File.ReadAllBytes(Path.Combine(Folder, "image", "index.json")))!;

    /// <summary>The index's entry.</summary>
    public JsonNode Descriptor { get; }

    /// <summary>The image's config.</summary>
    public JsonNode Config { get; }

    /// <summary>The manifest's digest.</summary>
    public Digest Digest => Digest.Parse(Text(Descriptor["digest"]));

    /// <summary>The config's digest.</summary>
    public Digest ConfigDigest => Digest.Parse(Text(_manifest["config"]!["digest"]));

    /// <summary>The descriptors of all that the image consists of: manifest, config, layers.</summary>
    public IEnumerable<JsonNode> Descriptors => [Descriptor, _manifest["config"]!, .. Layers];

    /// <summary>The layers' descriptors.</summary>
    public IEnumerable<JsonNode> Layers => _manifest["layers"]!.AsArray().Select(layer => layer!);

    /// <summary>The image with that tag.</summary>
    public static ExampleImage Open(string tag) => new(Index["manifests"]!.AsArray().Single(
        entry => Text(entry!["annotations"]!["org.opencontainers.image.ref.name"]) == tag)!);

    /// <summary>A blob's bytes.</summary>
    public static byte[] Blob(Digest digest) =>
        File.ReadAllBytes(Path.Combine(Folder, "image", "blobs", digest.Algorithm, digest.Hex));

    /// <summary>A string member's value.</summary>
    public static string Text(JsonNode? node) => node!.GetValue<string>();

    /// <summary>The packages that the image's own database lists: version by name.</summary>
    public IReadOnlyDictionary<string, string> InstalledPackages()
    {
        foreach (var layer in Layers)
        {
            using var content = new MemoryStream(Blob(Digest.Parse(Text(layer["digest"]))));
            using var archive = new TarReader(content);
            while (archive.GetNextEntry() is { } entry)
            {
                if (entry.Name != "lib/apk/db/installed")
                    continue;

                using var reader = new StreamReader(entry.DataStream!);
                return reader.ReadToEnd()
                    .Split("\n\n", StringSplitOptions.RemoveEmptyEntries)
                    .Select(package => package.Split('\n').ToDictionary(line => line[..1], line => line[2..], StringComparer.Ordinal))
                    .ToDictionary(package => package["P"], package => package["V"], StringComparer.Ordinal);
            }
        }

        throw new InvalidDataException("the image has no package database");
    }
}
