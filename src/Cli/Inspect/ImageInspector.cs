// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Oci;

namespace SupplyChain.Cli.Inspect;

/// <summary>
/// Finds everything attached to an image, through referrers and through tags. What cannot be read is shown as such:
/// nothing is left out in silence.
/// </summary>
internal sealed class ImageInspector(IRegistry registry, Repository repository, AttachmentReader reader)
{
    /// <summary>Inspects a manifest, and the manifests of an index.</summary>
    public async Task<InspectedImage> InspectAsync(Manifest manifest, CancellationToken cancellationToken)
    {
        var image = await InspectOneAsync(manifest.Descriptor, cancellationToken);
        if (!manifest.IsIndex)
            return image;

        var platforms = new List<InspectedImage>();
        foreach (var child in manifest.Manifests)
            platforms.Add(await InspectOneAsync(child, cancellationToken));
        return image with { Platforms = platforms };
    }

    private async Task<InspectedImage> InspectOneAsync(Descriptor manifest, CancellationToken cancellationToken)
    {
        var attachments = new List<Attachment>();
        var problems = new List<InspectionProblem>();
        await AddReferrersAsync(manifest.Digest, attachments, problems, cancellationToken);
        foreach (var suffix in new[] { TagLayout.Signatures, TagLayout.Attestations, TagLayout.Sboms })
            await AddTagAsync(manifest.Digest, suffix, attachments, problems, cancellationToken);

        return new InspectedImage
        {
            Repository = repository,
            Manifest = manifest,
            Platform = manifest.Platform,
            Attachments = attachments,
            Problems = problems,
        };
    }

    private async Task AddReferrersAsync(
        Digest image, List<Attachment> attachments, List<InspectionProblem> problems,
        CancellationToken cancellationToken)
    {
        IReadOnlyList<Descriptor> referrers;
        try
        {
            referrers = await registry.ListReferrersAsync(repository, image, cancellationToken);
        }
        catch (RegistryException fault)
        {
            problems.Add(new InspectionProblem(fault.Reason, $"the referrers cannot be listed: {fault.Message}"));
            return;
        }

        foreach (var referrer in referrers.OrderBy(referrer => referrer.Digest.ToString(), StringComparer.Ordinal))
            attachments.AddRange(await reader.ReadReferrerAsync(registry, repository, image, referrer, cancellationToken));
    }

    private async Task AddTagAsync(
        Digest image, string suffix, List<Attachment> attachments, List<InspectionProblem> problems,
        CancellationToken cancellationToken)
    {
        var tag = TagLayout.TagFor(image, suffix);
        try
        {
            var manifest = await registry.FetchManifestAsync(repository, tag, cancellationToken);
            if (manifest is null)
                return;

            if (manifest.IsIndex)
            {
                problems.Add(
                    new InspectionProblem(ReasonCode.ManifestMalformed, $"tag {tag} names an index, not layers"));
                return;
            }

            foreach (var layer in manifest.Layers)
                attachments.Add(
                    await reader.ReadLayerAsync(registry, repository, image, tag, layer, cancellationToken));
        }
        catch (RegistryException fault)
        {
            problems.Add(new InspectionProblem(fault.Reason, $"tag {tag} cannot be read: {fault.Message}"));
        }
    }
}
