// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Oci;
using SupplyChain.Policy;
using SupplyChain.Sigstore;

namespace SupplyChain.Evidence;

/// <summary>
/// Downloads what lies beside an image: one listing, one manifest and one blob for each wanted attachment, the tag
/// layout only where it counts, everything independent at the same time and no address twice.
/// </summary>
/// <remarks>
/// A manifest or blob that cannot be had becomes a problem beside the others, not the end: one dangling entry must not
/// hide a good signature. A listing that cannot be had is an error, never "no signatures".
/// </remarks>
public sealed class AttachmentReader(Registries registries)
{
    private const string BundlePrefix = "application/vnd.dev.sigstore.bundle";
    private const string PredicateTypeAnnotation = "dev.sigstore.bundle.predicateType";

    /// <summary>
    /// Reads the attachments of one image; none when they are more than <paramref name="budget"/> allows, since which of them
    /// would be left out is up to whoever pushed them.
    /// </summary>
    /// <exception cref="RegistryException">The host is not configured.</exception>
    public async ValueTask<Attachments> ReadAsync(
        Repository repository, Digest image, AttachmentNeeds needs, AttachmentBudget budget, CancellationToken cancellationToken)
    {
        var registry = registries.For(repository);
        var problems = new ProblemList();

        var bundles = needs.BundleTypes.Count > 0 ? ReadBundlesAsync() : Nothing<FoundBundle>();
        var signatures = needs.TagSignatures ? ReadTagAsync(TagLayout.Signatures, MediaTypes.SimpleSigning, ReadSignatureAsync) : Nothing<FoundSignature>();
        var envelopes = needs.EnvelopeTypes.Count > 0 ? ReadTagAsync(TagLayout.Attestations, MediaTypes.DsseEnvelope, ReadEnvelopeAsync) : Nothing<FoundEnvelope>();
        await Task.WhenAll(bundles, signatures, envelopes);
        if (budget.IsExceeded)
        {
            var tooMuch = new EvidenceProblem(
                ReasonCode.EvidenceLimit, $"the attachments have more than {Limits.AttachmentsBytes} bytes together", IsError: false);
            return new Attachments([], [], [], [tooMuch]);
        }

        return new Attachments(await bundles, await signatures, await envelopes, problems.Sorted());

        async Task<IReadOnlyList<FoundBundle>> ReadBundlesAsync()
        {
            IReadOnlyList<Descriptor> referrers;
            try
            {
                referrers = await registry.ListReferrersAsync(repository, image, cancellationToken);
            }
            catch (RegistryException fault)
            {
                problems.Add(fault, "the list of referrers", evidence: null);
                return [];
            }

            // The descriptor's type is a hint that registries and old clients get wrong; empty ones are looked at.
            var candidates = referrers.Where(MayBeBundle).ToList();
            if (candidates.Count > Limits.SignaturesPerImage)
            {
                problems.Add(new EvidenceProblem(
                    ReasonCode.TooManySignatures,
                    $"{candidates.Count} attachments may be signatures; at most {Limits.SignaturesPerImage} are examined",
                    IsError: false));
                return [];
            }

            var read = await Task.WhenAll(candidates.Select(ReadBundleAsync));
            return [.. read.OfType<FoundBundle>()];
        }

        async Task<FoundBundle?> ReadBundleAsync(Descriptor referrer)
        {
            try
            {
                if (IsUnwanted(referrer.Annotations))
                    return null;

                var manifest = await registry.FetchManifestAsync(repository, referrer.Digest, cancellationToken);
                if (manifest is null)
                    return problems.Missing<FoundBundle>($"referrer {referrer.Digest}", referrer.Digest);

                if (!IsBundleOf(manifest) || IsUnwanted(manifest.Annotations))
                    return null;

                var layer = manifest.Layers[0];
                if (layer.Size > needs.LargestAttachment)
                    return problems.TooLarge<FoundBundle>(layer, needs.LargestAttachment);
                if (!budget.TryTake(layer.Size))
                    return null;

                var content = await registry.FetchBlobAsync(repository, layer, needs.LargestAttachment, cancellationToken);
                return content is null
                    ? problems.Missing<FoundBundle>($"bundle {layer.Digest}", layer.Digest)
                    : new FoundBundle(manifest.Digest, layer.Digest, content);
            }
            catch (RegistryException fault)
            {
                problems.Add(fault, $"referrer {referrer.Digest}", referrer.Digest);
                return null;
            }
        }

        bool IsBundleOf(Manifest manifest) =>
            !manifest.IsIndex && manifest.Subject?.Digest == image && manifest.Layers.Count == 1
            && manifest.Layers[0].MediaType.StartsWith(BundlePrefix, StringComparison.Ordinal);

        bool IsUnwanted(IReadOnlyDictionary<string, string> annotations) =>
            annotations.TryGetValue(PredicateTypeAnnotation, out var type) && !needs.BundleTypes.Contains(type);

        async Task<IReadOnlyList<T>> ReadTagAsync<T>(
            string suffix, string mediaType, Func<Descriptor, Task<T?>> readLayer) where T : class
        {
            var tag = TagLayout.TagFor(image, suffix);
            Manifest? manifest;
            try
            {
                manifest = await registry.FetchManifestAsync(repository, tag, cancellationToken);
            }
            catch (RegistryException fault)
            {
                problems.Add(fault, $"tag {tag}", evidence: null);
                return [];
            }

            var layers = manifest is null or { IsIndex: true }
                ? []
                : manifest.Layers.Where(layer => string.Equals(layer.MediaType, mediaType, StringComparison.Ordinal)).ToList();
            if (layers.Count > Limits.SignaturesPerImage)
            {
                problems.Add(new EvidenceProblem(
                    ReasonCode.TooManySignatures,
                    $"tag {tag} has {layers.Count} layers; at most {Limits.SignaturesPerImage} are examined",
                    IsError: false));
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
                    problems.Add(fault, $"layer {layer.Digest} of tag {tag}", layer.Digest);
                    return null;
                }
            }));
            return [.. read.OfType<T>()];
        }

        async Task<FoundSignature?> ReadSignatureAsync(Descriptor layer)
        {
            if (!layer.Annotations.TryGetValue(SimpleSigning.SignatureAnnotation, out var signature))
                return null;

            var payload = await registry.FetchBlobAsync(repository, layer, Limits.SignaturePayloadBytes, cancellationToken);
            return payload is null
                ? problems.Missing<FoundSignature>($"payload {layer.Digest}", layer.Digest)
                : new FoundSignature(layer.Digest, payload, signature);
        }

        async Task<FoundEnvelope?> ReadEnvelopeAsync(Descriptor layer)
        {
            if (layer.Size > needs.LargestAttachment)
                return problems.TooLarge<FoundEnvelope>(layer, needs.LargestAttachment);
            if (!budget.TryTake(layer.Size))
                return null;

            var content = await registry.FetchBlobAsync(repository, layer, needs.LargestAttachment, cancellationToken);
            return content is null
                ? problems.Missing<FoundEnvelope>($"envelope {layer.Digest}", layer.Digest)
                : new FoundEnvelope(layer.Digest, content);
        }
    }

    private static bool MayBeBundle(Descriptor referrer) =>
        string.IsNullOrEmpty(referrer.ArtifactType)
        || referrer.ArtifactType is MediaTypes.Empty or MediaTypes.ImageConfig
        || referrer.ArtifactType.StartsWith(BundlePrefix, StringComparison.Ordinal);

    private static Task<IReadOnlyList<T>> Nothing<T>() => Task.FromResult<IReadOnlyList<T>>([]);

    // Attachments are read concurrently; their problems are reported in an order that does not depend on it.
    private sealed class ProblemList
    {
        private readonly Lock _gate = new();
        private readonly List<EvidenceProblem> _problems = [];

        public void Add(EvidenceProblem problem)
        {
            lock (_gate)
                _problems.Add(problem);
        }

        public void Add(RegistryException fault, string what, Digest? evidence) =>
            // Whatever kept us from looking: not having seen evidence is not the same as there being none.
            Add(new EvidenceProblem(fault.Reason, $"{what} could not be read: {fault.Message}", IsError: true)
            {
                Evidence = evidence,
            });

        public T? Missing<T>(string what, Digest evidence) where T : class
        {
            Add(new EvidenceProblem(ReasonCode.BlobMissing, $"{what} is listed, but the registry does not have it", IsError: true)
            {
                Evidence = evidence,
            });
            return null;
        }

        public T? TooLarge<T>(Descriptor layer, long largest) where T : class
        {
            Add(new EvidenceProblem(
                ReasonCode.EvidenceLimit, $"attachment {layer.Digest} has {layer.Size} bytes; at most {largest} are read",
                IsError: false)
            {
                Evidence = layer.Digest,
            });
            return null;
        }

        public IReadOnlyList<EvidenceProblem> Sorted()
        {
            lock (_gate)
                return [.. _problems.OrderBy(problem => problem.Message, StringComparer.Ordinal)];
        }
    }
}
