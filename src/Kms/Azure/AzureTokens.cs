// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using Azure.Core;

namespace SupplyChain.Kms.Azure;

/// <summary>Access tokens, kept until shortly before they expire; one caller renews them while the others wait.</summary>
internal sealed class AzureTokens(TokenCredential credential, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan BeforeItExpires = TimeSpan.FromMinutes(2);

    private readonly ConcurrentDictionary<AzureChallenge, Place> _places = new();

    /// <summary>A token, and whether it was at hand.</summary>
    public async ValueTask<(string Token, bool WasKnown)> GetAsync(AzureChallenge challenge, CancellationToken ct)
    {
        var place = _places.GetOrAdd(challenge, _ => new Place());
        if (IsGood(place.Token))
            return (place.Token.Token, true);

        await place.Renewing.WaitAsync(ct);
        try
        {
            if (IsGood(place.Token))
                return (place.Token.Token, true);

            var token = await credential.GetTokenAsync(new TokenRequestContext([challenge.Scope], tenantId: challenge.Tenant), ct);
            place.Token = new Known(token.Token, token.ExpiresOn);
            return (token.Token, false);
        }
        finally
        {
            place.Renewing.Release();
        }
    }

    /// <summary>Keeps a token no longer.</summary>
    public void Forget(AzureChallenge challenge, string token)
    {
        if (_places.TryGetValue(challenge, out var place) && place.Token is { } known && string.Equals(known.Token, token, StringComparison.Ordinal))
            Interlocked.CompareExchange(ref place.Token, null, known);
    }

    public void Dispose()
    {
        foreach (var place in _places.Values)
            place.Dispose();
    }

    private bool IsGood([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] Known? token) =>
        token is not null && clock.GetUtcNow() < token.ExpiresOn - BeforeItExpires;

    // A class, so that no caller's text shows what is in it.
    private sealed class Known(string token, DateTimeOffset expiresOn)
    {
        public string Token => token;

        public DateTimeOffset ExpiresOn => expiresOn;
    }

    private sealed class Place : IDisposable
    {
        public readonly SemaphoreSlim Renewing = new(1, 1);
        public volatile Known? Token;

        public void Dispose() => Renewing.Dispose();
    }
}
