// SPDX-License-Identifier: Apache-2.0

using System.Net;
using Microsoft.Extensions.Logging;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Policy;

namespace SupplyChain.Hosting.Identity;

/// <summary>
/// Tells who asks, from a bearer token (RFC 6750). Trust comes from the configuration alone: an issuer's exact name
/// selects its configured keys, and nothing else in a token selects a key, an algorithm or a URL.
/// </summary>
public sealed class RequesterAuthentication : IDisposable
{
    /// <summary>The issuer of requesters with a static local token.</summary>
    public const string LocalIssuer = "urn:supplychain:local";

    private const string Scheme = "Bearer ";

    private static readonly Dictionary<string, string> NoClaims = new(StringComparer.Ordinal);

    private readonly Dictionary<string, Issuer> _issuers;
    private readonly LocalTokens _localTokens;
    private readonly HttpMessageInvoker _http;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;

    private RequesterAuthentication(
        AttestorConfiguration configuration, LocalTokens localTokens, TimeProvider clock, ILogger logger)
    {
        _localTokens = localTokens;
        _clock = clock;
        _logger = logger;
        _http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = Limits.IssuerFetch,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        });
        _issuers = configuration.Oidc.ToDictionary(
            oidc => oidc.Issuer, oidc => new Issuer(oidc, new IssuerKeys(oidc, _http, clock, logger)), StringComparer.Ordinal);
    }

    /// <summary>Prepares authentication; local tokens are read now, issuers are asked when their first token comes.</summary>
    /// <exception cref="ConfigurationException">A token file cannot be used.</exception>
    public static async ValueTask<RequesterAuthentication> CreateAsync(
        AttestorConfiguration configuration, TimeProvider clock, ILogger<RequesterAuthentication> logger,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return new RequesterAuthentication(
            configuration, await LocalTokens.ReadAsync(configuration.LocalTokens, cancellationToken), clock, logger);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var issuer in _issuers.Values)
            issuer.Keys.Dispose();
        _http.Dispose();
    }

    /// <summary>Tells who sent a request with this <c>Authorization</c> header; null where there was none.</summary>
    public async ValueTask<AuthenticationResult> AuthenticateAsync(string? authorization, CancellationToken cancellationToken)
    {
        if (authorization is null || !authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            return Refuse("the request carries no bearer token");

        var token = authorization[Scheme.Length..].Trim(' ');
        if (token.Length is 0 or > Limits.TokenLength)
            return Refuse($"a token has 1 to {Limits.TokenLength} characters, this one {token.Length}");

        return _localTokens.FindSubject(token) is { } subject
            ? new AuthenticationResult.Authenticated(new Requester(LocalIssuer, subject, NoClaims))
            : await VerifyAsync(token, cancellationToken);
    }

    private async ValueTask<AuthenticationResult> VerifyAsync(string token, CancellationToken cancellationToken)
    {
        if (!JsonWebSignature.TryRead(token, out var jws, out var problem)
            || !TokenClaims.TryRead(jws.Payload, out var claims, out problem))
        {
            return Refuse(problem);
        }

        if (claims.Issuer is null || !_issuers.TryGetValue(claims.Issuer, out var issuer))
            return Refuse($"the issuer '{Printable.Escape(claims.Issuer)}' is not configured");

        // Cheap facts first, so that no expired or foreign token makes us fetch keys.
        if (FindFault(claims, issuer.Configuration) is { } fault)
            return Refuse(fault);

        if (await issuer.Keys.FindAsync(jws.KeyId, cancellationToken) is not { } keys)
            return new AuthenticationResult.Refused(ReasonCode.NotReady);
        if (!keys.Any(key => key.Verify(jws)))
        {
            return Refuse($"no key of {claims.Issuer} made this signature (algorithm '{Printable.Escape(jws.Algorithm)}', "
                + $"key '{Printable.Escape(jws.KeyId)}')");
        }

        return new AuthenticationResult.Authenticated(new Requester(claims.Issuer, claims.Subject!, claims.Texts));
    }

    private string? FindFault(TokenClaims claims, OidcConfiguration issuer)
    {
        var now = _clock.GetUtcNow();
        if (!claims.Audiences.Contains(issuer.Audience, StringComparer.Ordinal))
            return $"the token is for '{Printable.Escape(string.Join(", ", claims.Audiences))}'";
        if (string.IsNullOrEmpty(claims.Subject))
            return "the token names no subject";
        if (claims.Expires is not { } expires)
            return "the token has no end";
        if (now >= expires + Limits.ClockSkew)
            return $"the token ended at {expires:u}";
        if (claims.NotBefore > now + Limits.ClockSkew || claims.IssuedAt > now + Limits.ClockSkew)
            return "the token is dated ahead of the clock";

        var lifetime = expires - (claims.IssuedAt ?? claims.NotBefore ?? now);
        return lifetime > issuer.MaximumLifetime
            ? $"the token lives {lifetime}, longer than the {issuer.MaximumLifetime} allowed"
            : null;
    }

    private AuthenticationResult.Refused Refuse(string why)
    {
        IdentityLog.TokenRefused(_logger, why);
        return new AuthenticationResult.Refused(ReasonCode.TokenInvalid);
    }

    private sealed record Issuer(OidcConfiguration Configuration, IssuerKeys Keys);
}
