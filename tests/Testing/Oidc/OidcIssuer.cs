// SPDX-License-Identifier: Apache-2.0

using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace SupplyChain.Testing.Oidc;

/// <summary>
/// An issuer of identity tokens on loopback: discovery document, key set, tokens as a test wants them, and every kind
/// of misbehaviour.
/// </summary>
public sealed class OidcIssuer : IAsyncDisposable
{
    private readonly WebApplication _server;
    private readonly TimeProvider _clock;
    private readonly List<TokenKey> _keys = [];
    private readonly List<TokenKey> _everyKey = [];
    private int _discoveries;
    private int _keyRequests;

    private OidcIssuer(WebApplication server, TimeProvider clock)
    {
        _server = server;
        _clock = clock;
    }

    /// <summary>The issuer's name and base address, such as <c>http://127.0.0.1:41234</c>.</summary>
    public string Issuer => _server.Urls.First();

    /// <summary>The address of the key set.</summary>
    public string KeysAddress => Issuer + "/keys";

    /// <summary>The audience of its tokens.</summary>
    public string Audience { get; } = "https://attestor.example";

    /// <summary>How often the discovery document was asked for.</summary>
    public int Discoveries => _discoveries;

    /// <summary>How often the key set was asked for.</summary>
    public int KeyRequests => _keyRequests;

    /// <summary>The key that signs tokens now.</summary>
    public TokenKey Key => _keys[^1];

    /// <summary>Answers the discovery request instead of the proper document.</summary>
    public RequestDelegate? OnDiscovery { get; set; }

    /// <summary>Answers the key request instead of the proper key set.</summary>
    public RequestDelegate? OnKeys { get; set; }

    /// <summary>Starts an issuer with one P-256 key on a free port.</summary>
    public static async Task<OidcIssuer> StartAsync(TimeProvider clock)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(server => server.Listen(IPAddress.Loopback, 0));
        var issuer = new OidcIssuer(builder.Build(), clock);
        issuer.Rotate();
        issuer._server.Map("/{**path}", (RequestDelegate)(context => context.Request.Path.Value switch
        {
            "/.well-known/openid-configuration" => issuer.AnswerDiscoveryAsync(context),
            "/keys" => issuer.AnswerKeysAsync(context),
            _ => NotFoundAsync(context),
        }));
        await issuer._server.StartAsync();
        return issuer;
    }

    /// <summary>Adds a key that signs from now on; earlier ones stay published unless <paramref name="withdraw"/> is set.</summary>
    public TokenKey Rotate(string algorithm = "ES256", bool withdraw = false)
    {
        if (withdraw)
            _keys.Clear();
        var key = TokenKey.Generate($"key-{_everyKey.Count + 1}", algorithm);
        _keys.Add(key);
        _everyKey.Add(key);
        return key;
    }

    /// <summary>A proper token for <see cref="Audience"/>, five minutes long, before it is signed.</summary>
    public TokenDraft Draft()
    {
        var now = _clock.GetUtcNow().ToUnixTimeSeconds();
        return new TokenDraft(
            Key,
            new JsonObject { ["alg"] = Key.Algorithm, ["kid"] = Key.Id, ["typ"] = "JWT" },
            new JsonObject
            {
                ["iss"] = Issuer,
                ["sub"] = "repo:example/payments:ref:refs/heads/main",
                ["aud"] = Audience,
                ["iat"] = now,
                ["nbf"] = now,
                ["exp"] = now + 300,
                ["repository_id"] = "482193",
                ["ref"] = "refs/heads/main",
            });
    }

    /// <summary>A token with one change.</summary>
    public string Issue(Action<TokenDraft>? change = null)
    {
        var draft = Draft();
        change?.Invoke(draft);
        return draft.ToToken();
    }

    /// <summary>The proper discovery document.</summary>
    public JsonObject Discovery() => new() { ["issuer"] = Issuer, ["jwks_uri"] = KeysAddress };

    /// <summary>The proper key set.</summary>
    public JsonObject KeySet() => new() { ["keys"] = new JsonArray([.. _keys.Select(key => key.ToJwk())]) };

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        foreach (var key in _everyKey)
            key.Dispose();
    }

    private Task AnswerDiscoveryAsync(HttpContext context)
    {
        Interlocked.Increment(ref _discoveries);
        return OnDiscovery is { } answer ? answer(context) : WriteAsync(context, Discovery());
    }

    private Task AnswerKeysAsync(HttpContext context)
    {
        Interlocked.Increment(ref _keyRequests);
        return OnKeys is { } answer ? answer(context) : WriteAsync(context, KeySet());
    }

    private static Task NotFoundAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    private static Task WriteAsync(HttpContext context, JsonObject document)
    {
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(document.ToJsonString(), context.RequestAborted);
    }
}
