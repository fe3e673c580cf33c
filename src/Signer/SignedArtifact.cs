// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;

namespace SupplyChain.Signer;

/// <summary>
/// A signature whose bytes are final and verified, ready to be recorded and then stored. Storing the same one again changes nothing.
/// </summary>
public sealed record SignedArtifact
{
    /// <summary>What it is for. <see cref="Draft.Purpose"/></summary>
    public required string Purpose { get; init; }

    /// <summary>How it is stored.</summary>
    public required DraftForm Form { get; init; }

    /// <summary>The manifest it is attached to.</summary>
    public required Descriptor Subject { get; init; }

    /// <summary>The statement's predicate type; none in the tag layout.</summary>
    public string? PredicateType { get; init; }

    /// <summary>The bundle, or the simple-signing payload.</summary>
    public required ReadOnlyMemory<byte> Content { get; init; }

    /// <summary>The signature beside the payload, in base64; the tag layout only.</summary>
    public string? Signature { get; init; }

    /// <summary>What logs and timestamp authorities say of it, beside the payload; the tag layout only, a bundle holds it itself.</summary>
    public IReadOnlyDictionary<string, string> Material { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The digest of <see cref="Content"/>: what a verification summary names as its input.</summary>
    public Digest Digest => Digest.Compute(Content.Span);
}
