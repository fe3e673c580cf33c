// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Net;
using SupplyChain.Model;

namespace SupplyChain.Sigstore.Clients;

/// <summary>
/// A repository at an address: asked straight, without proxies, cookies or redirects, for one bounded file at a time in bounded time.
/// </summary>
public sealed class HttpSource : ITufSource, IDisposable
{
    private readonly Uri _address;
    private readonly TimeProvider _clock;
    private readonly HttpClient _http;

    private HttpSource(Uri address, TimeProvider clock)
    {
        _address = address;
        _clock = clock;
        _http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            ConnectTimeout = TimeSpan.FromSeconds(10),
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <summary>Sigstore's production repository.</summary>
    public static Uri PublicGood { get; } = new("https://tuf-repo-cdn.sigstore.dev");

    /// <summary>A source at an address: https, or plain http on this machine.</summary>
    /// <param name="address">The address that paths are put below.</param>
    /// <param name="clock">Measures how long an answer takes.</param>
    /// <param name="source">The source, which its user disposes.</param>
    /// <param name="problem">What was expected of the address.</param>
    public static bool TryCreate(
        string? address, TimeProvider clock, [NotNullWhen(true)] out HttpSource? source, [NotNullWhen(false)] out string? problem)
    {
        source = null;
        problem = $"the repository '{Printable.Escape(address)}' is no https address; expected one such as {PublicGood}";
        if (!Uri.TryCreate(address, UriKind.Absolute, out var url) || url.UserInfo.Length > 0 || url.Query.Length > 0 || url.Fragment.Length > 0
            || (url.Scheme != Uri.UriSchemeHttps && !(url.Scheme == Uri.UriSchemeHttp && url.IsLoopback)))
        {
            return false;
        }

        source = new HttpSource(url.AbsolutePath.EndsWith('/') ? url : new Uri(url.AbsoluteUri + "/"), clock);
        problem = null;
        return true;
    }

    /// <inheritdoc/>
    public async ValueTask<TufFetched> FetchAsync(TufPath path, int most, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(path);

        using var patience = new CancellationTokenSource(Limits.TufFetch, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            return await FetchOnceAsync(path, most, either.Token);
        }
        catch (OperationCanceledException slow) when (!cancellationToken.IsCancellationRequested)
        {
            return TufFetched.Failed($"{At(path)} did not come within {Limits.TufFetch.TotalSeconds:0} s: {slow.Message}");
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException)
        {
            return TufFetched.Failed($"{At(path)} was not answered: {Printable.Escape(fault.Message)}");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async ValueTask<TufFetched> FetchOnceAsync(TufPath path, int most, CancellationToken cancellationToken)
    {
        using var answer = await _http.GetAsync(At(path), HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (answer.StatusCode == HttpStatusCode.NotFound)
            return TufFetched.Absent;
        if (answer.StatusCode != HttpStatusCode.OK)
            return TufFetched.Failed($"{At(path)} was answered with {(int)answer.StatusCode}; expected 200, or 404 where there is no such file");
        if (answer.Content.Headers.ContentLength > most)
            return TufFetched.TooLong(path, most);

        await using var content = await answer.Content.ReadAsStreamAsync(cancellationToken);
        return await BoundedContent.ReadAsync(content, most, cancellationToken) is { } whole
            ? TufFetched.Found(whole)
            : TufFetched.TooLong(path, most);
    }

    private Uri At(TufPath path) => new(_address, string.Join('/', path.Served.Split('/').Select(Uri.EscapeDataString)));
}
