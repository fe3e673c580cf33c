// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace SupplyChain.EndToEnd.Components;

/// <summary>
/// The authorization service that a registry with token authentication refers its clients to: one user, who may do all
/// that is asked for. Its tokens are RS256 JWTs that carry their certificate, as docker-registry wants them.
/// </summary>
public sealed class TokenServer : IAsyncDisposable
{
    /// <summary>The service name that registry and tokens agree on.</summary>
    public const string Service = "loopback-registry";

    /// <summary>The issuer that registry and tokens agree on.</summary>
    public const string Issuer = "loopback-token-server";

    private readonly RSA _key = RSA.Create(2048);
    private readonly X509Certificate2 _certificate;
    private readonly WebApplication _application;
    private readonly ConcurrentQueue<string> _scopes = new();
    private readonly string _authorization;

    private TokenServer(string user, string password, X509Certificate2 serverCertificate)
    {
        _authorization = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"));
        var from = TimeProvider.System.GetUtcNow().AddDays(-1);
        _certificate = new CertificateRequest("CN=" + Issuer, _key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(from, from.AddDays(10));

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(
            System.Net.IPAddress.Loopback, port: 0, listen => listen.UseHttps(serverCertificate)));
        _application = builder.Build();
        _application.MapGet("/token", Answer);
    }

    /// <summary>The realm: where clients ask for tokens.</summary>
    public Uri Realm { get; private set; } = new("https://127.0.0.1/token");

    /// <summary>What a registry has to trust to accept the tokens.</summary>
    public string CertificatePem => _certificate.ExportCertificatePem();

    /// <summary>Every scope that was asked for with the right credentials, in order.</summary>
    public IReadOnlyCollection<string> Scopes => _scopes;

    /// <summary>Starts the service on a free loopback port.</summary>
    public static async Task<TokenServer> StartAsync(
        string user, string password, X509Certificate2 serverCertificate, CancellationToken cancellationToken)
    {
        var server = new TokenServer(user, password, serverCertificate);
        await server._application.StartAsync(cancellationToken);
        server.Realm = new Uri(new Uri(server._application.Urls.Single()), "/token");
        return server;
    }

    /// <summary>A token for these scopes, such as <c>repository:team/app:pull,push</c>, good for five minutes.</summary>
    public string Issue(IEnumerable<string> scopes)
    {
        var now = TimeProvider.System.GetUtcNow();
        var header = JsonSerializer.SerializeToUtf8Bytes(new
        {
            typ = "JWT",
            alg = "RS256",
            x5c = new[] { Convert.ToBase64String(_certificate.RawData) },
        });
        var claims = JsonSerializer.SerializeToUtf8Bytes(new
        {
            iss = Issuer,
            sub = "tester",
            aud = Service,
            iat = now.ToUnixTimeSeconds(),
            nbf = now.AddSeconds(-5).ToUnixTimeSeconds(),
            exp = now.AddMinutes(5).ToUnixTimeSeconds(),
            jti = Guid.NewGuid().ToString("N"),
            access = scopes.Select(scope => scope.Split(':')).Where(parts => parts.Length == 3)
                .Select(parts => new { type = parts[0], name = parts[1], actions = parts[2].Split(',') }),
        });
        var signed = $"{Base64Url.EncodeToString(header)}.{Base64Url.EncodeToString(claims)}";
        var signature = _key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return $"{signed}.{Base64Url.EncodeToString(signature)}";
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _application.DisposeAsync();
        _certificate.Dispose();
        _key.Dispose();
    }

    private IResult Answer(HttpRequest request)
    {
        if (!string.Equals(request.Headers.Authorization, _authorization, StringComparison.Ordinal))
            return Results.Unauthorized();

        // Clients repeat the parameter or put several scopes, separated by spaces, into one.
        var scopes = request.Query["scope"].SelectMany(scope => (scope ?? "").Split(' ')).ToList();
        foreach (var scope in scopes)
            _scopes.Enqueue(scope);
        return Results.Json(new { token = Issue(scopes), expires_in = 300 });
    }
}
