// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace SupplyChain.Testing.Registry;

/// <summary>
/// A registry in this process, on a free loopback port. It knows nothing of the code under test: what it serves, it
/// stores by itself, and what it does wrong is told to it.
/// </summary>
public sealed class RegistrySimulator : IAsyncDisposable
{
    private readonly WebApplication _server;
    private readonly ConcurrentQueue<SeenRequest> _requests = new();
    private readonly ConcurrentQueue<Fault> _faults = new();
    private readonly ConcurrentDictionary<string, RegistryStore> _stores = new(StringComparer.Ordinal);
    private readonly RegistryProtocol _protocol;
    private readonly TokenDesk _desk;
    private readonly RegistrySetup _setup;

    private RegistrySimulator(WebApplication server, RegistrySetup setup)
    {
        _server = server;
        _setup = setup;
        _protocol = new RegistryProtocol(setup, _stores);
        _desk = new TokenDesk(setup, () => Origin);
    }

    /// <summary>The port it listens on.</summary>
    public int Port { get; private set; }

    /// <summary>The host as image names write it: <c>127.0.0.1:PORT</c>.</summary>
    public string Host => $"127.0.0.1:{Port}";

    /// <summary>Scheme, host and port.</summary>
    public string Origin => $"{(_setup.Authority is null ? "http" : "https")}://{Host}";

    /// <summary>Every request so far, in the order of arrival; requests for tokens included.</summary>
    public IReadOnlyList<SeenRequest> Requests => [.. _requests];

    /// <summary>Starts one.</summary>
    public static async Task<RegistrySimulator> StartAsync(RegistrySetup? setup = null)
    {
        setup ??= RegistrySetup.Modern;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(IPAddress.Loopback, 0, listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                if (setup.Authority is { } authority)
                    listen.UseHttps(
                        authority.Issue(setup.CertificateExpired, "127.0.0.1", "localhost", "registry.test"));
            });
        });
        var server = builder.Build();
        var simulator = new RegistrySimulator(server, setup);
        server.Run(simulator.HandleAsync);
        await server.StartAsync();
        var features = server.Services.GetRequiredService<IServer>().Features;
        simulator.Port = new Uri(features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single()).Port;
        return simulator;
    }

    /// <summary>What a repository holds.</summary>
    public RegistryStore In(string repository) => _stores.GetOrAdd(repository, _ => new RegistryStore());

    /// <summary>Makes something go wrong from now on; earlier faults go first.</summary>
    public void Break(string method, string path, FaultEffect effect, int times = int.MaxValue) =>
        _faults.Enqueue(new Fault(method, path, effect) { Times = times });

    /// <summary>Makes everything go right again.</summary>
    public void Mend() => _faults.Clear();

    /// <summary>How many requests of a kind came; <c>*</c> stands for anything.</summary>
    public int Count(string method, string path) => _requests.Count(request => request.Matches(method, path));

    /// <summary>Forgets the requests so far.</summary>
    public void ForgetRequests() => _requests.Clear();

    /// <summary>Makes every token that was handed out invalid.</summary>
    public void RevokeTokens() => _desk.Revoke();

    /// <summary>Stops it.</summary>
    public async ValueTask DisposeAsync()
    {
        // What hangs on purpose is not waited for.
        using var impatient = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        await _server.StopAsync(impatient.Token);
        await _server.DisposeAsync();
    }

    private async Task HandleAsync(HttpContext context)
    {
        var request = Read(context.Request);
        _requests.Enqueue(request);
        using var content = new MemoryStream();
        await context.Request.Body.CopyToAsync(content, context.RequestAborted);
        var body = content.ToArray();

        var effect = _faults.FirstOrDefault(fault => fault.Strikes(request))?.Effect;
        if (effect is FaultEffect.Before before)
            await before.Happening(request);

        if (effect is FaultEffect.Hang)
        {
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            return;
        }

        var reply = effect is FaultEffect.Answer instead ? instead.Reply : Work(request, body);
        if (effect is FaultEffect.Change change)
            reply = change.With(reply);
        if (effect is FaultEffect.After after)
            await after.Happening(request);
        await SendAsync(context, request, reply, effect);
    }

    private Reply Work(SeenRequest request, byte[] body) =>
        request.Path is "/token"
            ? _desk.Issue(request, body)
            : _desk.Refuse(request) ?? _protocol.Answer(request, body);

    private static SeenRequest Read(HttpRequest request) => new(
        request.Method, request.Path.Value ?? "", request.QueryString.Value ?? "",
        request.Headers.ToDictionary(
            header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase));

    private static async Task SendAsync(HttpContext context, SeenRequest request, Reply reply, FaultEffect? effect)
    {
        if (effect is FaultEffect.LoseAnswer)
        {
            context.Abort();
            return;
        }

        var response = context.Response;
        response.StatusCode = reply.Status;
        foreach (var (name, value) in reply.Headers)
            response.Headers[name] = value;

        switch (effect)
        {
            case FaultEffect.Endless endless:
                response.StatusCode = 200;
                response.ContentType = endless.ContentType;
                var chunk = new byte[16 * 1024];
                while (!context.RequestAborted.IsCancellationRequested)
                    await response.Body.WriteAsync(
                        chunk, context.RequestAborted).AsTask().ContinueWith(_ => { }, TaskScheduler.Default);
                break;
            case FaultEffect.Drip drip:
                response.ContentLength = reply.Body.Length;
                foreach (var one in reply.Body)
                {
                    if (context.RequestAborted.IsCancellationRequested)
                        return;

                    await response.Body.WriteAsync(new[] { one });
                    await response.Body.FlushAsync();
                    await Task.Delay(drip.Pause);
                }

                break;
            case FaultEffect.BreakOff:
                response.ContentLength = reply.Body.Length;
                await response.Body.WriteAsync(reply.Body.AsMemory(0, reply.Body.Length / 2));
                await response.Body.FlushAsync();
                context.Abort();
                break;
            default:
                response.ContentLength = reply.Body.Length;
                if (request.Method is not "HEAD")
                    await response.Body.WriteAsync(reply.Body);
                break;
        }
    }
}
