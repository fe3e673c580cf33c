// SPDX-License-Identifier: Apache-2.0

using System.Collections.ObjectModel;
using System.Diagnostics.CodeAnalysis;
using SupplyChain.Model;

namespace SupplyChain.Oci;

/// <summary>
/// An image manifest or an index, together with the exact bytes it was read from or will be stored as. Immutable.
/// </summary>
/// <remarks>
/// OCI image-spec 1.1, "Image Manifest" and "Image Index"; Docker's schema 2 manifest and manifest list are read as
/// well. A descriptor's <c>urls</c> are never fetched and its embedded <c>data</c> is checked but never used.
/// </remarks>
public sealed class Manifest
{
    internal Manifest(ReadOnlyMemory<byte> content, string mediaType, ManifestBody body)
    {
        Content = content;
        Digest = Digest.Compute(content.Span);
        MediaType = mediaType;
        ArtifactType = body.ArtifactType;
        Config = body.Config;
        Layers = body.Layers;
        Manifests = body.Manifests;
        Subject = body.Subject;
        Annotations = body.Annotations;
    }

    private Manifest(Manifest other)
    {
        Content = other.Content;
        Digest = other.Digest;
        MediaType = other.MediaType;
        ArtifactType = other.ArtifactType;
        Config = other.Config;
        Layers = other.Layers;
        Manifests = other.Manifests;
        Subject = other.Subject;
        Annotations = other.Annotations;
    }

    /// <summary>The exact bytes.</summary>
    public ReadOnlyMemory<byte> Content { get; }

    /// <summary>The SHA-256 of <see cref="Content"/>.</summary>
    public Digest Digest { get; }

    /// <summary>One of the four media types that are understood.</summary>
    public string MediaType { get; }

    /// <summary>
    /// Names this manifest by digest and size; carries its artifact type and annotations, as a referrers index does.
    /// </summary>
    public Descriptor Descriptor => new(MediaType, Digest, Content.Length)
    {
        ArtifactType = ArtifactType ?? Config?.MediaType,
        Annotations = Annotations,
    };

    /// <summary>
    /// Whether this is an index, so that <see cref="Manifests"/> counts and not <see cref="Layers"/>.
    /// </summary>
    public bool IsIndex => MediaTypes.IsIndex(MediaType);

    /// <summary>The manifest's own <c>artifactType</c>, if it has one.</summary>
    public string? ArtifactType { get; }

    /// <summary>The configuration; absent in an index.</summary>
    public Descriptor? Config { get; }

    /// <summary>The layers; empty in an index.</summary>
    public IReadOnlyList<Descriptor> Layers { get; }

    /// <summary>The manifests of an index; empty in an image manifest.</summary>
    public IReadOnlyList<Descriptor> Manifests { get; }

    /// <summary>What this manifest refers to, if it is a referrer.</summary>
    public Descriptor? Subject { get; }

    /// <summary>Unsigned notes.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; }

    internal Manifest WithEntityTag(string entityTag) => new(this) { EntityTag = entityTag };

    /// <summary>What writers append to: the manifests of an index, the layers of an image manifest.</summary>
    internal IReadOnlyList<Descriptor> Entries => IsIndex ? Manifests : Layers;

    /// <summary>
    /// The entity tag the registry gave when this was fetched under a tag, for a conditional replacement.
    /// </summary>
    internal string? EntityTag { get; private init; }

    /// <summary>Reads a manifest or index.</summary>
    /// <param name="content">The bytes; they are copied.</param>
    /// <param name="mediaType">
    /// What they were served as, without parameters; <see langword="null"/> when nobody said.
    /// </param>
    /// <param name="manifest">The manifest.</param>
    /// <param name="problem">
    /// MANIFEST_AMBIGUOUS if two readers could take it for two things, MANIFEST_MALFORMED if it is neither, or
    /// TOO_MANY_SIGNATURES if it has more layers or manifests than are examined.
    /// </param>
    public static bool TryRead(
        ReadOnlyMemory<byte> content, string? mediaType, [NotNullWhen(true)] out Manifest? manifest,
        [NotNullWhen(false)] out RegistryProblem? problem) =>
        ManifestReader.TryRead(content.ToArray(), mediaType, ManifestReader.Bounds.Registry, out manifest, out problem);

    /// <summary>Writes an OCI image manifest; equal arguments give equal bytes.</summary>
    /// <param name="artifactType">What the artifact is; <see langword="null"/> for an image.</param>
    /// <param name="config">The configuration; <see cref="EmptyConfig"/> for an artifact without one.</param>
    /// <param name="layers">The layers, at least one.</param>
    /// <param name="subject">What the manifest refers to, if it is a referrer.</param>
    /// <param name="annotations">Notes; they are written sorted by key.</param>
    /// <exception cref="RegistryException">
    /// The result could not be read again: too large, too many entries, a malformed type.
    /// </exception>
    public static Manifest WriteImage(
        string? artifactType, Descriptor config, IReadOnlyList<Descriptor> layers, Descriptor? subject = null,
        IReadOnlyDictionary<string, string>? annotations = null) =>
        ManifestWriter.Image(artifactType, config, layers, subject, annotations ?? NoAnnotations);

    /// <summary>Writes an OCI image index; equal arguments give equal bytes.</summary>
    /// <exception cref="RegistryException">
    /// The result could not be read again: too large, too many entries, a malformed type.
    /// </exception>
    public static Manifest WriteIndex(
        IReadOnlyList<Descriptor> manifests, IReadOnlyDictionary<string, string>? annotations = null) =>
        ManifestWriter.Index(manifests, annotations ?? NoAnnotations);

    /// <summary>
    /// The configuration of an artifact that has none: the descriptor of <see cref="EmptyConfigContent"/>.
    /// </summary>
    public static Descriptor EmptyConfig { get; } = new(MediaTypes.Empty, Digest.Compute("{}"u8), 2);

    /// <summary>The two bytes <c>{}</c>; registries want them stored like any blob.</summary>
    public static ReadOnlyMemory<byte> EmptyConfigContent { get; } = "{}"u8.ToArray();

    internal static IReadOnlyDictionary<string, string> NoAnnotations { get; } =
        ReadOnlyDictionary<string, string>.Empty;
}

/// <summary>What a manifest says, apart from its bytes.</summary>
internal sealed record ManifestBody
{
    public string? ArtifactType { get; init; }

    public Descriptor? Config { get; init; }

    public IReadOnlyList<Descriptor> Layers { get; init; } = [];

    public IReadOnlyList<Descriptor> Manifests { get; init; } = [];

    public Descriptor? Subject { get; init; }

    public IReadOnlyDictionary<string, string> Annotations { get; init; } = Manifest.NoAnnotations;
}
