// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using SupplyChain.Model;
using SupplyChain.Sigstore;

namespace SupplyChain.Policy;

/// <summary>What a part of a request is for. What it holds has to be that.</summary>
public enum DocumentKind
{
    /// <summary>An SBOM, bare or in a statement.</summary>
    Sbom,

    /// <summary>A statement with SLSA provenance.</summary>
    Provenance,

    /// <summary>A statement of any type.</summary>
    Attestation,
}

/// <summary>
/// A document that came with a request and is about the image. Whoever signed it, here it is the requester's word alone; what a key of
/// the policy has signed is among the statements as well.
/// </summary>
public sealed class SubmittedDocument
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = Limits.Depth };

    private JsonDocument? _predicate;

    internal SubmittedDocument(DocumentKind kind, Digest digest, ReadOnlyMemory<byte> content) =>
        (Kind, Digest, Content) = (kind, digest, content);

    /// <summary>What the part it came in is for.</summary>
    public DocumentKind Kind { get; }

    /// <summary>The digest of the bytes that were sent.</summary>
    public Digest Digest { get; }

    /// <summary>The SBOM or statement; where an envelope was sent, its payload.</summary>
    public ReadOnlyMemory<byte> Content { get; }

    /// <summary>Whether it is a bare SBOM, without a statement around it.</summary>
    public required bool IsBare { get; init; }

    /// <summary>The predicate type, or for a bare SBOM the type that its format is attested as.</summary>
    public required string PredicateType { get; init; }

    /// <summary>The bytes that checks judge.</summary>
    public required ReadOnlyMemory<byte> PredicateContent { get; init; }

    /// <summary>What it is about: the image, platforms of it, or both; at least one.</summary>
    public required IReadOnlyList<Digest> Images { get; init; }

    /// <summary>How firmly it is tied to them.</summary>
    public required EvidenceBinding Binding { get; init; }

    /// <summary>
    /// Why the SBOM in a statement is of another image than the statement; null when it is not. It refutes the requester's word. A signer
    /// may know better: tools that see a local copy name a manifest that no registry serves.
    /// </summary>
    internal Rejection? Contradiction { get; init; }

    /// <summary>What checks judge as a document, built on first use; undefined when there is none.</summary>
    public JsonElement Predicate => PredicateContent.IsEmpty
        ? default
        // Strictness was proven over the whole document before it came to be.
        : (_predicate ??= JsonDocument.Parse(PredicateContent, Options)).RootElement;
}

/// <summary>Bytes that came with a request, of which nothing is known yet.</summary>
/// <param name="Kind">What the part is for.</param>
/// <param name="Name">What to call it in messages, safe to show.</param>
/// <param name="Digest">The digest of its bytes.</param>
/// <param name="Content">Its bytes.</param>
public sealed record SentDocument(DocumentKind Kind, string Name, Digest Digest, ReadOnlyMemory<byte> Content);
