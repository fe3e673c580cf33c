// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using SupplyChain.EndToEnd.Components;
using SupplyChain.Model;

namespace SupplyChain.EndToEnd.Crash;

/// <summary>Something signed that anybody finds beside an image.</summary>
/// <param name="Purpose">The predicate type of a bundle, or <c>tag</c> for a layer of the signature tag.</param>
/// <param name="Content">The digest of what is signed with its signature: the bundle, or the layer's payload.</param>
public sealed record PublishedArtifact(string Purpose, Digest Content);

/// <summary>Reads by hand what is attached to an image.</summary>
public static class PublishedArtifacts
{
    private const string PredicateAnnotation = "dev.sigstore.bundle.predicateType";
    private const string TagAnnotation = "org.opencontainers.image.ref.name";

    /// <summary>Of a registry without the referrers API: from the fallback tag and the signature tag.</summary>
    public static async Task<IReadOnlyList<PublishedArtifact>> ReadAsync(
        RegistryContent content, string repository, Digest image, CancellationToken cancellationToken)
    {
        var found = new List<PublishedArtifact>();
        var index = (await content.ManifestAsync(repository, Tampering.TagFor(image), cancellationToken)).Read();
        foreach (var entry in index["manifests"]!.AsArray())
            found.Add(OfReferrer((await content.ManifestAsync(repository, Text(entry!["digest"]), cancellationToken)).Read()));
        found.AddRange(OfTag((await content.ManifestAsync(repository, Tampering.TagFor(image, ".sig"), cancellationToken)).Read()));
        return found;
    }

    /// <summary>Of a layout directory: from its index.</summary>
    public static IReadOnlyList<PublishedArtifact> Read(string layout, Digest image)
    {
        var found = new List<PublishedArtifact>();
        foreach (var entry in Parse(Path.Combine(layout, "index.json"))["manifests"]!.AsArray())
        {
            var digest = Digest.Parse(Text(entry!["digest"]));
            var manifest = Parse(Path.Combine(layout, "blobs", digest.Algorithm, digest.Hex));
            if (manifest["subject"] is { } subject && Text(subject["digest"]) == image.ToString())
                found.Add(OfReferrer(manifest));
            if (entry["annotations"]?[TagAnnotation] is { } tag && Text(tag) == Tampering.TagFor(image, ".sig"))
                found.AddRange(OfTag(manifest));
        }

        return found;
    }

    private static JsonNode Parse(string file) => JsonNode.Parse(File.ReadAllBytes(file))!;

    private static PublishedArtifact OfReferrer(JsonNode manifest) =>
        new(Text(manifest["annotations"]![PredicateAnnotation]), Digest.Parse(Text(manifest["layers"]![0]!["digest"])));

    private static IEnumerable<PublishedArtifact> OfTag(JsonNode manifest) =>
        manifest["layers"]!.AsArray().Select(layer => new PublishedArtifact("tag", Digest.Parse(Text(layer!["digest"]))));

    private static string Text(JsonNode? node) => node!.GetValue<string>();
}
