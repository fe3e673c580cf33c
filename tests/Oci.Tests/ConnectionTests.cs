// SPDX-License-Identifier: Apache-2.0

using System.Net;
using SupplyChain.Model;
using SupplyChain.Oci.Http;
using SupplyChain.Testing;
using SupplyChain.Testing.Registry;

namespace SupplyChain.Oci.Tests;

/// <summary>Threats 28 and 36: what may be connected to, and how.</summary>
public sealed class ConnectionTests
{
    public static TheoryData<string, bool> Addresses => new()
    {
        { "8.8.8.8", false },
        { "1.1.1.1", false },
        { "2606:4700:4700::1111", false },
        { "0.0.0.0", true },
        { "10.0.0.1", true },
        { "100.64.0.1", true },
        { "100.128.0.1", false },
        { "127.0.0.1", true },
        { "127.255.255.254", true },
        { "169.254.169.254", true },
        { "172.15.255.255", false },
        { "172.16.0.1", true },
        { "172.31.255.255", true },
        { "172.32.0.0", false },
        { "192.0.2.1", true },
        { "192.168.1.1", true },
        { "198.18.0.1", true },
        { "203.0.113.7", true },
        { "224.0.0.1", true },
        { "255.255.255.255", true },
        { "::", true },
        { "::1", true },
        { "::127.0.0.1", true },
        { "::ffff:10.0.0.1", true },
        { "::ffff:169.254.169.254", true },
        { "::ffff:8.8.8.8", false },
        { "64:ff9b::10.0.0.1", true },
        { "64:ff9b::8.8.8.8", false },
        { "2002:0a00:0001::", true },
        { "2002:0808:0808::", false },
        { "2001::1", true },
        { "2001:db8::1", true },
        { "fc00::1", true },
        { "fdff::1", true },
        { "fe80::1", true },
        { "fec0::1", true },
        { "ff02::1", true },
        { "fd00:ec2::254", true },
    };

    [Theory, MemberData(nameof(Addresses))]
    public void Special_addresses_are_known(string address, bool special) =>
        Assert.Equal(special, SpecialAddresses.Contains(IPAddress.Parse(address)));

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("::ffff:127.0.0.1")]
    public async Task A_name_that_resolves_to_a_special_address_is_not_connected_to(string address)
    {
        await using var simulator = await RegistrySimulator.StartAsync();
        simulator.In("team/app").AddImage(tag: "v1");
        using var client = Client.Of(
            new RegistryOptions { Host = $"registry.test:{simulator.Port}", PlainHttp = true }, lookup: Answering(address));

        var fault = await Assert.ThrowsAsync<RegistryException>(async () => await client.FetchAsync("v1"));

        Assert.Equal("REGISTRY_NOT_ALLOWED", fault.Reason.Name);
        Assert.Empty(simulator.Requests);
    }

    [Fact]
    public async Task A_host_that_is_listed_as_private_is_connected_to()
    {
        await using var simulator = await RegistrySimulator.StartAsync();
        simulator.In("team/app").AddImage(tag: "v1");
        using var client = Client.Of(
            new RegistryOptions { Host = $"registry.test:{simulator.Port}", PlainHttp = true, PrivateNetwork = true },
            lookup: Answering("127.0.0.1"));

        Assert.NotNull(await client.FetchAsync("v1"));
    }

    [Fact]
    public async Task Of_several_addresses_only_the_acceptable_ones_are_tried()
    {
        var connection = new CheckedConnection(
            Answering("169.254.169.254", "8.8.8.8", "10.0.0.1"), privateNetwork: false);

        Assert.Equal([IPAddress.Parse("8.8.8.8")], await connection.ResolveAsync("registry.test", Client.Token));
    }

    [Fact]
    public async Task Localhost_is_this_machine_and_nothing_else()
    {
        var connection = new CheckedConnection(Answering("169.254.169.254", "127.0.0.1", "::1"), privateNetwork: false);

        Assert.Equal(
            [IPAddress.Loopback, IPAddress.IPv6Loopback], await connection.ResolveAsync("localhost", Client.Token));
    }

    [Fact]
    public async Task A_host_written_as_an_address_is_not_looked_up()
    {
        var connection = new CheckedConnection((_, _) =>
            throw new InvalidOperationException("looked up"), privateNetwork: false);

        Assert.Equal([IPAddress.Parse("10.0.0.5")], await connection.ResolveAsync("10.0.0.5", Client.Token));
    }

    [Fact]
    public async Task The_address_that_was_checked_is_the_one_that_is_connected_to()
    {
        // Rebinding: the second answer, had anybody asked again, leads elsewhere.
        await using var simulator = await RegistrySimulator.StartAsync();
        simulator.In("team/app").AddImage(tag: "v1");
        var lookups = 0;
        using var client = Client.Of(
            new RegistryOptions { Host = $"localhost:{simulator.Port}", PlainHttp = true },
            lookup: (_, _) =>
                Task.FromResult<IPAddress[]>([++lookups == 1
                    ? IPAddress.Loopback
                    : IPAddress.Parse("169.254.169.254")]));

        Assert.NotNull(await client.FetchAsync("v1"));
        Assert.Equal(1, lookups);
    }

    [Fact]
    public void A_host_that_is_not_configured_is_refused_before_its_name_is_looked_up()
    {
        using var registries = new Registries(
            [new RegistryOptions { Host = "registry.example.com" }], KnownCredentials.None, TimeProvider.System,
            (_, _) => throw new InvalidOperationException("looked up"));

        var fault = Assert.Throws<RegistryException>(() =>
            registries.For(Repository.Parse("evil.example.com/team/app")));

        Assert.Equal("REGISTRY_NOT_ALLOWED", fault.Reason.Name);
        Assert.NotNull(registries.For(Repository.Parse("registry.example.com/team/app")));
        Assert.Throws<RegistryException>(() => registries.For(Repository.Parse("registry.example.com:443/team/app")));
        Assert.Throws<RegistryException>(() => registries.For(Repository.Parse("REGISTRY.example.com/team/app")));
    }

    [Theory]
    [InlineData("docker.io", "https://auth.docker.io/token", "https://production.cloudflare.docker.com/x", true)]
    [InlineData("registry.example.com", "https://auth.docker.io/token", "https://production.cloudflare.docker.com/x", false)]
    public void Docker_Hubs_own_servers_serve_Docker_Hub_and_nobody_else(
        string host, string realm, string blob, bool expected)
    {
        var rule = new RedirectRule(
            Origin.OfHost("registry.example.com", plainHttp: false), new RegistryOptions { Host = host });

        Assert.Equal(expected, rule.AllowsRealm(new Uri(realm)));
        Assert.Equal(expected, rule.AllowsDownloadFrom(new Uri(blob)));
        Assert.False(rule.AllowsDownloadFrom(new Uri(realm)));
        Assert.False(rule.AllowsRealm(new Uri(blob)));
    }

    [Fact]
    public async Task Docker_Hub_is_reached_under_its_servers_name()
    {
        var asked = "";
        using var client = Client.Of(new RegistryOptions { Host = "docker.io" }, lookup: (host, _) =>
        {
            asked = host;
            return Task.FromResult<IPAddress[]>([IPAddress.Parse("169.254.169.254")]);
        });

        await Assert.ThrowsAsync<RegistryException>(async () => await client.FetchAsync("v1"));

        Assert.Equal("registry-1.docker.io", asked);
    }

    public static TheoryData<string, RegistryOptions, string> BadOptions => new()
    {
        { "a number for a host", new() { Host = "2130706433" }, "not a registry host" },
        { "hexadecimal", new() { Host = "0x7f.1" }, "not a registry host" },
        { "a URL", new() { Host = "https://registry.example.com" }, "not a registry host" },
        { "an alias", new() { Host = "index.docker.io" }, "not a registry host" },
        { "a path", new() { Host = "registry.example.com/team" }, "not a registry host" },
        { "a layout over http", new() { Host = "registry.local", LayoutPath = "x", PlainHttp = true }, "OCI layout" },
        { "http with an authority", new() { Host = "registry.local", CaFile = "x", PlainHttp = true }, "certificate authority" },
        { "no time", new() { Host = "registry.local", OperationTimeout = TimeSpan.Zero }, "positive" },
        { "no settle time", new() { Host = "registry.local", TagSettleTime = TimeSpan.Zero }, "positive" },
        { "an http realm for https", new() { Host = "registry.local", Realms = ["http://auth.local"] }, "origin" },
        { "a realm with a path", new() { Host = "registry.local", Realms = ["https://auth.local/token"] }, "origin" },
        { "a redirect host with a scheme", new() { Host = "registry.local", RedirectHosts = ["https://blobs.local"] }, "origin" },
    };

    [Theory, MemberData(nameof(BadOptions))]
    public void Options_that_cannot_be_meant_fail_at_start(string because, RegistryOptions options, string expected)
    {
        var wrong = Assert.Throws<ArgumentException>(() =>
            new Registries([options], KnownCredentials.None, TimeProvider.System));
        Assert.True(wrong.Message.Contains(expected, StringComparison.Ordinal), $"{because}: {wrong.Message}");
    }

    [Fact]
    public void A_host_is_configured_once()
    {
        var options = new RegistryOptions { Host = "registry.local" };
        Assert.Throws<ArgumentException>(() =>
            new Registries([options, options], KnownCredentials.None, TimeProvider.System));
    }

    public static TheoryData<string, bool, string, string?> Certificates => new()
    {
        { "of an authority that nobody trusts", false, "127.0.0.1", null },
        { "of another authority than the configured one", false, "127.0.0.1", "other" },
        { "for another name", false, "elsewhere.test", "own" },
        { "that has expired", true, "127.0.0.1", "own" },
    };

    [Theory, MemberData(nameof(Certificates))]
    public async Task A_certificate_is_refused(string because, bool expired, string name, string? trusted)
    {
        using var folder = new TempFolder();
        using var own = new TestAuthority();
        using var other = new TestAuthority();
        await File.WriteAllTextAsync(folder["own"], own.Pem);
        await File.WriteAllTextAsync(folder["other"], other.Pem);
        await using var simulator = await RegistrySimulator.StartAsync(
            RegistrySetup.Modern with { Authority = own, CertificateExpired = expired });
        using var client = Client.Of(
            new RegistryOptions { Host = $"{name}:{simulator.Port}", PrivateNetwork = true, CaFile = trusted is null
                ? null
                : folder[trusted] },
            lookup: Answering("127.0.0.1"));

        var fault = await Assert.ThrowsAsync<RegistryException>(async () => await client.FetchAsync("v1"));

        Assert.True(fault.Reason.Name is "TLS_REQUIRED", $"{because}: {fault}");
        Assert.Empty(simulator.Requests);
    }

    [Fact]
    public async Task A_certificate_of_the_hosts_own_authority_is_accepted()
    {
        using var folder = new TempFolder();
        using var own = new TestAuthority();
        await File.WriteAllTextAsync(folder["ca.pem"], own.Pem);
        await using var simulator = await RegistrySimulator.StartAsync(RegistrySetup.Modern with { Authority = own });
        simulator.In("team/app").AddImage(tag: "v1");
        using var client = Client.Of(
            new RegistryOptions { Host = $"registry.test:{simulator.Port}", PrivateNetwork = true, CaFile = folder["ca.pem"] },
            lookup: Answering("127.0.0.1"));

        Assert.NotNull(await client.FetchAsync("v1"));
    }

    [Fact]
    public async Task A_plain_port_is_not_spoken_to_by_a_client_that_wants_TLS()
    {
        await using var simulator = await RegistrySimulator.StartAsync();
        using var client = Client.Of(new RegistryOptions { Host = simulator.Host });

        var fault = await Assert.ThrowsAsync<RegistryException>(async () => await client.FetchAsync("v1"));

        Assert.Equal("TLS_REQUIRED", fault.Reason.Name);
        Assert.Empty(simulator.Requests);
    }

    private static HostLookup Answering(params string[] addresses) =>
        (_, _) => Task.FromResult(addresses.Select(IPAddress.Parse).ToArray());
}
