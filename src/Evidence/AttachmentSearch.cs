// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Oci;
using SupplyChain.Policy;
using SupplyChain.Sigstore;

namespace SupplyChain.Evidence;

/// <summary>One reading of what lies beside one image.</summary>
internal sealed class AttachmentSearch(
    IRegistry registry, Repository repository, Digest image, AttachmentNeeds needs, AttachmentBudget budget, CancellationToken cancellationToken)
{
    private const string BundlePrefix = "application/vnd.dev.sigstore.bundle";
    private const string PredicateTypeAnnotation = "dev.sigstore.bundle.predicateType";

    private readonly AttachmentProblems _problems = new();

    public async Task<Attachments> RunAsync()
    {
        var referrers = needs.Referrers ? ReadReferrersAsync() : Task.FromResult<IReadOnlyList<Found>>([]);
        var signatures = ReadTagAsync(needs.TagSignatures, TagLayout.Signatures, ReadSignatureAsync);
        var envelopes = ReadTagAsync(needs.EnvelopeTypes.Count > 0, TagLayout.Attestations, ReadEnvelopeAsync);
        var found = await Task.WhenAll(referrers, signatures, envelopes);
        var all = found.SelectMany(some => some).ToList();
        return new Attachments(
            [.. all.Select(one => one.Bundle).OfType<FoundBundle>()],
            [.. all.Select(one => one.Signature).OfType<FoundLayer>()],
            [.. all.Select(one => one.Envelope).OfType<FoundLayer>()],
            _problems.Sorted());
    }

    private async Task<IReadOnlyList<Found>> ReadReferrersAsync()
    {
        IReadOnlyList<Descriptor> referrers;
        try
        {
            referrers = await registry.ListReferrersAsync(repository, image, cancellationToken);
        }
        catch (RegistryException fault)
        {
            _problems.Add(fault, "the list of referrers", evidence: null);
            return [];
        }

        // The descriptor's type is a hint that registries and old clients get wrong; empty ones are looked at.
        var candidates = referrers.Where(referrer => MayCount(referrer.ArtifactType)).ToList();
        if (candidates.Count > Limits.SignaturesPerImage)
        {
            _problems.Add(new EvidenceProblem(
                ReasonCode.TooManySignatures,
                $"{candidates.Count} attachments may be signatures; at most {Limits.SignaturesPerImage} are examined",
                IsError: false));
            return [];
        }

        var read = await Task.WhenAll(candidates.Select(ReadReferrerAsync));
        return [.. read.SelectMany(some => some)];
    }

    private async Task<IReadOnlyList<Found>> ReadReferrerAsync(Descriptor referrer)
    {
        try
        {
            if (IsUnwanted(referrer.Annotations))
                return [];

            var manifest = await registry.FetchManifestAsync(repository, referrer.Digest, cancellationToken);
            if (manifest is null)
            {
                _problems.Missing($"referrer {referrer.Digest}", referrer.Digest);
                return [];
            }

            if (manifest.IsIndex || manifest.Subject?.Digest != image)
                return [];

            return (manifest.ArtifactType ?? manifest.Config?.MediaType) switch
            {
                MediaTypes.CosignSignature when needs.ReferrerSignatures =>
                    await ReadLayersAsync(manifest, referrer.Digest, layer => ReadSignatureAsync(layer, StorageLayout.Referrer)),
                MediaTypes.InTotoReferrer when needs.ReferrerTypes.Count > 0 =>
                    await ReadLayersAsync(manifest, referrer.Digest, layer => ReadEnvelopeAsync(layer, StorageLayout.Referrer)),
                _ => await ReadBundleAsync(manifest) is { } bundle ? [new Found(Bundle: bundle)] : [],
            };
        }
        catch (RegistryException fault)
        {
            _problems.Add(fault, $"referrer {referrer.Digest}", referrer.Digest);
            return [];
        }
    }

    private async Task<FoundBundle?> ReadBundleAsync(Manifest manifest)
    {
        if (needs.BundleTypes.Count == 0 || manifest.Layers is not [var layer]
            || !layer.MediaType.StartsWith(BundlePrefix, StringComparison.Ordinal) || IsUnwanted(manifest.Annotations))
        {
            return null;
        }

        return await ReadBlobAsync(layer, needs.LargestAttachment, "bundle") is { } content
            ? new FoundBundle(manifest.Digest, layer.Digest, content)
            : null;
    }

    private async Task<IReadOnlyList<Found>> ReadTagAsync(bool isWanted, string suffix, Func<Descriptor, StorageLayout, Task<Found?>> readLayer)
    {
        if (!isWanted)
            return [];

        var tag = TagLayout.TagFor(image, suffix);
        try
        {
            var manifest = await registry.FetchManifestAsync(repository, tag, cancellationToken);
            return manifest is null or { IsIndex: true }
                ? []
                : await ReadLayersAsync(manifest, $"tag {tag}", Limits.SignaturesPerImage, evidence: null, layer => readLayer(layer, StorageLayout.Tag));
        }
        catch (RegistryException fault)
        {
            _problems.Add(fault, $"tag {tag}", evidence: null);
            return [];
        }
    }

    // Anybody who may push adds a referrer of their own, so that one with too much in it is left out, and hides no other.
    private Task<IReadOnlyList<Found>> ReadLayersAsync(Manifest manifest, Digest referrer, Func<Descriptor, Task<Found?>> readLayer) =>
        ReadLayersAsync(manifest, $"referrer {referrer}", Limits.ReferrerLayers, referrer, readLayer);

    private async Task<IReadOnlyList<Found>> ReadLayersAsync(
        Manifest manifest, string where, int most, Digest? evidence, Func<Descriptor, Task<Found?>> readLayer)
    {
        var layers = manifest.Layers.Where(layer => layer.MediaType is MediaTypes.SimpleSigning or MediaTypes.DsseEnvelope).ToList();
        if (layers.Count > most)
        {
            _problems.Add(new EvidenceProblem(
                ReasonCode.TooManySignatures, $"{where} has {layers.Count} layers; at most {most} are examined", IsError: false)
            {
                Evidence = evidence,
            });
            return [];
        }

        var read = await Task.WhenAll(layers.Select(async layer =>
        {
            try
            {
                return await readLayer(layer);
            }
            catch (RegistryException fault)
            {
                _problems.Add(fault, $"layer {layer.Digest} of {where}", layer.Digest);
                return null;
            }
        }));
        return [.. read.OfType<Found>()];
    }

    private async Task<Found?> ReadSignatureAsync(Descriptor layer, StorageLayout layout)
    {
        if (layer.MediaType is not MediaTypes.SimpleSigning || !layer.Annotations.ContainsKey(SimpleSigning.SignatureAnnotation))
            return null;

        var payload = await registry.FetchBlobAsync(repository, layer, Limits.SignaturePayloadBytes, cancellationToken);
        if (payload is not null)
            return new Found(Signature: new FoundLayer(layer.Digest, payload, layer.Annotations, layout));

        _problems.Missing($"payload {layer.Digest}", layer.Digest);
        return null;
    }

    private async Task<Found?> ReadEnvelopeAsync(Descriptor layer, StorageLayout layout) =>
        layer.MediaType is MediaTypes.DsseEnvelope && await ReadBlobAsync(layer, needs.LargestAttachment, "envelope") is { } content
            ? new Found(Envelope: new FoundLayer(layer.Digest, content, layer.Annotations, layout))
            : null;

    private async Task<byte[]?> ReadBlobAsync(Descriptor layer, long largest, string what)
    {
        if (layer.Size > largest)
        {
            _problems.TooLarge(layer, largest);
            return null;
        }

        if (!budget.TryTake(layer.Size))
            return null;

        var content = await registry.FetchBlobAsync(repository, layer, largest, cancellationToken);
        if (content is null)
            _problems.Missing($"{what} {layer.Digest}", layer.Digest);
        return content;
    }

    private bool MayCount(string? artifactType) => artifactType switch
    {
        null or "" or MediaTypes.Empty or MediaTypes.ImageConfig => true,
        MediaTypes.CosignSignature => needs.ReferrerSignatures,
        MediaTypes.InTotoReferrer => needs.ReferrerTypes.Count > 0,
        _ => artifactType.StartsWith(BundlePrefix, StringComparison.Ordinal),
    };

    private bool IsUnwanted(IReadOnlyDictionary<string, string> annotations) =>
        annotations.TryGetValue(PredicateTypeAnnotation, out var type) && !needs.BundleTypes.Contains(type);

    // What one manifest or layer turned out to be: one of the three.
    private sealed record Found(FoundBundle? Bundle = null, FoundLayer? Signature = null, FoundLayer? Envelope = null);
}
