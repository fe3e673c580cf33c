// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Testing.Registry;

namespace SupplyChain.Oci.Tests;

public sealed class HttpRegistryTests
{
    [Fact]
    public async Task Fetches_a_manifest_by_tag_and_by_digest_and_its_blobs()
    {
        await using var simulator = await RegistrySimulator.StartAsync();
        var stored = simulator.In("team/app").AddImage(tag: "v1");
        using var client = Client.Of(simulator);

        var byTag = await client.FetchAsync("v1");
        var byDigest = await client.FetchAsync(stored.Digest);

        Assert.NotNull(byTag);
        Assert.Equal(stored.Digest, byTag.Digest);
        Assert.Equal(stored.Content, byDigest?.Content.ToArray());
        Assert.Equal(simulator.In("team/app").FindBlob(byTag.Layers[0].Digest.ToString()), await client.FetchAsync(byTag.Layers[0]));
    }

    [Fact]
    public async Task What_is_not_there_is_null_whatever_the_page_says()
    {
        await using var simulator = await RegistrySimulator.StartAsync();
        using var client = Client.Of(simulator);
        var nowhere = Digest.Compute("nowhere"u8);

        Assert.Null(await client.FetchAsync("v1"));
        Assert.Null(await client.FetchAsync(nowhere));
        Assert.Null(await client.FetchAsync(new Descriptor("text/plain", nowhere, 7)));

        simulator.Break("GET", "*", new FaultEffect.Answer(Reply.Of(404, [.. "<html>Not here</html>"u8], ("Content-Type", "text/html"))));
        Assert.Null(await client.FetchAsync("v1"));
    }

    [Fact]
    public async Task Stores_blobs_once_and_manifests_under_tags_and_by_digest()
    {
        await using var simulator = await RegistrySimulator.StartAsync();
        using var client = Client.Of(simulator);
        var (layer, content) = Samples.Signature("sig");

        await client.Registry.PushBlobAsync(client.Repository, layer, content, Client.Token);
        await client.Registry.PushBlobAsync(client.Repository, layer, content, Client.Token);
        await client.Registry.PushBlobAsync(
            client.Repository, Manifest.EmptyConfig, Manifest.EmptyConfigContent, Client.Token);
        var manifest = Manifest.WriteImage(null, Manifest.EmptyConfig, [layer]);
        await client.Registry.PushManifestAsync(client.Repository, manifest, tag: null, Client.Token);
        await client.Registry.PushManifestAsync(client.Repository, manifest, "v2", Client.Token);

        Assert.Equal(2, simulator.Count("POST", "/v2/team/app/blobs/uploads/"));
        Assert.Equal(content, simulator.In("team/app").FindBlob(layer.Digest.ToString()));
        Assert.Equal(manifest.Content.ToArray(), simulator.In("team/app").FindManifest("v2")?.Content);
        Assert.Equal(["v2"], simulator.In("team/app").Tags);
    }
}
