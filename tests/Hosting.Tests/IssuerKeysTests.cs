// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using SupplyChain.Hosting.Identity;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Testing;
using SupplyChain.Testing.Oidc;

namespace SupplyChain.Hosting.Tests;

/// <summary>Where an issuer's keys come from, how often, and what becomes of an issuer that misbehaves.</summary>
public sealed class IssuerKeysTests : IAsyncLifetime
{
    private readonly ManualClock _clock = new();
    private readonly RecordedLog<RequesterAuthentication> _log = new();
    private OidcIssuer _issuer = null!;
    private RequesterAuthentication _authentication = null!;

    public async ValueTask InitializeAsync()
    {
        _issuer = await OidcIssuer.StartAsync(_clock);
        _authentication = await CreateAsync(jwksUri: null);
    }

    public async ValueTask DisposeAsync()
    {
        _authentication.Dispose();
        await _issuer.DisposeAsync();
    }

    [Fact]
    public async Task Keys_are_fetched_once_for_many_tokens()
    {
        Assert.Equal(0, _issuer.KeyRequests);
        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => AssertAcceptedAsync(_issuer.Issue())));

        Assert.Equal((1, 1), (_issuer.Discoveries, _issuer.KeyRequests));
    }

    [Fact]
    public async Task Tokens_for_somebody_else_or_of_yesterday_fetch_nothing()
    {
        await AssertAsync(ReasonCode.TokenInvalid, _issuer.Issue(token => token.Claims["aud"] = "other"));
        await AssertAsync(ReasonCode.TokenInvalid, _issuer.Issue(token => token.Claims["exp"] = 0));

        Assert.Equal(0, _issuer.Discoveries);
    }

    [Fact]
    public async Task A_new_key_is_found_at_once()
    {
        await AssertAcceptedAsync(_issuer.Issue());
        _clock.Advance(IssuerKeys.FetchInterval);
        _issuer.Rotate();

        await AssertAcceptedAsync(_issuer.Issue());

        Assert.Equal(2, _issuer.KeyRequests);
    }

    [Fact]
    public async Task Unknown_key_ids_make_no_flood_of_fetches()
    {
        await AssertAcceptedAsync(_issuer.Issue());
        for (var i = 0; i < 20; i++)
            await AssertAsync(ReasonCode.TokenInvalid, _issuer.Issue(token => token.Header["kid"] = $"unknown-{i}"));
        Assert.Equal(1, _issuer.KeyRequests);

        _clock.Advance(IssuerKeys.FetchInterval);
        for (var i = 0; i < 20; i++)
            await AssertAsync(ReasonCode.TokenInvalid, _issuer.Issue(token => token.Header["kid"] = $"unknown-{i}"));
        Assert.Equal(2, _issuer.KeyRequests);
    }

    [Fact]
    public async Task A_withdrawn_key_stops_counting_within_the_hour()
    {
        var old = _issuer.Key;
        await AssertAcceptedAsync(_issuer.Issue());
        _issuer.Rotate(withdraw: true);
        _clock.Advance(IssuerKeys.RefreshAfter);

        await AssertAsync(ReasonCode.TokenInvalid, _issuer.Issue(token => { token.Key = old; token.Header["kid"] = old.Id; }));
    }

    [Fact]
    public async Task Known_keys_survive_an_outage_of_the_issuer_for_a_day()
    {
        await AssertAcceptedAsync(_issuer.Issue());
        _issuer.OnDiscovery = context => AnswerAsync(context, StatusCodes.Status500InternalServerError, "");
        _clock.Advance(IssuerKeys.UnusableAfter - TimeSpan.FromSeconds(1));
        await AssertAcceptedAsync(_issuer.Issue());

        _clock.Advance(TimeSpan.FromSeconds(1));
        await AssertAsync(ReasonCode.NotReady, _issuer.Issue());
    }

    [Fact]
    public async Task An_issuer_that_comes_back_is_asked_again_after_a_while()
    {
        _issuer.OnKeys = context => AnswerAsync(context, StatusCodes.Status503ServiceUnavailable, "");
        await AssertAsync(ReasonCode.NotReady, _issuer.Issue());
        _issuer.OnKeys = null;
        await AssertAsync(ReasonCode.NotReady, _issuer.Issue());
        Assert.Equal(1, _issuer.KeyRequests);

        _clock.Advance(IssuerKeys.FetchInterval);
        await AssertAcceptedAsync(_issuer.Issue());
    }

    [Fact]
    public async Task A_configured_key_set_needs_no_discovery()
    {
        using var configured = await CreateAsync(_issuer.KeysAddress);

        Assert.IsType<AuthenticationResult.Authenticated>(await configured.AuthenticateAsync("Bearer " + _issuer.Issue(), default));
        Assert.Equal((0, 1), (_issuer.Discoveries, _issuer.KeyRequests));
    }

    public static TheoryData<string, Action<OidcIssuer>, string> Misbehaviours => new()
    {
        { "discovery fails", issuer => issuer.OnDiscovery = context => AnswerAsync(context, 500, ""), "answered 500" },
        { "discovery redirects", issuer => issuer.OnDiscovery = context => RedirectAsync(context, issuer.KeysAddress), "answered 302" },
        { "discovery is no JSON", issuer => issuer.OnDiscovery = context => AnswerAsync(context, 200, "<html>"), "not JSON" },
        { "discovery has a member twice", issuer => issuer.OnDiscovery = context => AnswerAsync(context, 200, """{"issuer":"x","issuer":"y"}"""), "not JSON" },
        { "discovery is a list", issuer => issuer.OnDiscovery = context => AnswerAsync(context, 200, "[]"), "another issuer" },
        { "discovery of another issuer", issuer => issuer.OnDiscovery = context => AnswerAsync(context, 200, With(issuer.Discovery(), "issuer", "https://other.example")), "another issuer" },
        { "discovery with a slash more", issuer => issuer.OnDiscovery = context => AnswerAsync(context, 200, With(issuer.Discovery(), "issuer", issuer.Issuer + "/")), "another issuer" },
        { "no address of keys", issuer => issuer.OnDiscovery = context => AnswerAsync(context, 200, With(issuer.Discovery(), "jwks_uri", "")), "names no keys" },
        { "keys on another host", issuer => issuer.OnDiscovery = context => AnswerAsync(context, 200, With(issuer.Discovery(), "jwks_uri", "http://127.0.0.2:1/keys")), "names no keys on its own origin" },
        { "keys on another port", issuer => issuer.OnDiscovery = context => AnswerAsync(context, 200, With(issuer.Discovery(), "jwks_uri", "http://127.0.0.1:1/keys")), "names no keys on its own origin" },
        { "keys under another scheme", issuer => issuer.OnDiscovery = context => AnswerAsync(context, 200, With(issuer.Discovery(), "jwks_uri", "file:///etc/passwd")), "names no keys on its own origin" },
        { "keys fail", issuer => issuer.OnKeys = context => AnswerAsync(context, 404, ""), "answered 404" },
        { "keys redirect", issuer => issuer.OnKeys = context => RedirectAsync(context, issuer.KeysAddress + "/x"), "answered 302" },
        { "endless keys", issuer => issuer.OnKeys = context => AnswerAsync(context, 200, new string(' ', Limits.IssuerDocumentBytes + 1)), "more than" },
        { "keys are no JSON", issuer => issuer.OnKeys = context => AnswerAsync(context, 200, "{"), "not JSON" },
        { "keys are no key set", issuer => issuer.OnKeys = context => AnswerAsync(context, 200, """{"keys":{}}"""), "not a key set" },
        { "no keys", issuer => issuer.OnKeys = context => AnswerAsync(context, 200, """{"keys":[]}"""), "no key that can verify" },
        { "too many keys", issuer => issuer.OnKeys = context => AnswerAsync(context, 200, Keys(Enumerable.Repeat(issuer.Key.ToJwk(), Limits.IssuerKeys + 1))), "at most" },
        { "a key for encrypting", issuer => issuer.OnKeys = context => AnswerAsync(context, 200, Keys([With(issuer.Key, "use", "enc")])), "no key that can verify" },
        { "a key whose operations lack verifying", issuer => issuer.OnKeys = context => AnswerAsync(context, 200, Keys([With(issuer.Key, "key_ops", new JsonArray("sign"))])), "no key that can verify" },
        { "a key of another algorithm", issuer => issuer.OnKeys = context => AnswerAsync(context, 200, Keys([With(issuer.Key, "alg", "ES384")])), "no key that can verify" },
        { "a key whose algorithm is no text", issuer => issuer.OnKeys = context => AnswerAsync(context, 200, Keys([With(issuer.Key, "alg", 1)])), "no key that can verify" },
        { "a shared secret", issuer => issuer.OnKeys = context => AnswerAsync(context, 200, """{"keys":[{"kty":"oct","k":"AAAA","kid":"key-1","alg":"HS256"}]}"""), "no key that can verify" },
        { "a point off the curve", issuer => issuer.OnKeys = context => AnswerAsync(context, 200, Keys([With(issuer.Key, "x", issuer.Key.ToJwk()["y"]!.DeepClone())])), "no key that can verify" },
        { "a coordinate cut short", issuer => issuer.OnKeys = context => AnswerAsync(context, 200, Keys([With(issuer.Key, "x", "AAAA")])), "no key that can verify" },
        { "another curve", issuer => issuer.OnKeys = context => AnswerAsync(context, 200, Keys([With(issuer.Key, "crv", "P-384")])), "no key that can verify" },
        { "an RSA key that takes seconds to use", issuer => issuer.OnKeys = context => AnswerAsync(context, 200, Keys([Rsa(bytes: 1_025, "AQAB")])), "no key that can verify" },
        { "an endless RSA exponent", issuer => issuer.OnKeys = context => AnswerAsync(context, 200, Keys([Rsa(bytes: 256, new string('B', 12))])), "no key that can verify" },
        { "a short RSA key", issuer => issuer.OnKeys = context => AnswerAsync(context, 200, Keys([TokenKey.Generate("key-1", "RS256", rsaBits: 1024).ToJwk()])), "no key that can verify" },
    };

    [Theory, MemberData(nameof(Misbehaviours), DisableDiscoveryEnumeration = true)]
    public async Task An_issuer_that_misbehaves_identifies_nobody(string because, Action<OidcIssuer> misbehave, string logged)
    {
        misbehave(_issuer);

        await AssertAsync(ReasonCode.NotReady, _issuer.Issue());

        Assert.True(_log.Text.Contains(logged, StringComparison.Ordinal), $"{because}: {_log.Text}");
    }

    [Fact]
    public async Task An_issuer_that_hangs_is_given_up()
    {
        var asked = new TaskCompletionSource();
        _issuer.OnKeys = async context =>
        {
            asked.SetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        };
        var authenticating = _authentication.AuthenticateAsync("Bearer " + _issuer.Issue(), default);
        await asked.Task;

        _clock.Advance(Limits.IssuerFetch);

        Assert.Equal(ReasonCode.NotReady, Assert.IsType<AuthenticationResult.Refused>(await authenticating).Reason);
    }

    [Fact]
    public async Task A_client_that_goes_away_is_no_fault_of_the_issuer()
    {
        using var gone = new CancellationTokenSource();
        _issuer.OnKeys = async context =>
        {
            await gone.CancelAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => _authentication.AuthenticateAsync("Bearer " + _issuer.Issue(), gone.Token).AsTask());

        Assert.DoesNotContain("cannot be had", _log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_that_cannot_be_used_do_not_hide_those_that_can()
    {
        _issuer.OnKeys = context => AnswerAsync(context, 200, Keys(
            [JsonNode.Parse("""{"kty":"OKP","crv":"Ed25519","x":"AAAA","kid":"key-1"}""")!.AsObject(), _issuer.Key.ToJwk()]));

        await AssertAcceptedAsync(_issuer.Issue());
    }

    private static Task AnswerAsync(HttpContext context, int status, string body)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsync(body, context.RequestAborted);
    }

    private static Task RedirectAsync(HttpContext context, string to)
    {
        context.Response.Redirect(to);
        return Task.CompletedTask;
    }

    private static string With(JsonObject document, string member, string value)
    {
        document[member] = value;
        return document.ToJsonString();
    }

    private static JsonObject With(TokenKey key, string member, JsonNode value)
    {
        var jwk = key.ToJwk();
        jwk[member] = value;
        return jwk;
    }

    private static JsonObject Rsa(int bytes, string exponent)
    {
        var modulus = new byte[bytes];
        modulus.AsSpan().Fill(0xFF);
        return new JsonObject
        {
            ["kty"] = "RSA", ["kid"] = "key-1", ["n"] = System.Buffers.Text.Base64Url.EncodeToString(modulus), ["e"] = exponent,
        };
    }

    private static string Keys(IEnumerable<JsonObject> keys) =>
        new JsonObject { ["keys"] = new JsonArray([.. keys.Select(key => key.DeepClone())]) }.ToJsonString();

    private async ValueTask<RequesterAuthentication> CreateAsync(string? jwksUri) => await RequesterAuthentication.CreateAsync(
        new AttestorConfiguration
        {
            Listen = "http://127.0.0.1:0",
            Registries = new Dictionary<string, RegistryConfiguration>(StringComparer.Ordinal),
            Policies = [],
            Ledger = "",
            Oidc = [new OidcConfiguration(_issuer.Issuer, _issuer.Audience) { JwksUri = jwksUri, MaximumLifetime = TimeSpan.FromDays(3) }],
        },
        _clock, _log, default);

    private async Task AssertAcceptedAsync(string token)
    {
        var result = await _authentication.AuthenticateAsync("Bearer " + token, default);
        Assert.True(result is AuthenticationResult.Authenticated, _log.Text);
    }

    private async Task AssertAsync(ReasonCode expected, string token)
    {
        var result = await _authentication.AuthenticateAsync("Bearer " + token, default);
        Assert.Equal(expected, Assert.IsType<AuthenticationResult.Refused>(result).Reason);
    }
}
