// SPDX-License-Identifier: Apache-2.0

using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Cli.Tests.Attest;

/// <summary>What arrived at a fake attestor.</summary>
internal sealed record Received(
    string Path, string? Token, string? IdempotencyKey, IReadOnlyList<(string Name, string Content)> Parts);

/// <summary>
/// An attestor on a free port of this machine that answers what a test tells it, one answer a request.
/// </summary>
internal sealed class FakeAttestor : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Queue<Func<HttpContext, Task>> _answers;

    private readonly bool _reads;

    private FakeAttestor(WebApplication app, bool reads, IEnumerable<Func<HttpContext, Task>> answers)
    {
        _app = app;
        _reads = reads;
        _answers = new Queue<Func<HttpContext, Task>>(answers);
    }

    public List<Received> Requests { get; } = [];

    public string Address => _app.Services.GetRequiredService<IServer>().Features
        .GetRequiredFeature<IServerAddressesFeature>().Addresses.Single();

    public static Task<FakeAttestor> StartAsync(params Func<HttpContext, Task>[] answers) =>
        StartAsync(reads: true, null, answers);

    /// <summary>Starts one that speaks TLS with this certificate.</summary>
    public static Task<FakeAttestor> StartTlsAsync(
        X509Certificate2 certificate, params Func<HttpContext, Task>[] answers) =>
        StartAsync(reads: true, certificate, answers);

    /// <summary>Starts one that answers without having read the body.</summary>
    public static Task<FakeAttestor> StartUnreadAsync(params Func<HttpContext, Task>[] answers) =>
        StartAsync(reads: false, null, answers);

    private static async Task<FakeAttestor> StartAsync(
        bool reads, X509Certificate2? certificate, Func<HttpContext, Task>[] answers)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(server => server.Listen(IPAddress.Loopback, 0, endpoint =>
        {
            if (certificate is not null)
                endpoint.UseHttps(certificate);
        }));
        var app = builder.Build();
        var attestor = new FakeAttestor(app, reads, answers);
        app.Run(attestor.AnswerAsync);
        await app.StartAsync();
        return attestor;
    }

    public static Func<HttpContext, Task> Created(Decision decision) =>
        Answer(201, "application/json", decision.ToJson());

    public static Func<HttpContext, Task> RefusedWith(Decision decision) => Answer(
        422, "application/problem+json",
        $$"""{"type":"https://supplychain.example/policy-refused","title":"Refused","status":422,"reason":"FINDING_OVER_LIMIT","decision":{{Encoding.UTF8.GetString(decision.ToJson())}}}""");

    public static Func<HttpContext,
    Task> Problem(int status, ReasonCode reason, string detail, string? retryAfter = null) => context =>
    {
        if (retryAfter is not null)
            context.Response.Headers.RetryAfter = retryAfter;
        return Answer(status, "application/problem+json",
            $$"""
            {
              "type": "about:blank", "title": "No", "status": {{status}}, "reason": "{{reason}}", "detail": "{{detail}}",
              "remedy": "{{reason.Remedy}}"
            }
            """)(context);
    };

    public static Func<HttpContext, Task> Redirect(string location) => context =>
    {
        context.Response.Redirect(location);
        return Task.CompletedTask;
    };

    /// <summary>Breaks the connection off.</summary>
    public static Task Abort(HttpContext context)
    {
        context.Abort();
        return Task.CompletedTask;
    }

    public static Task Hang(HttpContext context) => Task.Delay(TimeSpan.FromMinutes(10), context.RequestAborted);

    public static Func<HttpContext, Task> Answer(int status, string type, string body) =>
        Answer(status, type, Encoding.UTF8.GetBytes(body));

    public static Func<HttpContext, Task> Answer(int status, string type, byte[] body) => context =>
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        return context.Response.Body.WriteAsync(body).AsTask();
    };

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var parts = new List<(string, string)>();
        if (_reads && context.Request.HasFormContentType)
        {
            var form = await context.Request.ReadFormAsync();
            parts.AddRange(form.Select(field => (field.Key, field.Value.ToString())));
            foreach (var file in form.Files)
            {
                using var reader = new StreamReader(file.OpenReadStream());
                parts.Add((file.Name, await reader.ReadToEndAsync()));
            }
        }

        Requests.Add(new Received(
            context.Request.Path + context.Request.QueryString.Value,
            context.Request.Headers.Authorization, context.Request.Headers["Idempotency-Key"], parts));
        await _answers.Dequeue()(context);
    }
}
