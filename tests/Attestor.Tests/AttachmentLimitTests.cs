// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text;
using SupplyChain.Evidence;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Oci;
using SupplyChain.Testing.Registry;

namespace SupplyChain.Attestor.Tests;

/// <summary>Anybody who may push can attach large things; together they never fill the memory.</summary>
public sealed class AttachmentLimitTests
{
    private static readonly AttachmentNeeds Needs = new()
    {
        BundleTypes = new HashSet<string>(["https://example.com/type"], StringComparer.Ordinal),
        LargestAttachment = Limits.AttestationBytes,
    };

    [Fact]
    public async Task Attachments_that_are_too_much_together_are_not_downloaded()
    {
        await using var simulator = await RegistrySimulator.StartAsync();
        await using var world = await World.CreateAsync(simulator, TimeSpan.FromMinutes(1));
        var image = await world.PushImageAsync();
        Attach(simulator, image, Limits.AttachmentsBytes / Limits.AttestationBytes, Limits.AttestationBytes);
        Attach(simulator, image, 1, 1);

        var found = await new AttachmentReader(world.Registries).ReadAsync(
            world.Repository, image.Digest, Needs, new AttachmentBudget(), CancellationToken.None);

        var problem = Assert.Single(found.Problems);
        Assert.Equal(ReasonCode.EvidenceLimit, problem.Reason);
        Assert.Null(problem.Evidence);
        Assert.False(problem.IsError);
        Assert.Empty(found.Bundles);
    }

    [Fact]
    public async Task Attachments_that_just_fit_are_downloaded()
    {
        await using var simulator = await RegistrySimulator.StartAsync();
        await using var world = await World.CreateAsync(simulator, TimeSpan.FromMinutes(1));
        var image = await world.PushImageAsync();
        Attach(simulator, image, Limits.AttachmentsBytes / Limits.AttestationBytes, Limits.AttestationBytes);

        var found = await new AttachmentReader(world.Registries).ReadAsync(
            world.Repository, image.Digest, Needs, new AttachmentBudget(), CancellationToken.None);

        Assert.All(found.Problems, problem => Assert.Equal(ReasonCode.BlobMissing, problem.Reason));
        Assert.Equal(Limits.AttachmentsBytes / Limits.AttestationBytes, found.Problems.Count);
    }

    // The blobs are lost: what is not there shows whether it was asked for.
    private static void Attach(RegistrySimulator simulator, Manifest image, int count, long size)
    {
        for (var i = 0; i < count; i++)
        {
            var name = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{size} {i}"));
            var referrer = Manifest.WriteImage(
                MediaTypes.SigstoreBundle, Manifest.EmptyConfig,
                [new Descriptor(MediaTypes.SigstoreBundle, Digest.Compute(name), size)], image.Descriptor);
            simulator.In("demo/shop").AddManifest(referrer.Content.ToArray(), referrer.MediaType);
        }
    }
}
