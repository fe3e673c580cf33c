// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Policy;

namespace SupplyChain.Evidence;

/// <summary>What lies beside an image in the registry, as bytes that nobody has verified yet.</summary>
/// <param name="Bundles">Sigstore bundles found as referrers.</param>
/// <param name="TagSignatures">Simple-signing signatures found under the image's <c>.sig</c> tag.</param>
/// <param name="TagEnvelopes">DSSE envelopes found under the image's <c>.att</c> tag.</param>
/// <param name="Problems">What could not be read, and why.</param>
public sealed record Attachments(
    IReadOnlyList<FoundBundle> Bundles,
    IReadOnlyList<FoundSignature> TagSignatures,
    IReadOnlyList<FoundEnvelope> TagEnvelopes,
    IReadOnlyList<EvidenceProblem> Problems);

/// <summary>A Sigstore bundle as a registry holds it.</summary>
/// <param name="Manifest">The digest of the referrer manifest.</param>
/// <param name="Blob">The digest of the bundle's bytes.</param>
/// <param name="Content">The bundle's bytes.</param>
public sealed record FoundBundle(Digest Manifest, Digest Blob, ReadOnlyMemory<byte> Content);

/// <summary>A simple-signing signature as a registry holds it.</summary>
/// <param name="Blob">The digest of the payload.</param>
/// <param name="Payload">The payload's bytes.</param>
/// <param name="Signature">The base64 text of the layer's signature annotation.</param>
public sealed record FoundSignature(Digest Blob, ReadOnlyMemory<byte> Payload, string Signature);

/// <summary>A DSSE envelope as a registry holds it.</summary>
/// <param name="Blob">The digest of the envelope's bytes.</param>
/// <param name="Content">The envelope's bytes.</param>
public sealed record FoundEnvelope(Digest Blob, ReadOnlyMemory<byte> Content);
