// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Scanning;
using SupplyChain.Sigstore;

namespace SupplyChain.Policy;

/// <summary>A VEX document that was found or sent. What it is about is told by its statements.</summary>
public sealed record VexEvidence
{
    /// <summary>The digest of the stored bytes: the document, or the envelope it came in.</summary>
    public required Digest Digest { get; init; }

    /// <summary>The document; null when it could not be read.</summary>
    public required VexDocument? Document { get; init; }

    /// <summary>Why it could not be read, printable.</summary>
    public string? Problem { get; init; }

    /// <summary>What it was attested as; null when it was not.</summary>
    public string? PredicateType { get; init; }

    /// <summary>The manifests and indexes that it was attested of. It sets nothing aside in any other, whatever products it names.</summary>
    public IReadOnlyList<Digest> Images { get; init; } = [];

    /// <summary>Who vouches for it. Only an attested one can ever count.</summary>
    public required EvidenceSource Source { get; init; }

    /// <summary>The key that signed it; null when nobody did.</summary>
    public PublicKey? SignedBy { get; init; }
}
