// SPDX-License-Identifier: Apache-2.0

using System.Net.Http.Headers;
using System.Text;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Oci.Tags;

namespace SupplyChain.Oci.Http;

/// <summary>
/// Proves to one host who we are, in the way it last asked for: not at all, with a password, or with a token for one
/// repository.
/// </summary>
internal sealed class RegistryAuthorization(
    RegistryOptions options, RedirectRule rule, ICredentialSource credentials, WireClient wire, TimeProvider clock)
    : IDisposable
{
    private readonly TokenCache _tokens = new(clock);
    private readonly KeyedGate _gate = new();
    private volatile Challenge? _asked;
    private volatile AuthenticationHeaderValue? _password;

    /// <summary>What a request carries, going by what the host asked for before.</summary>
    public async ValueTask<AuthenticationHeaderValue?> ForAsync(RepositoryScope scope, Attempt attempt) => _asked switch
    {
        { Scheme: "bearer" } bearer => await TokenAsync(bearer, scope, refused: null, attempt),
        { Scheme: "basic" } => _password,
        _ => null,
    };

    /// <summary>
    /// Another proof after the host answered 401, or <see langword="null"/> if there is none to give.
    /// </summary>
    /// <param name="denial">The answer.</param>
    /// <param name="scope">What was wanted.</param>
    /// <param name="refused">What the request carried.</param>
    /// <param name="attempt">The running try.</param>
    public async ValueTask<AuthenticationHeaderValue?> RenewAsync(
        HttpResponseMessage denial, RepositoryScope scope, AuthenticationHeaderValue? refused, Attempt attempt)
    {
        var offered = denial.Headers.NonValidated.TryGetValues("WWW-Authenticate", out var values)
            ? Challenge.ReadAll(values)
            : [];
        var asked = offered.FirstOrDefault(challenge => challenge.Scheme is "bearer")
            ?? offered.FirstOrDefault(challenge => challenge.Scheme is "basic");
        if (asked is null)
            return null;

        _asked = asked;
        if (asked.Scheme is "bearer")
            return await TokenAsync(asked, scope, refused, attempt);

        _password = await credentials.FindAsync(options.Host, attempt.CancellationToken) switch
        {
            RegistryCredential.Password password => BasicHeader(password),
            RegistryCredential.IdentityToken => throw new RegistryException(
                ReasonCode.RegistryDenied,
                $"{options.Host} asks for a password; an identity token is configured for it"),
            _ => null,
        };
        return refused is null || !refused.Equals(_password) ? _password : null;
    }

    public void Dispose() => _gate.Dispose();

    private async ValueTask<AuthenticationHeaderValue> TokenAsync(
        Challenge challenge, RepositoryScope scope, AuthenticationHeaderValue? refused, Attempt attempt)
    {
        using (await _gate.EnterAsync(scope.ToString(), attempt.CancellationToken))
        {
            var token = _tokens.Find(scope);
            if (token is null || string.Equals(token.Value, refused?.Parameter, StringComparison.Ordinal))
            {
                token = await FetchTokenAsync(challenge, scope, attempt);
                _tokens.Keep(scope, token);
            }

            return new AuthenticationHeaderValue("Bearer", token.Value);
        }
    }

    private async ValueTask<Token> FetchTokenAsync(Challenge challenge, RepositoryScope scope, Attempt attempt)
    {
        var realm = RealmOf(challenge);
        var credential = await credentials.FindAsync(options.Host, attempt.CancellationToken);
        using var request = Request(realm, challenge.Parameters.GetValueOrDefault("service"), scope, credential);
        using var response = await wire.SendAsync(request, attempt);
        if ((int)response.StatusCode is >= 300 and < 400)
            throw new RegistryException(
                ReasonCode.RealmNotAllowed,
                $"the token server {realm.Authority} of {options.Host} redirects elsewhere");

        if (response.StatusCode != System.Net.HttpStatusCode.OK)
            throw await RegistryFaults.FromAnswerAsync(response, $"a request for a token for {scope}", clock, attempt);

        var content = await BodyReader.ReadAsync(response, Limits.RegistryTokenBytes, attempt)
            ?? throw new RegistryException(
                ReasonCode.RegistryLimit,
                $"the token server {realm.Authority} sends more than {Limits.RegistryTokenBytes} bytes");
        return Token.Read(content, realm.Authority, clock.GetUtcNow());
    }

    // Only the realm's origin can be trusted to be the registry's own; what else stands in it is the registry's affair.
    private Uri RealmOf(Challenge challenge)
    {
        if (Origin.TryResolve(from: null, challenge.Parameters.GetValueOrDefault("realm"), out var realm)
            && rule.AllowsRealm(realm))
            return realm;

        var named = realm is null ? "something that is no URL" : Origin.Of(realm).ToString();
        throw new RegistryException(
            ReasonCode.RealmNotAllowed,
            $"{options.Host} names {named} as its token server, which is not configured for it");
    }

    private static HttpRequestMessage Request(
        Uri realm, string? service, RepositoryScope scope, RegistryCredential? credential)
    {
        if (credential is RegistryCredential.IdentityToken identity)
        {
            return new HttpRequestMessage(HttpMethod.Post, realm)
            {
                Content = new FormUrlEncodedContent(new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    ["grant_type"] = "refresh_token",
                    ["client_id"] = "supplychain",
                    ["service"] = service ?? "",
                    ["scope"] = scope.ToString(),
                    ["refresh_token"] = identity.Secret,
                }),
            };
        }

        var query = new StringBuilder(realm.Query.Length > 1 ? realm.Query + "&" : "?");
        if (service is not null)
            query.Append("service=").Append(Uri.EscapeDataString(service)).Append('&');
        query.Append("scope=").Append(Uri.EscapeDataString(scope.ToString()));
        var request = new HttpRequestMessage(HttpMethod.Get, new UriBuilder(realm) { Query = query.ToString() }.Uri);
        if (credential is RegistryCredential.Password password)
            request.Headers.Authorization = BasicHeader(password);
        return request;
    }

    private static AuthenticationHeaderValue BasicHeader(RegistryCredential.Password password) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{password.Username}:{password.Secret}")));
}
