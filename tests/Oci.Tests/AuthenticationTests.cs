// SPDX-License-Identifier: Apache-2.0

using System.Net;
using System.Text;
using SupplyChain.Model;
using SupplyChain.Testing;
using SupplyChain.Testing.Registry;

namespace SupplyChain.Oci.Tests;

/// <summary>Threats 30, 34 and 35: who gets to see a credential, and for what it is good.</summary>
public sealed class AuthenticationTests
{
    private static readonly RegistrySetup WithTokens = RegistrySetup.Modern with { Access = RegistryAccess.Token };
    private static readonly RegistrySetup WithPasswords = RegistrySetup.Modern with { Access = RegistryAccess.Basic };

    [Fact]
    public async Task A_password_is_shown_when_it_was_asked_for_and_not_before()
    {
        await using var simulator = await RegistrySimulator.StartAsync(WithPasswords);
        simulator.In("team/app").AddImage(tag: "v1");
        using var client = Client.Of(simulator, Robot(simulator));

        Assert.NotNull(await client.FetchAsync("v1"));
        Assert.NotNull(await client.FetchAsync("v1"));

        Assert.Equal(
            [false, true, true], simulator.Requests.Select(request => request.Header("Authorization") is not null));
    }

    [Fact]
    public async Task A_token_is_asked_for_one_repository_and_for_what_is_done_there()
    {
        await using var simulator = await RegistrySimulator.StartAsync(WithTokens);
        simulator.In("team/app").AddImage(tag: "v1");
        using var client = Client.Of(simulator, Robot(simulator));
        var (layer, content) = Samples.Signature("sig");

        await client.FetchAsync("v1");
        await client.Registry.PushBlobAsync(client.Repository, layer, content, Client.Token);

        // The challenge suggested pushing, and another repository.
        var scopes = simulator.Requests.Where(request => request.Path is "/token").Select(request => WebUtility.UrlDecode(request.Query));
        Assert.Equal(
            "?service=simulator&scope=repository:team/app:pull ?service=simulator&scope=repository:team/app:pull,push",
            string.Join(' ', scopes));
    }

    [Fact]
    public async Task A_token_serves_until_it_expires_and_only_its_own_repository()
    {
        await using var simulator = await RegistrySimulator.StartAsync(WithTokens);
        simulator.In("team/app").AddImage(tag: "v1");
        simulator.In("team/other").AddImage(tag: "v1");
        var clock = new ManualClock();
        using var client = Client.Of(simulator, Robot(simulator), clock);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => client.FetchAsync("v1").AsTask()));
        Assert.Equal(1, simulator.Count("GET", "/token"));

        await client.Registry.FetchManifestAsync(Repository.Parse($"{simulator.Host}/team/other"), "v1", Client.Token);
        Assert.Equal(2, simulator.Count("GET", "/token"));

        clock.Advance(TimeSpan.FromSeconds(289));
        await client.FetchAsync("v1");
        Assert.Equal(2, simulator.Count("GET", "/token"));

        clock.Advance(TimeSpan.FromSeconds(2));
        await client.FetchAsync("v1");
        Assert.Equal(3, simulator.Count("GET", "/token"));
    }

    [Fact]
    public async Task A_known_host_is_not_asked_twice_how_to_authenticate()
    {
        await using var simulator = await RegistrySimulator.StartAsync(WithTokens);
        simulator.In("team/other").AddImage(tag: "v1");
        using var client = Client.Of(simulator, Robot(simulator));
        await client.FetchAsync("v1");
        simulator.ForgetRequests();

        await client.Registry.FetchManifestAsync(Repository.Parse($"{simulator.Host}/team/other"), "v1", Client.Token);

        Assert.Equal(
            "/token /v2/team/other/manifests/v1", string.Join(' ', simulator.Requests.Select(request => request.Path)));
    }

    [Fact]
    public async Task A_token_that_is_refused_is_renewed_once()
    {
        await using var simulator = await RegistrySimulator.StartAsync(WithTokens);
        simulator.In("team/app").AddImage(tag: "v1");
        using var client = Client.Of(simulator, Robot(simulator));
        await client.FetchAsync("v1");
        simulator.RevokeTokens();

        Assert.NotNull(await client.FetchAsync("v1"));
        Assert.Equal(2, simulator.Count("GET", "/token"));

        simulator.Break("GET", "/v2/*", FaultEffect.Status(401, ("WWW-Authenticate", $"Bearer realm=\"{simulator.Origin}/token\"")));
        var fault = await Assert.ThrowsAsync<RegistryException>(async () => await client.FetchAsync("v1"));
        Assert.Equal("REGISTRY_DENIED", fault.Reason.Name);
        Assert.Equal(3, simulator.Count("GET", "/token"));
    }

    public static TheoryData<string, RegistryAccess, string?> Refused => new()
    {
        { "no password is configured", RegistryAccess.Basic, null },
        { "the password is wrong", RegistryAccess.Basic, "wrong" },
        { "the token server gets no password", RegistryAccess.Token, null },
        { "the token server gets a wrong one", RegistryAccess.Token, "wrong" },
    };

    [Theory, MemberData(nameof(Refused))]
    public async Task A_credential_that_is_not_accepted_is_a_refusal(
        string because, RegistryAccess access, string? password)
    {
        await using var simulator = await RegistrySimulator.StartAsync(RegistrySetup.Modern with { Access = access });
        simulator.In("team/app").AddImage(tag: "v1");
        using var client = Client.Of(simulator, password is null
            ? null
            : Client.Password(simulator.Host, "robot", password));

        var fault = await Assert.ThrowsAsync<RegistryException>(async () => await client.FetchAsync("v1"));

        Assert.True(fault.Reason.Name is "REGISTRY_DENIED", $"{because}: {fault}");
        Assert.InRange(simulator.Requests.Count, 1, 2);
    }

    [Fact]
    public async Task A_credential_of_another_host_is_not_used()
    {
        await using var simulator = await RegistrySimulator.StartAsync(WithPasswords);
        using var client = Client.Of(simulator, Client.Password("registry.example.com", "robot", "correct horse"));

        var fault = await Assert.ThrowsAsync<RegistryException>(async () => await client.FetchAsync("v1"));

        Assert.Equal("REGISTRY_DENIED", fault.Reason.Name);
        Assert.All(simulator.Requests, request => Assert.Null(request.Header("Authorization")));
    }

    [Fact]
    public async Task An_identity_token_is_exchanged_and_shown_to_nobody_else()
    {
        await using var simulator = await RegistrySimulator.StartAsync(WithTokens);
        simulator.In("team/app").AddImage(tag: "v1");
        using var client = Client.Of(simulator, Identity(simulator));

        Assert.NotNull(await client.FetchAsync("v1"));

        Assert.Equal(1, simulator.Count("POST", "/token"));
        Assert.DoesNotContain(
            simulator.Requests, request => request.ToString().Contains("refresh-me", StringComparison.Ordinal)
            || request.Headers.Values.Any(value => value.Contains("refresh-me", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task An_identity_token_is_no_password()
    {
        await using var simulator = await RegistrySimulator.StartAsync(WithPasswords);
        using var client = Client.Of(simulator, Identity(simulator));

        var fault = await Assert.ThrowsAsync<RegistryException>(async () => await client.FetchAsync("v1"));

        Assert.Equal("REGISTRY_DENIED", fault.Reason.Name);
        Assert.All(simulator.Requests, request => Assert.Null(request.Header("Authorization")));
    }

    public static TheoryData<string, string> ForeignRealms => new()
    {
        { "another host", "http://auth.example.com/token" },
        { "cloud metadata", "http://169.254.169.254/token" },
        { "another port of this host", "http://127.0.0.1:1/token" },
        { "https where the registry is http", "https://{host}/token" },
        { "a user in front of the host", "http://{host}@169.254.169.254/token" },
        { "the host as a user", "http://{host}:x@auth.example.com/token" },
        { "a backslash", "http://{host}\\@auth.example.com/token" },
        { "a number for a host", "http://2130706433/token" },
        { "relative", "/token" },
        { "no scheme", "//auth.example.com/token" },
        { "a file", "file:///etc/passwd" },
        { "nothing", "" },
    };

    [Theory, MemberData(nameof(ForeignRealms))]
    public async Task A_token_server_that_is_not_configured_gets_nothing(string because, string realm)
    {
        await using var simulator = await RegistrySimulator.StartAsync(WithTokens);
        simulator.Break("GET", "/v2/*", FaultEffect.Status(
            401, ("WWW-Authenticate", $"Bearer realm=\"{realm.Replace("{host}", simulator.Host, StringComparison.Ordinal).Replace("\\", "\\\\", StringComparison.Ordinal)}\"")));
        using var client = Client.Of(simulator, Robot(simulator));

        var fault = await Assert.ThrowsAsync<RegistryException>(async () => await client.FetchAsync("v1"));

        Assert.True(fault.Reason.Name is "REALM_NOT_ALLOWED", $"{because}: {fault}");
        Assert.Single(simulator.Requests);
    }

    [Fact]
    public async Task Another_token_server_is_used_when_it_is_configured_and_only_then()
    {
        await using var desk = await RegistrySimulator.StartAsync(WithTokens);
        await using var simulator = await RegistrySimulator.StartAsync(
            WithTokens with { Realm = desk.Origin + "/token" });
        using var strict = Client.Of(simulator, Robot(simulator));
        using var client = Client.Of(
            simulator, Robot(simulator), with: options => options with { Realms = [desk.Origin] });

        var fault = await Assert.ThrowsAsync<RegistryException>(async () => await strict.FetchAsync("v1"));
        Assert.Equal("REALM_NOT_ALLOWED", fault.Reason.Name);
        Assert.Empty(desk.Requests);

        // It hands out a token, which this registry does not know: what matters is where the password went.
        await Assert.ThrowsAsync<RegistryException>(async () => await client.FetchAsync("v1"));
        Assert.Equal(1, desk.Count("GET", "/token"));
        Assert.DoesNotContain(simulator.Requests, request => request.Header("Authorization")?.StartsWith("Basic", StringComparison.Ordinal) ?? false);
    }

    [Fact]
    public async Task A_token_server_that_redirects_is_not_followed()
    {
        await using var elsewhere = await RegistrySimulator.StartAsync();
        await using var simulator = await RegistrySimulator.StartAsync(WithTokens);
        simulator.Break("GET", "/token", FaultEffect.RedirectTo(elsewhere.Origin + "/token"));
        using var client = Client.Of(simulator, Robot(simulator));

        var fault = await Assert.ThrowsAsync<RegistryException>(async () => await client.FetchAsync("v1"));

        Assert.Equal("REALM_NOT_ALLOWED", fault.Reason.Name);
        Assert.Empty(elsewhere.Requests);
    }

    public static TheoryData<string, FaultEffect, string> TokenAnswers => new()
    {
        { "no token in it", Json("{}"), "REGISTRY_PROTOCOL" },
        { "not an object", Json("[]"), "REGISTRY_PROTOCOL" },
        { "not JSON", Json("token"), "REGISTRY_PROTOCOL" },
        { "a token that is two header lines", Json("""{"token":"a\r\nX-Evil: 1"}"""), "REGISTRY_PROTOCOL" },
        { "an empty token", Json("""{"token":""}"""), "REGISTRY_PROTOCOL" },
        { "two tokens", Json("""{"token":"a","token":"b"}"""), "REGISTRY_PROTOCOL" },
        { "endless", new FaultEffect.Endless("application/json"), "REGISTRY_LIMIT" },
        { "throttled", FaultEffect.Status(429), "REGISTRY_THROTTLED" },
        { "down", FaultEffect.Status(503), "REGISTRY_UNAVAILABLE" },
        { "absent", FaultEffect.Status(404), "REGISTRY_PROTOCOL" },
        { "forbidden", FaultEffect.Status(403), "REGISTRY_DENIED" },
        { "hanging", new FaultEffect.Hang(), "REGISTRY_UNAVAILABLE" },
    };

    [Theory, MemberData(nameof(TokenAnswers))]
    public async Task A_token_server_that_fails_says_why(string because, FaultEffect effect, string reason)
    {
        await using var simulator = await RegistrySimulator.StartAsync(WithTokens);
        simulator.Break("GET", "/token", effect);
        using var client = Client.Of(simulator, Robot(simulator), new FastClock(10), Client.PatienceFor(effect));

        var fault = await Assert.ThrowsAsync<RegistryException>(async () => await client.FetchAsync("v1"));

        Assert.True(string.Equals(reason, fault.Reason.Name, StringComparison.Ordinal), $"{because}: {fault}");
    }

    private static FaultEffect.Answer Json(string body) =>
        new(Reply.Of(200, Encoding.UTF8.GetBytes(body), ("Content-Type", "application/json")));

    private static KnownCredentials Robot(RegistrySimulator simulator) =>
        Client.Password(simulator.Host, "robot", "correct horse");

    private static KnownCredentials Identity(RegistrySimulator simulator) => new(
        new Dictionary<string, RegistryCredential>(StringComparer.Ordinal) { [simulator.Host] = new RegistryCredential.IdentityToken("refresh-me") });
}
