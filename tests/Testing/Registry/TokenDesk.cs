// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;

namespace SupplyChain.Testing.Registry;

/// <summary>Lets requests in, and hands out tokens. Docker "Token Authentication Specification".</summary>
internal sealed class TokenDesk(RegistrySetup setup, Func<string> origin)
{
    private readonly ConcurrentDictionary<string, string> _scopes = new(StringComparer.Ordinal);

    /// <summary>The refusal of a request that does not prove enough, or <see langword="null"/>.</summary>
    public Reply? Refuse(SeenRequest request)
    {
        var proof = request.Header("Authorization");
        switch (setup.Access)
        {
            case RegistryAccess.Basic when !string.Equals(proof, Basic, StringComparison.Ordinal):
                return Reply.Error(401, "UNAUTHORIZED", ("WWW-Authenticate", "Basic realm=\"simulator\""));
            case RegistryAccess.Token when RegistryProtocol.RepositoryOf(request.Path) is { } repository:
                var needed = request.Method is "GET" or "HEAD" ? "pull" : "push";
                // The suggested scope is wider than what was asked for: a good client does not take it up.
                var realm = setup.Realm ?? origin() + "/token";
                var suggested = $"repository:{repository}:pull,push repository:other:push";
                var challenge = $"Bearer realm=\"{realm}\",service=\"simulator\",scope=\"{suggested}\"";
                return IsGranted(proof, repository, needed)
                    ? null
                    : Reply.Error(401, "UNAUTHORIZED", ("WWW-Authenticate", challenge));
            default:
                return null;
        }
    }

    /// <summary>A token for what is asked, if the caller may have one.</summary>
    public Reply Issue(SeenRequest request, byte[] body)
    {
        var asked = QueryHelpers.ParseQuery(request.Method is "POST" ? Encoding.UTF8.GetString(body) : request.Query);
        var known = request.Method is "POST"
            ? string.Equals(asked["refresh_token"], setup.IdentityToken, StringComparison.Ordinal)
            : string.Equals(request.Header("Authorization"), Basic, StringComparison.Ordinal);
        if (!known)
            return Reply.Error(401, "UNAUTHORIZED");

        var token = Guid.NewGuid().ToString("N");
        _scopes[token] = asked["scope"].ToString();
        return Reply.Of(
            200, Encoding.UTF8.GetBytes($$"""{"token":"{{token}}","expires_in":{{setup.TokenLifetime}}}"""),
            ("Content-Type", "application/json"));
    }

    /// <summary>Makes every token that was handed out invalid.</summary>
    public void Revoke() => _scopes.Clear();

    private string Basic => "Basic " + Convert.ToBase64String(
        Encoding.UTF8.GetBytes($"{setup.Username}:{setup.Password}"));

    private bool IsGranted(string? proof, string repository, string action)
    {
        if (proof is null || !proof.StartsWith("Bearer ", StringComparison.Ordinal)
            || !_scopes.TryGetValue(proof[7..], out var scope))
            return false;

        var parts = scope.Split(':');
        return parts.Length == 3 && string.Equals(parts[1], repository, StringComparison.Ordinal)
            && parts[2].Split(',').Contains(action, StringComparer.Ordinal);
    }
}
