// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Oci;

/// <summary>
/// Cosign's older way to store signatures: an image under a tag that is made from the subject's digest, one layer for
/// each signature or attestation.
/// </summary>
public static class TagLayout
{
    /// <summary>The suffix of the tag that holds signatures.</summary>
    public const string Signatures = ".sig";

    /// <summary>The suffix of the tag that holds attestations.</summary>
    public const string Attestations = ".att";

    /// <summary>The suffix of the tag that holds unsigned SBOMs.</summary>
    public const string Sboms = ".sbom";

    /// <summary>The tag for a subject: <c>sha256-…</c> and the suffix.</summary>
    /// <exception cref="ArgumentException">The suffix is none of the three.</exception>
    public static string TagFor(Digest subject, string suffix)
    {
        ArgumentNullException.ThrowIfNull(subject);
        return suffix is Signatures or Attestations or Sboms
            ? $"{subject.Algorithm}-{subject.Hex}{suffix}"
            : throw new ArgumentException("A suffix of the tag layout is .sig, .att or .sbom.", nameof(suffix));
    }

    /// <summary>
    /// Adds a layer to a subject's tag, so that no other writer's layer is lost. A layer with equal digest, type and
    /// annotations is not added twice.
    /// </summary>
    /// <param name="registry">The registry of <paramref name="repository"/>.</param>
    /// <param name="repository">Where the subject is.</param>
    /// <param name="subject">The digest of what is signed.</param>
    /// <param name="suffix"><see cref="Signatures"/>, <see cref="Attestations"/> or <see cref="Sboms"/>.</param>
    /// <param name="layer">The layer with its annotations.</param>
    /// <param name="content">The layer's bytes.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>What the tag names now; it was read back.</returns>
    /// <exception cref="RegistryException">
    /// PUBLISH_CONFLICT: other writers kept replacing the tag. TOO_MANY_SIGNATURES: the tag holds as many layers as are
    /// examined.
    /// </exception>
    public static async ValueTask<Manifest> AppendAsync(
        IRegistry registry, Repository repository, Digest subject, string suffix, Descriptor layer,
        ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(registry);
        ArgumentNullException.ThrowIfNull(layer);
        var tag = TagFor(subject, suffix);
        await registry.PushBlobAsync(repository, layer, content, cancellationToken);
        return await registry.AppendToTagAsync(repository, tag, layer, ComposeAsync, cancellationToken);

        async ValueTask<Manifest> ComposeAsync(
            Manifest? current, IReadOnlyList<Descriptor> added, CancellationToken cancelled)
        {
            if (current is { IsIndex: true })
                throw new RegistryException(
                    ReasonCode.ManifestMalformed, $"the tag {tag} names an index, not a list of layers");

            IReadOnlyList<Descriptor> layers = [.. current?.Layers ?? [], .. added];
            if (layers.Count > Limits.SignaturesPerImage)
                throw new RegistryException(
                    ReasonCode.TooManySignatures,
                    $"the tag {tag} would hold {layers.Count} layers; {Limits.SignaturesPerImage} are examined");

            var configContent = WriteConfig(layers);
            var config = new Descriptor(
                current?.Config?.MediaType ?? MediaTypes.ImageConfig, Digest.Compute(configContent),
                configContent.Length);
            await registry.PushBlobAsync(repository, config, configContent, cancelled);
            return current is null
                ? Manifest.WriteImage(artifactType: null, config, layers)
                : ManifestWriter.Append(current, added, config);
        }
    }

    // A genuine image configuration, as cosign and the tools that copy images expect it.
    private static byte[] WriteConfig(IReadOnlyList<Descriptor> layers)
    {
        using var content = new MemoryStream();
        using (var writer = new Utf8JsonWriter(content))
        {
            writer.WriteStartObject();
            writer.WriteString("architecture", "");
            writer.WriteString("os", "");
            writer.WriteStartObject("config");
            writer.WriteEndObject();
            writer.WriteStartObject("rootfs");
            writer.WriteString("type", "layers");
            writer.WriteStartArray("diff_ids");
            foreach (var layer in layers)
                writer.WriteStringValue(layer.Digest.ToString());
            writer.WriteEndArray();
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return content.ToArray();
    }
}
