// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using SupplyChain.Model;

namespace SupplyChain.EndToEnd.Components;

/// <summary>An image of one random layer, pushed without foreign tools: quick, where many are needed.</summary>
/// <param name="Digest">The manifest's digest.</param>
/// <param name="Config">The configuration's digest.</param>
public sealed record PlainImage(Digest Digest, Digest Config)
{
    private const string ManifestType = "application/vnd.oci.image.manifest.v1+json";

    /// <summary>Makes an image that no other test has, and stores it by digest.</summary>
    public static async Task<PlainImage> PushAsync(RegistryContent content, string repository, CancellationToken cancellationToken)
    {
        var layer = RandomNumberGenerator.GetBytes(32);
        var layerDigest = await content.PutBlobAsync(repository, layer, cancellationToken);
        var config = Encoding.UTF8.GetBytes(new JsonObject
        {
            ["architecture"] = "amd64",
            ["os"] = "linux",
            ["rootfs"] = new JsonObject { ["type"] = "layers", ["diff_ids"] = new JsonArray(layerDigest.ToString()) },
        }.ToJsonString());
        var configDigest = await content.PutBlobAsync(repository, config, cancellationToken);
        var manifest = new JsonObject
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = ManifestType,
            ["config"] = Descriptor("application/vnd.oci.image.config.v1+json", configDigest, config.Length),
            ["layers"] = new JsonArray(Descriptor("application/vnd.oci.image.layer.v1.tar", layerDigest, layer.Length)),
        };
        var stored = await content.PutManifestAsync(repository, tag: null, manifest, ManifestType, cancellationToken);
        return new PlainImage(stored.Digest, configDigest);
    }

    private static JsonObject Descriptor(string mediaType, Digest digest, int size) => new()
    {
        ["mediaType"] = mediaType,
        ["digest"] = digest.ToString(),
        ["size"] = size,
    };
}
