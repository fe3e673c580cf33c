// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json;
using SupplyChain.Model;
using SupplyChain.Testing.Registry;

namespace SupplyChain.Oci.Tests;

public sealed class TagLayoutTests
{
    private static readonly Digest Subject = Digest.Compute("image"u8);

    [Fact]
    public async Task Layers_are_added_one_after_the_other_and_an_equal_one_once()
    {
        await using var simulator = await RegistrySimulator.StartAsync(RegistrySetup.Classic);
        using var client = Client.Of(simulator);

        await AppendAsync(client, "first");
        await AppendAsync(client, "second");
        var manifest = await AppendAsync(client, "first");

        // One payload signed twice: the same bytes under two signatures.
        Assert.Equal(2, manifest.Layers.Count);
        Assert.Single(manifest.Layers.Select(layer => layer.Digest).Distinct());
        Assert.Equal("first second", string.Join(' ', manifest.Layers.Select(layer => layer.Annotations["dev.cosignproject.cosign/signature"])));
        Assert.Equal(manifest.Digest, (await client.FetchAsync($"sha256-{Subject.Hex}.sig"))?.Digest);
    }

    [Fact]
    public async Task The_configuration_is_a_genuine_one_that_names_every_layer()
    {
        await using var simulator = await RegistrySimulator.StartAsync(RegistrySetup.Classic);
        using var client = Client.Of(simulator);

        await AppendAsync(client, "first");
        var manifest = await AppendAsync(client, "second", "another payload");

        using var config = JsonDocument.Parse((await client.FetchAsync(manifest.Config!))!);
        var rootfs = config.RootElement.GetProperty("rootfs");
        Assert.Equal("layers", rootfs.GetProperty("type").GetString());
        Assert.Equal(
            string.Join(' ', manifest.Layers.Select(layer => layer.Digest)),
            string.Join(' ', rootfs.GetProperty("diff_ids").EnumerateArray().Select(id => id.GetString())));
        Assert.Equal(MediaTypes.ImageConfig, manifest.Config!.MediaType);
    }

    [Fact]
    public async Task What_another_tool_wrote_there_is_kept()
    {
        await using var simulator = await RegistrySimulator.StartAsync(RegistrySetup.Classic);
        using var client = Client.Of(simulator);
        var store = simulator.In("team/app");
        var payload = store.AddBlob([.. "theirs"u8], MediaTypes.SimpleSigning);
        var config = store.AddBlob([.. "{}"u8]);
        var layer = $$"""{"mediaType":"{{MediaTypes.SimpleSigning}}","size":{{payload.Size}},"digest":"{{payload.Digest}}","annotations":{"dev.cosignproject.cosign/signature":"x"},"x":1}""";
        store.AddManifest(
            Encoding.UTF8.GetBytes($$"""{"schemaVersion":2,"mediaType":"{{MediaTypes.DockerManifest}}","config":{"mediaType":"application/vnd.docker.container.image.v1+json","size":2,"digest":"{{config.Digest}}"},"annotations":{"predicateType":"p"},"layers":[{{layer}}]}"""),
            MediaTypes.DockerManifest, $"sha256-{Subject.Hex}.sig");

        var manifest = await AppendAsync(client, "ours");

        using var stored = JsonDocument.Parse(manifest.Content);
        Assert.Equal(layer, stored.RootElement.GetProperty("layers")[0].GetRawText());
        Assert.Equal("p", manifest.Annotations["predicateType"]);
        Assert.Equal(MediaTypes.DockerManifest, manifest.MediaType);
        Assert.Equal("application/vnd.docker.container.image.v1+json", manifest.Config?.MediaType);
        Assert.Equal(2, manifest.Layers.Count);
    }

    [Fact]
    public async Task A_tag_that_is_full_is_not_made_longer()
    {
        await using var simulator = await RegistrySimulator.StartAsync(RegistrySetup.Classic);
        using var client = Client.Of(simulator);
        simulator.In("team/app").AddBlob(Samples.Signature("x").Content);
        simulator.In("team/app").AddBlob([.. "{}"u8]);
        var full = Manifest.WriteImage(
            null, Manifest.EmptyConfig, [.. Enumerable.Range(0, Limits.SignaturesPerImage).Select(i => Samples.Signature($"{i}").Layer)]);
        simulator.In("team/app").AddManifest(full.Content.ToArray(), full.MediaType, $"sha256-{Subject.Hex}.sig");

        var fault = await Assert.ThrowsAsync<RegistryException>(async () => await AppendAsync(client, "one too many"));

        Assert.Equal("TOO_MANY_SIGNATURES", fault.Reason.Name);
        Assert.Equal(full.Digest, simulator.In("team/app").FindManifest($"sha256-{Subject.Hex}.sig")?.Digest);
        Assert.Equal(full.Digest, (await AppendAsync(client, "0")).Digest);
    }

    [Fact]
    public async Task A_tag_that_names_an_index_is_left_alone()
    {
        await using var simulator = await RegistrySimulator.StartAsync(RegistrySetup.Classic);
        using var client = Client.Of(simulator);
        var index = Manifest.WriteIndex([]);
        simulator.In("team/app").AddManifest(index.Content.ToArray(), index.MediaType, $"sha256-{Subject.Hex}.sig");

        var fault = await Assert.ThrowsAsync<RegistryException>(async () => await AppendAsync(client, "ours"));

        Assert.Equal("MANIFEST_MALFORMED", fault.Reason.Name);
    }

    [Fact]
    public void Tags_are_made_of_the_digest_and_a_known_suffix()
    {
        Assert.Equal($"sha256-{Subject.Hex}.sig", TagLayout.TagFor(Subject, TagLayout.Signatures));
        Assert.Equal($"sha256-{Subject.Hex}.att", TagLayout.TagFor(Subject, ".att"));
        Assert.Equal($"sha256-{Subject.Hex}.sbom", TagLayout.TagFor(Subject, ".sbom"));
        Assert.Throws<ArgumentException>(() => TagLayout.TagFor(Subject, ""));
        Assert.Throws<ArgumentException>(() => TagLayout.TagFor(Subject, ".evil"));
    }

    private static ValueTask<Manifest> AppendAsync(Client client, string signature, string payload = "payload")
    {
        var (layer, content) = Samples.Signature(signature, payload);
        return TagLayout.AppendAsync(
            client.Registry, client.Repository, Subject, TagLayout.Signatures, layer, content, Client.Token);
    }
}
