// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Policy;

namespace SupplyChain.Evidence;

/// <summary>What lies beside an image in the registry, as bytes that nobody has verified yet.</summary>
/// <param name="Bundles">Sigstore bundles found as referrers.</param>
/// <param name="Signatures">Simple-signing signatures found under the image's <c>.sig</c> tag, or as referrers.</param>
/// <param name="Envelopes">DSSE envelopes found under the image's <c>.att</c> tag, or as referrers.</param>
/// <param name="Problems">What could not be read, and why.</param>
public sealed record Attachments(
    IReadOnlyList<FoundBundle> Bundles,
    IReadOnlyList<FoundLayer> Signatures,
    IReadOnlyList<FoundLayer> Envelopes,
    IReadOnlyList<EvidenceProblem> Problems)
{
    /// <summary>How many there are.</summary>
    public int Count => Bundles.Count + Signatures.Count + Envelopes.Count;
}

/// <summary>A Sigstore bundle as a registry holds it.</summary>
/// <param name="Manifest">The digest of the referrer manifest.</param>
/// <param name="Blob">The digest of the bundle's bytes.</param>
/// <param name="Content">The bundle's bytes.</param>
public sealed record FoundBundle(Digest Manifest, Digest Blob, ReadOnlyMemory<byte> Content);

/// <summary>A simple-signing payload or DSSE envelope as a registry holds it: a layer with what stands beside it.</summary>
/// <param name="Blob">The digest of its bytes.</param>
/// <param name="Content">Its bytes.</param>
/// <param name="Annotations">The layer's annotations: a payload's signature, and certificates and log promises of either.</param>
/// <param name="Layout">Where it lay.</param>
public sealed record FoundLayer(
    Digest Blob, ReadOnlyMemory<byte> Content, IReadOnlyDictionary<string, string> Annotations, StorageLayout Layout);
