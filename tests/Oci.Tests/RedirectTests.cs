// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Testing;
using SupplyChain.Testing.Registry;

namespace SupplyChain.Oci.Tests;

/// <summary>Threat 29: a registry that sends us elsewhere.</summary>
public sealed class RedirectTests
{
    private const string Blobs = "/v2/team/app/blobs/*";

    public static TheoryData<string, string> NotAllowed => new()
    {
        { "cloud metadata", "http://169.254.169.254/latest/meta-data/" },
        { "another host", "https://blobs.example.com/x" },
        { "another port", "http://127.0.0.1:1/x" },
        { "https where the registry is http", "https://{host}/x" },
        { "another host after a user", "http://{host}@blobs.example.com/x" },
        { "no scheme", "//blobs.example.com/x" },
        { "a backslash", "http://{host}\\@blobs.example.com/x" },
        { "a fragment", "/x#y" },
        { "a space", "/x y" },
        { "a number for a host", "http://0x7f.1/x" },
        { "a file", "file:///etc/passwd" },
        { "neither absolute nor from the root", "blobs/x" },
        { "nothing", "" },
    };

    [Theory, MemberData(nameof(NotAllowed))]
    public async Task Is_not_followed_to_a_place_that_is_not_configured(string because, string location)
    {
        await using var simulator = await RegistrySimulator.StartAsync();
        var blob = simulator.In("team/app").AddBlob([.. "content"u8]);
        simulator.Break(
            "GET", Blobs, FaultEffect.RedirectTo(location.Replace("{host}", simulator.Host, StringComparison.Ordinal)));
        using var client = Client.Of(simulator);

        var fault = await Assert.ThrowsAsync<RegistryException>(async () => await client.FetchAsync(blob));

        Assert.True(fault.Reason.Name is "REDIRECT_NOT_ALLOWED", $"{because}: {fault}");
        Assert.Single(simulator.Requests);
    }

    [Fact]
    public async Task Without_a_target_is_refused()
    {
        await using var simulator = await RegistrySimulator.StartAsync();
        simulator.Break("GET", "*", FaultEffect.Status(302));
        using var client = Client.Of(simulator);

        var fault = await Assert.ThrowsAsync<RegistryException>(async () => await client.FetchAsync("v1"));

        Assert.Equal("REDIRECT_NOT_ALLOWED", fault.Reason.Name);
    }

    [Fact]
    public async Task Is_followed_on_the_same_origin_with_the_credential()
    {
        await using var simulator = await RegistrySimulator.StartAsync(
            RegistrySetup.Modern with { Access = RegistryAccess.Token });
        var blob = simulator.In("team/app").AddBlob([.. "content"u8]);
        using var client = Client.Of(simulator, Client.Password(simulator.Host, "robot", "correct horse"));
        await client.FetchAsync(blob);
        simulator.Break("GET", Blobs, FaultEffect.RedirectTo($"/v2/team/app/blobs/{blob.Digest}?again"), times: 1);
        simulator.Break("GET", Blobs, FaultEffect.RedirectTo($"{simulator.Origin}/v2/team/app/blobs/{blob.Digest}?once-more"), times: 1);

        Assert.NotNull(await client.FetchAsync(blob));

        Assert.Equal("?once-more", simulator.Requests[^1].Query);
        Assert.NotNull(simulator.Requests[^1].Header("Authorization"));
    }

    [Fact]
    public async Task Is_not_followed_for_ever()
    {
        await using var simulator = await RegistrySimulator.StartAsync();
        var blob = simulator.In("team/app").AddBlob([.. "content"u8]);
        simulator.Break("GET", Blobs, FaultEffect.RedirectTo($"/v2/team/app/blobs/{blob.Digest}"), times: 3);
        using var client = Client.Of(simulator);

        Assert.NotNull(await client.FetchAsync(blob));

        simulator.ForgetRequests();
        simulator.Break("GET", Blobs, FaultEffect.RedirectTo($"/v2/team/app/blobs/{blob.Digest}"));
        var fault = await Assert.ThrowsAsync<RegistryException>(async () => await client.FetchAsync(blob));
        Assert.Equal("REDIRECT_NOT_ALLOWED", fault.Reason.Name);
        Assert.Equal(4, simulator.Requests.Count);
    }

    [Fact]
    public async Task Is_followed_to_a_configured_host_with_nothing_that_identifies_us()
    {
        using var peers = await PairAsync();
        var blob = peers.Registry.In("team/app").AddBlob([.. "content"u8]);
        peers.Blobs.In("team/app").AddBlob([.. "content"u8]);
        peers.Registry.Break("GET", Blobs, FaultEffect.RedirectTo($"{peers.Blobs.Origin}/v2/team/app/blobs/{blob.Digest}?signature=secret"));

        Assert.NotNull(await peers.Client.FetchAsync(blob));

        var seen = Assert.Single(peers.Blobs.Requests);
        Assert.Equal("Host", string.Join(' ', seen.Headers.Keys));
    }

    [Fact]
    public async Task Loses_the_credential_for_good_once_it_has_left_the_origin()
    {
        using var peers = await PairAsync();
        var blob = peers.Registry.In("team/app").AddBlob([.. "content"u8]);
        peers.Registry.Break("GET", Blobs, FaultEffect.RedirectTo($"{peers.Blobs.Origin}/out"), times: 1);
        peers.Blobs.Break(
            "GET", "/out", FaultEffect.RedirectTo($"{peers.Registry.Origin}/v2/team/app/blobs/{blob.Digest}"));

        var fault = await Assert.ThrowsAsync<RegistryException>(async () => await peers.Client.FetchAsync(blob));

        Assert.Equal("REGISTRY_DENIED", fault.Reason.Name);
        Assert.Null(peers.Registry.Requests[^1].Header("Authorization"));
    }

    [Fact]
    public async Task Of_what_comes_from_elsewhere_the_digest_decides()
    {
        using var peers = await PairAsync();
        var blob = peers.Registry.In("team/app").AddBlob([.. "content"u8]);
        peers.Registry.Break("GET", Blobs, FaultEffect.RedirectTo($"{peers.Blobs.Origin}/out"), times: 1);
        peers.Blobs.Break("GET", "/out", new FaultEffect.Answer(Reply.Of(200, [.. "CONTENT"u8])));

        var fault = await Assert.ThrowsAsync<RegistryException>(async () => await peers.Client.FetchAsync(blob));

        Assert.Equal("DIGEST_MISMATCH", fault.Reason.Name);
    }

    [Theory]
    [InlineData("POST", "/v2/team/app/blobs/uploads/")]
    [InlineData("PUT", "/v2/team/app/blobs/uploads/*")]
    public async Task An_upload_is_not_redirected(string method, string path)
    {
        await using var simulator = await RegistrySimulator.StartAsync();
        simulator.Break(method, path, FaultEffect.RedirectTo("/elsewhere"));
        using var client = Client.Of(simulator);
        var (layer, content) = Samples.Signature("sig");

        var fault = await Assert.ThrowsAsync<RegistryException>(async () =>
            await client.Registry.PushBlobAsync(client.Repository, layer, content, Client.Token));

        Assert.Equal("REDIRECT_NOT_ALLOWED", fault.Reason.Name);
        Assert.Equal(0, simulator.Count("*", "/elsewhere"));
    }

    [Fact]
    public async Task An_upload_session_stays_at_the_registry()
    {
        await using var elsewhere = await RegistrySimulator.StartAsync();
        await using var simulator = await RegistrySimulator.StartAsync();
        simulator.Break("POST", "*", FaultEffect.Header("Location", $"{elsewhere.Origin}/v2/team/app/blobs/uploads/1"));
        using var client = Client.Of(simulator);
        var (layer, content) = Samples.Signature("sig");

        var fault = await Assert.ThrowsAsync<RegistryException>(async () =>
            await client.Registry.PushBlobAsync(client.Repository, layer, content, Client.Token));

        Assert.Equal("REDIRECT_NOT_ALLOWED", fault.Reason.Name);
        Assert.Empty(elsewhere.Requests);
    }

    // Two servers of one authority: https only, and the second may serve what the first redirects.
    private static async Task<Peers> PairAsync()
    {
        var folder = new TempFolder();
        var authority = new TestAuthority();
        await File.WriteAllTextAsync(folder["ca.pem"], authority.Pem);
        var registry = await RegistrySimulator.StartAsync(
            RegistrySetup.Modern with { Authority = authority, Access = RegistryAccess.Basic });
        var blobs = await RegistrySimulator.StartAsync(RegistrySetup.Modern with { Authority = authority });
        var client = Client.Of(
            new RegistryOptions { Host = registry.Host, CaFile = folder["ca.pem"], RedirectHosts = [blobs.Host] },
            Client.Password(registry.Host, "robot", "correct horse"));
        return new Peers(folder, authority, registry, blobs, client);
    }

    private sealed record Peers(
        TempFolder Folder, TestAuthority Authority, RegistrySimulator Registry, RegistrySimulator Blobs, Client Client) : IDisposable
    {
        public void Dispose()
        {
            Client.Dispose();
            Registry.DisposeAsync().AsTask().GetAwaiter().GetResult();
            Blobs.DisposeAsync().AsTask().GetAwaiter().GetResult();
            Authority.Dispose();
            Folder.Dispose();
        }
    }
}
