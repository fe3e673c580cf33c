// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace SupplyChain.Testing.Tuf;

/// <summary>What goes wrong with every answer of a <see cref="TufServer"/>.</summary>
public enum TufFault
{
    None,
    ServerError,
    Forbidden,
    Redirect,
    Endless,
    AnnouncesTooMuch,
    NeverEnds,
    BreaksOff,
}

/// <summary>Serves a simulated TUF repository over loopback.</summary>
public sealed class TufServer : IAsyncDisposable
{
    private readonly WebApplication _server;
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private TufServer(WebApplication server) => _server = server;

    /// <summary>Scheme, host, port and a folder below.</summary>
    public string Address { get; private set; } = "";

    /// <summary>What goes wrong from now on.</summary>
    public TufFault Fault { get; set; }

    /// <summary>The paths that were asked for, in order.</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    /// <summary>Completes when the first bytes of an answer that never ends are out.</summary>
    public Task Begun => _begun.Task;

    /// <summary>Starts one on a free loopback port.</summary>
    public static async Task<TufServer> StartAsync(TufRepository repository)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Listen(IPAddress.Loopback, 0);
        });
        var server = new TufServer(builder.Build());
        server._server.Run(context => server.HandleAsync(context, repository));
        await server._server.StartAsync();
        server.Address = $"{server._server.Urls.First()}/tuf";
        return server;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // What hangs on purpose is not waited for.
        using var impatient = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        await _server.StopAsync(impatient.Token);
        await _server.DisposeAsync();
    }

    private async Task HandleAsync(HttpContext context, TufRepository repository)
    {
        var path = context.Request.Path.Value!["/tuf/".Length..];
        Asked.Enqueue(path);
        var answer = context.Response;
        switch (Fault)
        {
            case TufFault.ServerError:
                answer.StatusCode = 503;
                return;
            case TufFault.Forbidden:
                answer.StatusCode = 403;
                return;
            case TufFault.Redirect:
                answer.Redirect($"{Address}/{path}");
                return;
            case TufFault.Endless:
                await WriteEndlesslyAsync(context);
                return;
            case TufFault.AnnouncesTooMuch:
                answer.ContentLength = long.MaxValue;
                await answer.StartAsync();
                return;
            case TufFault.NeverEnds:
                await answer.Body.WriteAsync("{"u8.ToArray(), context.RequestAborted);
                await answer.Body.FlushAsync(context.RequestAborted);
                _begun.TrySetResult();
                await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
                return;
            case TufFault.BreaksOff:
                answer.ContentLength = 1_000;
                await answer.Body.WriteAsync("{"u8.ToArray(), context.RequestAborted);
                context.Abort();
                return;
        }

        if (!repository.Files.TryGetValue(path, out var content))
        {
            answer.StatusCode = 404;
            return;
        }

        answer.ContentLength = content.Length;
        await answer.Body.WriteAsync(content, context.RequestAborted);
    }

    private static async Task WriteEndlesslyAsync(HttpContext context)
    {
        var chunk = new byte[64 * 1024];
        while (!context.RequestAborted.IsCancellationRequested)
            await context.Response.Body.WriteAsync(chunk, context.RequestAborted).AsTask().ContinueWith(_ => { }, TaskScheduler.Default);
    }
}
