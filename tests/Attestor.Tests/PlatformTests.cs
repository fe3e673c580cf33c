// SPDX-License-Identifier: Apache-2.0

using System.Text;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Oci;

namespace SupplyChain.Attestor.Tests;

/// <summary>Indexes that show us another platform than the one a node would run.</summary>
public sealed class PlatformTests
{
    [Fact]
    public async Task A_child_that_only_we_take_for_an_attestation_gets_nothing_signed()
    {
        await using var world = await World.CreateAsync();
        var scanned = await world.PushImageAsync("arm64", "clean");
        var hidden = await world.PushImageAsync("amd64", "vulnerable");
        var index = Encoding.UTF8.GetBytes(
            $$$"""
            {"schemaVersion":2,"mediaType":"{{{MediaTypes.ImageIndex}}}","manifests":[
              {"mediaType":"{{{MediaTypes.ImageManifest}}}","digest":"{{{scanned.Digest}}}","size":{{{scanned.Content.Length}}},
               "platform":{"os":"linux","architecture":"arm64"}},
              {"mediaType":"{{{MediaTypes.ImageManifest}}}","digest":"{{{hidden.Digest}}}","size":{{{hidden.Content.Length}}},
               "platform":{"os":"unknown","architecture":"unknown","OS":"linux","Architecture":"amd64"}}]}
            """);
        var digest = await StoreAsync(world, index);

        var decision = Refused(await world.Cycle().AttestAsync(
            world.Request(digest, SampleReport.Of(scanned.Config!.Digest, world.Clock.GetUtcNow())), CancellationToken.None));

        Assert.Equal(ReasonCode.ManifestMalformed, Assert.Single(decision.Checks).Reason);
        Assert.Equal(0, world.Key.Calls);
    }

    [Fact]
    public async Task A_configuration_whose_platform_depends_on_the_reader_is_refused()
    {
        await using var world = await World.CreateAsync();
        var config = Encoding.UTF8.GetBytes("""{"architecture":"s390x","os":"linux","Architecture":"amd64"}""");
        var image = await PushAsync(world, config);

        var decision = Refused(await world.Cycle().AttestAsync(
            world.Request(image.Digest, SampleReport.Of(image.Config!.Digest, world.Clock.GetUtcNow())), CancellationToken.None));

        Assert.Equal(ReasonCode.ManifestAmbiguous, Assert.Single(decision.Checks).Reason);
        Assert.Equal(0, world.Key.Calls);
    }

    [Theory]
    [InlineData(0, "EVIDENCE_MISSING")]
    [InlineData(1, "EVIDENCE_LIMIT")]
    public async Task An_index_of_more_platforms_than_are_judged_is_refused_before_any_of_them_is_looked_at(int beyond, string reason)
    {
        await using var world = await World.CreateAsync();
        var images = new List<(Manifest, string)>();
        for (var i = 0; i < Limits.Platforms + beyond; i++)
            images.Add((await world.PushImageAsync("amd64", $"image {i}"), "amd64"));
        var index = await world.PushIndexAsync([.. images]);

        var decision = Refused(await world.Cycle().AttestAsync(world.Request(index.Digest), CancellationToken.None));

        Assert.Equal(reason, decision.Checks[0].Reason?.Name);
        Assert.Equal(beyond > 0, decision.Checks[0].Message.Contains($"at most {Limits.Platforms} are judged", StringComparison.Ordinal));
        Assert.Equal(0, world.Key.Calls);
    }

    [Fact]
    public async Task A_platform_that_needs_no_report_gets_no_signature_of_its_own()
    {
        await using var world = await World.CreateAsync(World.SigningPolicyText.Replace(
            "platforms: all", "platforms: [linux/amd64]", StringComparison.Ordinal));
        var scanned = await world.PushImageAsync("amd64", "clean");
        var unscanned = await world.PushImageAsync("s390x", "vulnerable");
        var index = await world.PushIndexAsync((scanned, "amd64"), (unscanned, "s390x"));

        var answer = await world.Cycle().AttestAsync(
            world.Request(index.Digest, SampleReport.Of(scanned.Config!.Digest, world.Clock.GetUtcNow())), CancellationToken.None);

        var decision = Assert.IsType<AttestationAnswer.Decided>(answer).Decision;
        Assert.True(decision.IsPositive);
        Assert.Contains(decision.Artifacts, artifact => artifact.Subject == scanned.Digest);
        Assert.Contains(decision.Artifacts, artifact => artifact.Subject == index.Digest);
        Assert.DoesNotContain(decision.Artifacts, artifact => artifact.Subject == unscanned.Digest);
    }

    internal static Decision Refused(AttestationAnswer answer)
    {
        var decision = Assert.IsType<AttestationAnswer.Decided>(answer).Decision;
        Assert.False(decision.IsPositive);
        return decision;
    }

    private static async ValueTask<Manifest> PushAsync(World world, byte[] config)
    {
        var layer = "layer"u8.ToArray();
        var manifest = Manifest.WriteImage(
            artifactType: null, new Descriptor(MediaTypes.ImageConfig, Digest.Compute(config), config.Length),
            [new Descriptor("application/vnd.oci.image.layer.v1.tar", Digest.Compute(layer), layer.Length)]);
        await world.Registry.PushBlobAsync(world.Repository, manifest.Config!, config, CancellationToken.None);
        await world.Registry.PushBlobAsync(world.Repository, manifest.Layers[0], layer, CancellationToken.None);
        await world.Registry.PushManifestAsync(world.Repository, manifest, tag: null, CancellationToken.None);
        return manifest;
    }

    // As somebody does who pushes with another program than ours.
    private static async ValueTask<Digest> StoreAsync(World world, byte[] index)
    {
        var digest = Digest.Compute(index);
        await world.Registry.PushBlobAsync(
            world.Repository, new Descriptor(MediaTypes.ImageIndex, digest, index.Length), index, CancellationToken.None);
        return digest;
    }
}
