// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Testing;
using SupplyChain.Testing.Registry;

namespace SupplyChain.Oci.Tests;

/// <summary>The same against programs of others: docker-registry, umoci, skopeo.</summary>
public sealed class RealPeerTests
{
    [Fact]
    public async Task Docker_registry_stores_lists_and_loses_nothing_of_two_writers()
    {
        await using var registry = await DockerRegistry.StartAsync(Client.Token);
        var options = new RegistryOptions { Host = registry.Host, PlainHttp = true, TagSettleTime = TimeSpan.FromMilliseconds(400) };
        using var one = Client.Of(options);
        using var other = Client.Of(options);
        var image = await PushImageAsync(one);
        Assert.Null(await one.FetchAsync("absent"));
        Assert.Empty(await one.ReferrersAsync(image.Digest));

        var attached = new List<Manifest>();
        for (var round = 0; round < 5; round++)
        {
            attached.AddRange(await Task.WhenAll(Enumerable.Range(0, 5).SelectMany(i => new[]
            {
                ReferrersTests.AttachAsync(one, image, $"one {round} {i}"), ReferrersTests.AttachAsync(other, image, $"other {round} {i}"),
            })));
        }

        var listed = await one.ReferrersAsync(image.Digest);
        Assert.Equal(50, listed.Count);
        Assert.True(
            attached.Select(referrer => referrer.Digest).ToHashSet().SetEquals(listed.Select(entry => entry.Digest)));
        Assert.Equal(image.Digest, (await one.FetchAsync("v1"))?.Digest);
    }

    [Fact]
    public async Task Docker_registry_keeps_the_tag_layout_of_two_writers()
    {
        await using var registry = await DockerRegistry.StartAsync(Client.Token);
        var options = new RegistryOptions { Host = registry.Host, PlainHttp = true, TagSettleTime = TimeSpan.FromMilliseconds(400) };
        using var one = Client.Of(options);
        using var other = Client.Of(options);
        var image = await PushImageAsync(one);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => SignAsync(i % 2 == 0 ? one : other, image, $"{i}")));

        var manifest = await one.FetchAsync(TagLayout.TagFor(image.Digest, TagLayout.Signatures));
        Assert.Equal(8, manifest?.Layers.Count);
        Assert.Equal("payload", System.Text.Encoding.UTF8.GetString((await one.FetchAsync(manifest!.Layers[0]))!));
    }

    [Fact]
    public async Task Docker_registry_over_TLS_is_spoken_to_with_its_authority_only()
    {
        using var folder = new TempFolder();
        using var authority = new TestAuthority();
        using var certificate = authority.Issue(expired: false, "127.0.0.1");
        await File.WriteAllTextAsync(folder["ca.pem"], authority.Pem);
        await File.WriteAllTextAsync(folder["server.pem"], certificate.ExportCertificatePem());
        using (var key = System.Security.Cryptography.X509Certificates.ECDsaCertificateExtensions.GetECDsaPrivateKey(certificate))
            await File.WriteAllTextAsync(folder["server.key"], key!.ExportPkcs8PrivateKeyPem());
        await using var registry = await DockerRegistry.StartAsync(
            Client.Token, http: $"tls: {{certificate: {folder["server.pem"]}, key: {folder["server.key"]}}}");
        using var stranger = Client.Of(new RegistryOptions { Host = registry.Host });
        using var client = Client.Of(new RegistryOptions { Host = registry.Host, CaFile = folder["ca.pem"] });

        var image = await PushImageAsync(client);
        var fault = await Assert.ThrowsAsync<RegistryException>(async () => await stranger.FetchAsync("v1"));

        Assert.Equal(image.Digest, (await client.FetchAsync("v1"))?.Digest);
        Assert.Equal("TLS_REQUIRED", fault.Reason.Name);
    }

    [Fact]
    public async Task A_layout_of_umoci_is_read_and_written_and_read_by_skopeo_and_umoci()
    {
        using var folder = new TempFolder();
        await Programs.RunAsync("umoci", Client.Token, "init", "--layout", folder["layout"]);
        using var client = Client.Of(new RegistryOptions { Host = "registry.local", LayoutPath = folder["layout"] });
        Assert.Null(await client.FetchAsync("own"));
        await PushImageAsync(client, "own");
        await Programs.RunAsync("umoci", Client.Token, "new", "--image", $"{folder["layout"]}:v1");
        var image = await client.FetchAsync("own");
        await ReferrersTests.AttachAsync(client, image!, "one");
        await SignAsync(client, image!, "sig");

        Assert.Equal(
            $"own sha256-{image!.Digest.Hex}.sig v1",
            string.Join(' ', (await Programs.RunAsync("umoci", Client.Token, "list", "--layout", folder["layout"])).Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)));
        await Programs.RunAsync("umoci", Client.Token, "gc", "--layout", folder["layout"]);
        await Programs.RunAsync("skopeo", Client.Token, "--insecure-policy", "copy", "--preserve-digests", $"oci:{folder["layout"]}:own", $"oci:{folder["copy"]}:own");

        using var copy = Client.Of(new RegistryOptions { Host = "registry.local", LayoutPath = folder["copy"] });
        Assert.Equal(image.Digest, (await copy.FetchAsync("own"))?.Digest);
        Assert.Single(await client.ReferrersAsync(image.Digest));
    }

    private static async Task<Manifest> PushImageAsync(Client client, string tag = "v1")
    {
        var config = """{"architecture":"amd64","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":["sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef"]}}"""u8.ToArray();
        var configBlob = new Descriptor(MediaTypes.ImageConfig, Digest.Compute(config), config.Length);
        var layer = new byte[1024];
        var layerBlob = new Descriptor("application/vnd.oci.image.layer.v1.tar", Digest.Compute(layer), layer.Length);
        await client.Registry.PushBlobAsync(client.Repository, configBlob, config, Client.Token);
        await client.Registry.PushBlobAsync(client.Repository, layerBlob, layer, Client.Token);
        var image = Manifest.WriteImage(null, configBlob, [layerBlob]);
        await client.Registry.PushManifestAsync(client.Repository, image, tag, Client.Token);
        return image;
    }

    private static async Task SignAsync(Client client, Manifest image, string signature)
    {
        var (layer, content) = Samples.Signature(signature);
        await TagLayout.AppendAsync(
            client.Registry, client.Repository, image.Digest, TagLayout.Signatures, layer, content, Client.Token);
    }
}
