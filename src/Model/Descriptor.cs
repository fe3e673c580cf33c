// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Model;

/// <summary>Names some content by what it is, its digest and its size. OCI image-spec, "Content Descriptors".</summary>
/// <param name="MediaType">The type its author gave it.</param>
/// <param name="Digest">The digest of the content's bytes.</param>
/// <param name="Size">How many bytes the content has.</param>
public sealed record Descriptor(string MediaType, Digest Digest, long Size)
{
    private static readonly IReadOnlyDictionary<string, string> NoAnnotations = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The artifact type an index claims for a manifest: a hint to order downloads by, never a fact.</summary>
    public string? ArtifactType { get; init; }

    /// <summary>The platform an index claims for a manifest.</summary>
    public Platform? Platform { get; init; }

    /// <summary>Unsigned notes of whoever wrote the descriptor.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = NoAnnotations;
}
