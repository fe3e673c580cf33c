// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json.Nodes;
using SupplyChain.Model;
using SupplyChain.Oci;
using SupplyChain.Signer;
using SupplyChain.Sigstore;

namespace SupplyChain.Attestor.Tests;

/// <summary>What others attest beside an image, and what its approval says of it.</summary>
internal static class Attestations
{
    /// <summary>Stores a statement about the image, signed, beside it.</summary>
    public static async ValueTask AttachAsync(
        World world, MemoryKey key, Manifest image, string type, string predicate, Manifest? about = null)
    {
        var payload = StatementWriter.Write(
            [StatementSubject.Of((about ?? image).Digest, world.Repository)], type, writer => JsonNode.Parse(predicate)!.WriteTo(writer));
        var signature = await key.SignAsync(Envelope.ToBeSigned(Envelope.InTotoPayloadType, payload), CancellationToken.None);
        var envelope = new Envelope(Envelope.InTotoPayloadType, payload, signature, "").Write();
        await StoreAsync(world, image, envelope);
    }

    // As cosign stores attestations: layers of an image under a tag beside the image.
    public static async ValueTask StoreAsync(
        World world, Manifest image, byte[] envelope, IReadOnlyDictionary<string, string>? annotations = null)
    {
        var layer = new Descriptor(MediaTypes.DsseEnvelope, Digest.Compute(envelope), envelope.Length) { Annotations = annotations ?? new Dictionary<string, string>(StringComparer.Ordinal) };
        await world.Registry.PushBlobAsync(world.Repository, layer, envelope, CancellationToken.None);
        await world.Registry.PushBlobAsync(world.Repository, Manifest.EmptyConfig, Manifest.EmptyConfigContent, CancellationToken.None);
        await world.Registry.AppendToTagAsync(
            world.Repository, TagLayout.TagFor(image.Digest, TagLayout.Attestations), layer,
            (current, added, _) => ValueTask.FromResult(
                Manifest.WriteImage(artifactType: null, Manifest.EmptyConfig, [.. current?.Layers ?? [], .. added])),
            CancellationToken.None);
    }

    /// <summary>What the approval of the image says that it rests on; nothing when there is none.</summary>
    public static async ValueTask<IReadOnlyList<Digest>> InputsOfAsync(World world, Manifest image)
    {
        if ((await StatementsOfAsync(world, image)).FirstOrDefault(statement => statement.PredicateType is PredicateTypes.VerificationSummary) is not { } approval)
            return [];

        Assert.True(VerificationSummary.TryRead(approval, out var summary, out var problem), problem?.Message);
        return [.. summary.InputAttestations.Select(input => input.Digest)];
    }

    /// <summary>Every statement of the attestor's key that is stored as a bundle beside the image.</summary>
    public static async ValueTask<IReadOnlyList<VerifiedStatement>> StatementsOfAsync(World world, Manifest image)
    {
        var statements = new List<VerifiedStatement>();
        foreach (var referrer in await world.Registry.ListReferrersAsync(world.Repository, image.Digest, CancellationToken.None))
        {
            var manifest = await world.Registry.FetchManifestAsync(world.Repository, referrer.Digest, CancellationToken.None);
            var content = await world.Registry.FetchBlobAsync(world.Repository, manifest!.Layers[0], Limits.AttestationBytes, CancellationToken.None);
            if (Bundle.TryRead(content!, out var bundle, out _) && bundle.Envelope is { } envelope
                && EnvelopeVerifier.TryVerify(envelope, image.Digest, [world.PublicKey], manifest.Layers[0].Digest, out var statement, out _))
            {
                statements.Add(statement);
            }
        }

        return statements;
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
