// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using SupplyChain.Model;

namespace SupplyChain.Testing.Registry;

/// <summary>A manifest as it was stored.</summary>
public sealed record StoredManifest(Digest Digest, byte[] Content, string MediaType);

/// <summary>What a simulated registry holds in one repository. Tests fill it and look into it directly.</summary>
public sealed class RegistryStore
{
    private readonly ConcurrentDictionary<string, byte[]> _blobs = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, StoredManifest> _manifests = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _tags = new(StringComparer.Ordinal);

    /// <summary>The tags, sorted.</summary>
    public IReadOnlyList<string> Tags => [.. _tags.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Stores a blob.</summary>
    public Descriptor AddBlob(byte[] content, string mediaType = "application/octet-stream")
    {
        var digest = Digest.Compute(content);
        _blobs[digest.ToString()] = content;
        return new Descriptor(mediaType, digest, content.Length);
    }

    /// <summary>Stores a manifest, under a tag if one is given.</summary>
    public StoredManifest AddManifest(byte[] content, string mediaType, string? tag = null)
    {
        var stored = new StoredManifest(Digest.Compute(content), content, mediaType);
        _manifests[stored.Digest.ToString()] = stored;
        if (tag is not null)
            _tags[tag] = stored.Digest.ToString();
        return stored;
    }

    /// <summary>Stores a small image: a configuration, a layer and a manifest that is made of the seed.</summary>
    public StoredManifest AddImage(string seed = "image", string? tag = null)
    {
        const string imageManifest = "application/vnd.oci.image.manifest.v1+json";
        var config = AddBlob(Encoding.UTF8.GetBytes($$"""
            {"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]},"seed":"{{seed}}"}
            """));
        var layer = AddBlob(Encoding.UTF8.GetBytes($"layer of {seed}"));
        return AddManifest(
            Encoding.UTF8.GetBytes($$"""
                {"schemaVersion":2,"mediaType":"{{imageManifest}}",
                "config":{"mediaType":"application/vnd.oci.image.config.v1+json",
                "digest":"{{config.Digest}}","size":{{config.Size}}},
                "layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar",
                "digest":"{{layer.Digest}}","size":{{layer.Size}}}]}
                """),
            imageManifest, tag);
    }

    /// <summary>A blob, or <see langword="null"/>.</summary>
    public byte[]? FindBlob(string digest) => _blobs.GetValueOrDefault(digest);

    /// <summary>A manifest by digest or tag, or <see langword="null"/>.</summary>
    public StoredManifest? FindManifest(string reference) =>
        _manifests.GetValueOrDefault(_tags.GetValueOrDefault(reference, reference));

    /// <summary>The first layer of every manifest whose subject is <paramref name="image"/>: bundles.</summary>
    public IEnumerable<byte[]> BundlesOf(Digest image) =>
        from descriptor in ListReferrers(image.ToString())
        let manifest = _manifests[JsonNode.Parse(descriptor)!["digest"]!.GetValue<string>()]
        select _blobs[JsonNode.Parse(manifest.Content)!["layers"]![0]!["digest"]!.GetValue<string>()];

    /// <summary>Loses a blob.</summary>
    public void LoseBlob(Digest digest) => _blobs.TryRemove(digest.ToString(), out _);

    /// <summary>Loses a manifest; tags that named it stay and lead nowhere.</summary>
    public void LoseManifest(Digest digest) => _manifests.TryRemove(digest.ToString(), out _);

    /// <summary>Points a tag to something else.</summary>
    public void SetTag(string tag, Digest digest) => _tags[tag] = digest.ToString();

    /// <summary>The first blob that a manifest names and that is not here, or <see langword="null"/>.</summary>
    internal string? FirstMissingBlob(JsonElement manifest)
    {
        IEnumerable<JsonElement> named = manifest.TryGetProperty("config", out var config) ? [config] : [];
        if (manifest.TryGetProperty("layers", out var layers))
            named = named.Concat(layers.EnumerateArray());
        return named.Select(
            blob => blob.GetProperty("digest").GetString()!).FirstOrDefault(digest => !_blobs.ContainsKey(digest));
    }

    /// <summary>Descriptors of the manifests whose subject is <paramref name="subject"/>, sorted by digest.</summary>
    internal IReadOnlyList<string> ListReferrers(string subject) =>
    [
        .. _manifests.Values.OrderBy(manifest => manifest.Digest.Hex, StringComparer.Ordinal)
            .Select(manifest => Describe(manifest, subject)).OfType<string>(),
    ];

    private static string? Describe(StoredManifest manifest, string subject)
    {
        using var document = JsonDocument.Parse(manifest.Content);
        var root = document.RootElement;
        if (!root.TryGetProperty("subject", out var referred)
            || !string.Equals(referred.GetProperty("digest").GetString(), subject, StringComparison.Ordinal))
        {
            return null;
        }

        var type = root.TryGetProperty("artifactType", out var own) ? own.GetString()
            : root.GetProperty("config").GetProperty("mediaType").GetString();
        var notes = root.TryGetProperty("annotations", out var annotations) ? annotations.GetRawText() : "{}";
        return $$"""
            {"mediaType":"{{manifest.MediaType}}","digest":"{{manifest.Digest}}","size":{{manifest.Content.Length}},
            "artifactType":"{{type}}","annotations":{{notes}}}
            """;
    }
}
