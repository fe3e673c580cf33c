// SPDX-License-Identifier: Apache-2.0

using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using SupplyChain.Model;

namespace SupplyChain.Hosting.Identity;

/// <summary>
/// The current keys of one issuer, from its own discovery document or a configured place. Tokens cannot make us fetch
/// more than once in half a minute, whatever key ids they name.
/// </summary>
internal sealed class IssuerKeys(OidcConfiguration issuer, HttpMessageInvoker http, TimeProvider clock, ILogger logger)
    : IDisposable
{
    /// <summary>Keys are looked up anew after this time, so that a withdrawn key stops counting.</summary>
    internal static readonly TimeSpan RefreshAfter = TimeSpan.FromHours(1);

    /// <summary>Keys that could not be looked up anew for this long count no more.</summary>
    internal static readonly TimeSpan UnusableAfter = TimeSpan.FromHours(24);

    /// <summary>The least time between two fetches.</summary>
    internal static readonly TimeSpan FetchInterval = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _fetching = new(1, 1);
    private volatile Fetched? _latest;

    // Guarded by _fetching.
    private DateTimeOffset _nextFetch = DateTimeOffset.MinValue;

    public void Dispose() => _fetching.Dispose();

    /// <summary>The keys that may have made a token with this key id; all of them when it names none.</summary>
    /// <returns>Null when the issuer's keys cannot be had at present.</returns>
    internal async ValueTask<IReadOnlyList<IssuerKey>?> FindAsync(string? keyId, CancellationToken cancellationToken)
    {
        if (_latest is not { } known || IsDue(known) || known.Find(keyId).Count == 0)
            await RefreshAsync(keyId, cancellationToken);

        return _latest is { } latest && clock.GetUtcNow() - latest.Time < UnusableAfter ? latest.Find(keyId) : null;
    }

    private bool IsDue(Fetched known) => clock.GetUtcNow() - known.Time >= RefreshAfter;

    private async ValueTask RefreshAsync(string? keyId, CancellationToken cancellationToken)
    {
        await _fetching.WaitAsync(cancellationToken);
        try
        {
            var now = clock.GetUtcNow();
            if (now < _nextFetch || (_latest is { } known && !IsDue(known) && known.Find(keyId).Count > 0))
                return;

            _nextFetch = now + FetchInterval;
            var keys = await FetchAsync(cancellationToken);
            _latest = new Fetched(now, keys);
            IdentityLog.KeysFetched(logger, issuer.Issuer, keys.Count);
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException or IssuerFault
            || (fault is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            IdentityLog.KeysUnavailable(logger, fault, issuer.Issuer);
        }
        finally
        {
            _fetching.Release();
        }
    }

    private async ValueTask<IReadOnlyList<IssuerKey>> FetchAsync(CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(Limits.IssuerFetch, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        var address = issuer.JwksUri is { } configured ? new Uri(configured) : await DiscoverAsync(either.Token);
        var content = await GetAsync(address, either.Token);
        return IssuerKey.TryReadSet(content, out var keys, out var problem)
            ? keys
            : throw new IssuerFault($"{address}: {problem}");
    }

    private async ValueTask<Uri> DiscoverAsync(CancellationToken cancellationToken)
    {
        var discovery = IssuerAddress.DiscoveryOf(issuer.Issuer);
        var content = await GetAsync(discovery, cancellationToken);
        if (!StrictJson.TryParse(content, out var document, out var problem))
            throw new IssuerFault($"{discovery}: {problem}");

        using (document)
        {
            // OpenID Connect Discovery 1.0, section 4.3: a document of another issuer is not this issuer's.
            if (!string.Equals(Text(document.RootElement, "issuer"), issuer.Issuer, StringComparison.Ordinal))
                throw new IssuerFault($"{discovery} speaks for another issuer");

            if (!Uri.TryCreate(Text(document.RootElement, "jwks_uri"), UriKind.Absolute, out var keys)
                || !IssuerAddress.HaveOneOrigin(keys, discovery))
            {
                throw new IssuerFault($"{discovery} names no keys on its own origin; configure jwksUri if they are elsewhere");
            }

            return keys;
        }
    }

    private async ValueTask<byte[]> GetAsync(Uri address, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        using var response = await http.SendAsync(request, cancellationToken);
        if (response.StatusCode != HttpStatusCode.OK)
            throw new IssuerFault($"{address} answered {(int)response.StatusCode}");

        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[Limits.IssuerDocumentBytes + 1];
        var length = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return length <= Limits.IssuerDocumentBytes
            ? buffer[..length]
            : throw new IssuerFault($"{address} answered with more than {Limits.IssuerDocumentBytes} bytes");
    }

    private static string? Text(JsonElement root, string name) =>
        root.ValueKind == JsonValueKind.Object && root.TryGetProperty(name, out var member)
        && member.ValueKind == JsonValueKind.String
            ? member.GetString()
            : null;

    private sealed record Fetched(DateTimeOffset Time, IReadOnlyList<IssuerKey> Keys)
    {
        internal IReadOnlyList<IssuerKey> Find(string? keyId) => keyId is null
            ? Keys
            : [.. Keys.Where(key => string.Equals(key.KeyId, keyId, StringComparison.Ordinal))];
    }

    private sealed class IssuerFault(string message) : Exception(message);
}
