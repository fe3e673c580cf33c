// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;

namespace SupplyChain.Oci.Http;

/// <summary>
/// Sends single requests over one host's connections: no proxy, no cookies, no redirects, no decompression, nothing
/// added to what the request carries.
/// </summary>
internal sealed class WireClient : IDisposable
{
    private static readonly ActivitySource Spans = new("SupplyChain.Oci");
    private readonly HttpMessageInvoker _invoker;

    public WireClient(RegistryOptions options, HostLookup lookup) =>
        _invoker = new HttpMessageInvoker(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = System.Net.DecompressionMethods.None,
        ActivityHeadersPropagator = DistributedContextPropagator.CreateNoOutputPropagator(),
        ConnectCallback = new CheckedConnection(lookup, options.PrivateNetwork).ConnectAsync,
        ConnectTimeout = options.OperationTimeout / 2,
        MaxConnectionsPerServer = 32,
        MaxResponseHeadersLength = 32,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        SslOptions = ServerTrust.OptionsFor(options.CaFile),
        UseCookies = false,
        UseProxy = false,
    });

    /// <summary>Sends a request and returns when the answer's headers are there; the caller disposes it.</summary>
    public async ValueTask<HttpResponseMessage> SendAsync(HttpRequestMessage request, Attempt attempt)
    {
        var target = request.RequestUri!;
        using var span = Spans.StartActivity("registry request", ActivityKind.Client);
        span?.SetTag("http.request.method", request.Method.Method);
        span?.SetTag("server.address", target.Authority);

        // Without the query, in which storage services put signatures that open a blob to whoever has them.
        span?.SetTag("url.full", span.IsAllDataRequested ? target.GetLeftPart(UriPartial.Path) : null);
        try
        {
            var response = await _invoker.SendAsync(request, attempt.CancellationToken);
            span?.SetTag("http.response.status_code", (int)response.StatusCode);
            return response;
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException
            || (broken is OperationCanceledException && !attempt.CancellationToken.IsCancellationRequested))
        {
            // The last is a connection that did not come about in time.
            var fault = RegistryFaults.FromTransport(target, broken);
            span?.SetStatus(ActivityStatusCode.Error, fault.Reason.Name);
            throw fault;
        }
    }

    public void Dispose() => _invoker.Dispose();
}
