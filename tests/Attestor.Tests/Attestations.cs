// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json.Nodes;
using SupplyChain.Model;
using SupplyChain.Oci;
using SupplyChain.Signer;
using SupplyChain.Sigstore;

namespace SupplyChain.Attestor.Tests;

/// <summary>What others than the attestor attest beside an image.</summary>
internal static class Attestations
{
    /// <summary>A statement as cosign stores attestations: a layer of an image under a tag beside the image.</summary>
    public static async ValueTask AttachAsync(World world, MemoryKey key, Manifest image, string type, string predicate)
    {
        var payload = StatementWriter.Write(
            [StatementSubject.Of(image.Digest, world.Repository)], type, writer => JsonNode.Parse(predicate)!.WriteTo(writer));
        var signature = await key.SignAsync(Envelope.ToBeSigned(Envelope.InTotoPayloadType, payload), CancellationToken.None);
        var envelope = new Envelope(Envelope.InTotoPayloadType, payload, signature, "").Write();
        var layer = new Descriptor(MediaTypes.DsseEnvelope, Digest.Compute(envelope), envelope.Length);
        await world.Registry.PushBlobAsync(world.Repository, layer, envelope, CancellationToken.None);
        await world.Registry.PushBlobAsync(world.Repository, Manifest.EmptyConfig, Manifest.EmptyConfigContent, CancellationToken.None);
        await world.Registry.AppendToTagAsync(
            world.Repository, TagLayout.TagFor(image.Digest, TagLayout.Attestations), layer,
            (current, added, _) => ValueTask.FromResult(
                Manifest.WriteImage(artifactType: null, Manifest.EmptyConfig, [.. current?.Layers ?? [], .. added])),
            CancellationToken.None);
    }

    /// <summary>A clean report of Trivy, made now, as a bundle beside the image.</summary>
    public static async ValueTask AttachReportAsync(World world, MemoryKey key, Manifest image)
    {
        var content = Encoding.UTF8.GetBytes(SampleReport.Json(image.Config!.Digest, world.Clock.GetUtcNow()).ToJsonString());
        var signed = await new ArtifactSigner(key).SignAsync(
            Drafts.OfScan(
                world.Repository, image.Descriptor, Digest.Compute(content),
                new VulnerabilityScan { ScannerUri = "made-for-tests", Result = content }),
            CancellationToken.None);
        await new ArtifactStore(world.Registries).StoreAsync(world.Repository, signed, world.Clock.GetUtcNow(), CancellationToken.None);
    }
}
