// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Oci;
using SupplyChain.Sigstore;

namespace SupplyChain.Signer;

/// <summary>
/// Stores signed artifacts beside their image and reads back what was stored. It writes referrers and signature tags only: the image
/// is never pushed, retagged or deleted.
/// </summary>
public sealed class ArtifactStore(Registries registries)
{
    /// <summary>Stores one artifact; storing it again changes nothing.</summary>
    /// <param name="repository">Where its subject lives.</param>
    /// <param name="artifact">What to store.</param>
    /// <param name="created">The time its manifest names: the decision's, so that a repetition makes the same manifest.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>What was stored and read back.</returns>
    /// <exception cref="RegistryException">It could not be stored, or the registry does not serve what it accepted.</exception>
    public async ValueTask<DecisionArtifact> StoreAsync(
        Repository repository, SignedArtifact artifact, DateTimeOffset created, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(artifact);
        var registry = registries.For(repository);
        return artifact.Form == DraftForm.Bundle
            ? await StoreBundleAsync(registry, repository, artifact, created, cancellationToken)
            : await StoreTagAsync(registry, repository, artifact, cancellationToken);
    }

    private static async ValueTask<DecisionArtifact> StoreBundleAsync(
        IRegistry registry, Repository repository, SignedArtifact artifact, DateTimeOffset created,
        CancellationToken cancellationToken)
    {
        var layer = new Descriptor(MediaTypes.SigstoreBundle, artifact.Digest, artifact.Content.Length);
        var referrer = Manifest.WriteImage(
            MediaTypes.SigstoreBundle, Manifest.EmptyConfig, [layer], artifact.Subject with
            {
                Annotations = new Dictionary<string, string>(StringComparer.Ordinal),
                ArtifactType = null,
                Platform = null,
            },
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["org.opencontainers.image.created"] =
                    created.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
                ["dev.sigstore.bundle.content"] = "dsse-envelope",
                ["dev.sigstore.bundle.predicateType"] = artifact.PredicateType!,
            });

        await registry.PushBlobAsync(repository, Manifest.EmptyConfig, Manifest.EmptyConfigContent, cancellationToken);
        await registry.PushBlobAsync(repository, layer, artifact.Content, cancellationToken);
        await Referrers.AttachAsync(registry, repository, referrer, cancellationToken);
        await ReadBackAsync(registry, repository, layer, cancellationToken);
        return new DecisionArtifact(
            artifact.Purpose, artifact.Subject.Digest, MediaTypes.SigstoreBundle, referrer.Digest, referrer.Content.Length);
    }

    private static async ValueTask<DecisionArtifact> StoreTagAsync(
        IRegistry registry, Repository repository, SignedArtifact artifact, CancellationToken cancellationToken)
    {
        var layer = new Descriptor(SimpleSigning.MediaType, artifact.Digest, artifact.Content.Length)
        {
            Annotations = new Dictionary<string, string>(artifact.Material, StringComparer.Ordinal)
            {
                [SimpleSigning.SignatureAnnotation] = artifact.Signature!,
            },
        };
        var stored = await TagLayout.AppendAsync(
            registry, repository, artifact.Subject.Digest, TagLayout.Signatures, layer, artifact.Content, cancellationToken);
        await ReadBackAsync(registry, repository, layer, cancellationToken);
        return new DecisionArtifact(
            artifact.Purpose, artifact.Subject.Digest, SimpleSigning.MediaType, layer.Digest, layer.Size,
            TagLayout.TagFor(artifact.Subject.Digest, TagLayout.Signatures));
    }

    // The digest is recomputed from the bytes that come back; that it equals ours is what makes "stored" true.
    private static async ValueTask ReadBackAsync(
        IRegistry registry, Repository repository, Descriptor layer, CancellationToken cancellationToken)
    {
        if (await registry.FetchBlobAsync(repository, layer, layer.Size, cancellationToken) is null)
        {
            throw new RegistryException(
                ReasonCode.PublishConflict, $"{repository} accepted {layer.Digest} and does not serve it");
        }
    }
}
