// SPDX-License-Identifier: Apache-2.0

using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using SupplyChain.Testing.Registry;

namespace SupplyChain.Testing.Kms;

/// <summary>What a simulated key service is asked.</summary>
/// <param name="Request">Method, path, query and headers.</param>
/// <param name="Body">The body.</param>
/// <param name="IsAboutKeys">Not a login.</param>
/// <param name="IsSign">A request for a signature.</param>
public sealed record KmsRequest(SeenRequest Request, byte[] Body, bool IsAboutKeys, bool IsSign);

/// <summary>The server under a simulated key service: it counts requests and has the misbehaviour that all services share.</summary>
public sealed class KmsServer : IAsyncDisposable
{
    private readonly WebApplication _server;
    private readonly Lock _gate = new();
    private KmsFault _fault;
    private int _left;
    private int _calls;
    private int _signCalls;

    private KmsServer(WebApplication server) => _server = server;

    /// <summary>Scheme, host and port.</summary>
    public Uri Origin { get; private set; } = new("http://127.0.0.1");

    /// <summary>All requests.</summary>
    public int Calls => _calls;

    /// <summary>Requests for a signature.</summary>
    public int SignCalls => _signCalls;

    /// <summary>Starts one on a free loopback port.</summary>
    /// <param name="classify">Says what a request is.</param>
    /// <param name="answer">Does the work, with the misbehaviour that is the service's own.</param>
    /// <param name="certificate">What it shows over https; <see langword="null"/> for plain http.</param>
    public static async Task<KmsServer> StartAsync(
        Func<SeenRequest, byte[], KmsRequest> classify, Func<KmsRequest, KmsFault, Reply> answer, X509Certificate2? certificate = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Listen(IPAddress.Loopback, 0, listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                if (certificate is not null)
                    listen.UseHttps(certificate);
            });
        });
        var server = new KmsServer(builder.Build());
        server._server.Run(context => server.HandleAsync(context, classify, answer));
        await server._server.StartAsync();
        server.Origin = new Uri(server._server.Urls.First());
        return server;
    }

    /// <summary>Makes something go wrong from now on.</summary>
    public void Break(KmsFault fault, int times)
    {
        lock (_gate)
            (_fault, _left) = (fault, times);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // What hangs on purpose is not waited for.
        using var impatient = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        await _server.StopAsync(impatient.Token);
        await _server.DisposeAsync();
    }

    private KmsFault Next()
    {
        lock (_gate)
            return _left-- > 0 ? _fault : KmsFault.None;
    }

    private async Task HandleAsync(
        HttpContext context, Func<SeenRequest, byte[], KmsRequest> classify, Func<KmsRequest, KmsFault, Reply> answer)
    {
        var seen = new SeenRequest(
            context.Request.Method, context.Request.Path.Value ?? "", context.Request.QueryString.Value ?? "",
            context.Request.Headers.ToDictionary(
                header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase));
        using var content = new MemoryStream();
        await context.Request.Body.CopyToAsync(content, context.RequestAborted);
        var request = classify(seen, content.ToArray());
        Interlocked.Increment(ref _calls);
        if (request.IsSign)
            Interlocked.Increment(ref _signCalls);

        var fault = request.IsAboutKeys ? Next() : KmsFault.None;
        if (fault is KmsFault.Slow)
            await Task.Delay(TimeSpan.FromSeconds(1), context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        if (fault is KmsFault.SucceedAfterTimeout)
            answer(request, KmsFault.None);
        if (fault is KmsFault.Hang or KmsFault.SucceedAfterTimeout)
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        else if (fault is KmsFault.EndlessAnswer)
            await WriteEndlesslyAsync(context);
        else
            await WriteAsync(context, fault switch
            {
                KmsFault.MalformedAnswer => Reply.Of(200, "{\"Signature\":\"AAAA"u8.ToArray(), ("Content-Type", "application/json")),
                KmsFault.Redirect => Reply.Of(307, ("Location", new Uri(Origin, "/elsewhere").AbsoluteUri)),
                _ => answer(request, fault),
            });
    }

    private static async Task WriteEndlesslyAsync(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        await context.Response.Body.WriteAsync("{\"Signature\":\""u8.ToArray());
        var chunk = Encoding.ASCII.GetBytes(new string('A', 16 * 1024));
        while (!context.RequestAborted.IsCancellationRequested)
            await context.Response.Body.WriteAsync(chunk, context.RequestAborted).AsTask().ContinueWith(_ => { }, TaskScheduler.Default);
    }

    private static async Task WriteAsync(HttpContext context, Reply reply)
    {
        context.Response.StatusCode = reply.Status;
        foreach (var (name, value) in reply.Headers)
            context.Response.Headers[name] = value;
        context.Response.ContentLength = reply.Body.Length;
        await context.Response.Body.WriteAsync(reply.Body);
    }
}
