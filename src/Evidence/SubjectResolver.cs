// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Oci;
using SupplyChain.Policy;

namespace SupplyChain.Evidence;

/// <summary>
/// Finds out what a digest is: one image or an index of images, which platforms, which configurations. Every manifest is
/// fetched and its digest recomputed.
/// </summary>
public sealed class SubjectResolver(Registries registries)
{
    private static readonly string[] PlatformMembers = ["os", "architecture", "variant"];

    /// <summary>Resolves an image.</summary>
    /// <exception cref="RegistryException">
    /// The image cannot be had (IMAGE_NOT_FOUND, REGISTRY_…, DIGEST_MISMATCH), or is not one that can be judged
    /// (MANIFEST_…, EVIDENCE_LIMIT for more than <see cref="Limits.Platforms"/> platforms).
    /// </exception>
    public async ValueTask<ImageSubject> ResolveAsync(
        Repository repository, Digest digest, CancellationToken cancellationToken)
    {
        var registry = registries.For(repository);
        var manifest = await FetchAsync(registry, repository, digest, cancellationToken);
        if (!manifest.IsIndex)
        {
            var platform = await ReadPlatformAsync(registry, repository, manifest, claimed: null, cancellationToken);
            return new ImageSubject(repository, manifest.Descriptor, IsIndex: false, [platform]);
        }

        // Attestation manifests that builders put into an index claim the platform unknown/unknown; nothing runs them.
        var children = manifest.Manifests.Where(child => child.Platform is null or { IsRunnable: true }).ToList();
        if (children.Count == 0)
            throw new RegistryException(ReasonCode.ManifestMalformed, $"index {digest} lists no manifest that can run");
        if (children.Count > Limits.Platforms)
        {
            throw new RegistryException(
                ReasonCode.EvidenceLimit,
                $"index {digest} lists {children.Count} runnable manifests; at most {Limits.Platforms} are judged");
        }

        var platforms = await Task.WhenAll(children.Select(async child =>
        {
            var fetched = await FetchAsync(registry, repository, child.Digest, cancellationToken);
            if (fetched.IsIndex)
            {
                throw new RegistryException(
                    ReasonCode.ManifestMalformed, $"index {digest} lists another index, {child.Digest}; expected image manifests");
            }

            if (fetched.Content.Length != child.Size)
            {
                throw new RegistryException(
                    ReasonCode.DigestMismatch,
                    $"manifest {child.Digest} has {fetched.Content.Length} bytes, its index says {child.Size}");
            }

            return await ReadPlatformAsync(registry, repository, fetched, child.Platform, cancellationToken);
        }));
        return new ImageSubject(repository, manifest.Descriptor, IsIndex: true, platforms);
    }

    private static async ValueTask<Manifest> FetchAsync(
        IRegistry registry, Repository repository, Digest digest, CancellationToken cancellationToken) =>
        await registry.FetchManifestAsync(repository, digest, cancellationToken)
        ?? throw new RegistryException(ReasonCode.ImageNotFound, $"{repository} has no manifest {digest}");

    // What runs is what the configuration says; the index's claim only has to agree with it.
    private static async ValueTask<PlatformManifest> ReadPlatformAsync(
        IRegistry registry, Repository repository, Manifest manifest, Platform? claimed, CancellationToken cancellationToken)
    {
        if (manifest.Config is not { } config)
            throw new RegistryException(ReasonCode.ManifestMalformed, $"manifest {manifest.Digest} has no configuration");

        var content = await registry.FetchBlobAsync(repository, config, Limits.ImageConfigBytes, cancellationToken)
            ?? throw new RegistryException(
                ReasonCode.BlobMissing, $"{repository} does not have the configuration {config.Digest} of {manifest.Digest}");
        var (platform, configuration, problem) = ReadConfiguration(config.Digest, content, manifest.Layers.Count);
        if (claimed is not null && platform is not null
            && (claimed.Os != platform.Os || claimed.Architecture != platform.Architecture))
        {
            throw new RegistryException(
                ReasonCode.ManifestAmbiguous,
                $"manifest {manifest.Digest} is listed for {claimed}, its configuration says {platform}");
        }

        // The index may name a variant that the configuration leaves out.
        return new PlatformManifest(claimed ?? platform, manifest.Descriptor, config.Digest)
        {
            Configuration = configuration,
            ConfigurationProblem = problem,
        };
    }

    private static (Platform?, ImageConfiguration?, ConfigurationProblem?) ReadConfiguration(
        Digest config, ReadOnlyMemory<byte> content, int layers)
    {
        if (!StrictJson.TryParse(content, out var document, out var problem))
            throw new RegistryException(ReasonCode.ManifestMalformed, $"configuration {config}: {problem}");

        using (document)
        {
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
                throw new RegistryException(ReasonCode.ManifestMalformed, $"configuration {config} is not a JSON object");
            if (StrictJson.FindCaseVariant(root, PlatformMembers) is { } lookalike)
            {
                throw new RegistryException(
                    ReasonCode.ManifestAmbiguous,
                    $"configuration {config} has the member '{Printable.Escape(lookalike)}', which some readers take for another");
            }

            var text = $"{Text(root, "os")}/{Text(root, "architecture")}";
            var variant = Text(root, "variant");
            _ = Platform.TryParse(variant.Length > 0 ? $"{text}/{variant}" : text, out var platform, out _);
            // Only checks of the configuration need it to be readable; without them the platform is enough.
            _ = ImageConfiguration.TryRead(root, out var configuration, out var unreadable);
            return configuration is null || configuration.DiffIds.Count == layers
                ? (platform, configuration, unreadable)
                : (platform, null, new ConfigurationProblem(
                    ReasonCode.ManifestAmbiguous,
                    $"the configuration names {configuration.DiffIds.Count} layers, the manifest {layers}"));
        }
    }

    private static string Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String ? member.GetString()! : "";
}
