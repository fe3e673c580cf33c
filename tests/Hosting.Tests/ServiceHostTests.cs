// SPDX-License-Identifier: Apache-2.0

using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using SupplyChain.Model.Decisions;
using SupplyChain.Testing;

namespace SupplyChain.Hosting.Tests;

/// <summary>A service on a real port: its listener, certificate, health, problems and end.</summary>
public sealed class ServiceHostTests : IAsyncLifetime
{
    private const string Canary = "canary-7f3a";

    private readonly TempFolder _folder = new();
    private readonly ManualClock _clock = new();
    private readonly List<WebApplication> _services = [];

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var service in _services)
            await service.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task It_answers_without_saying_what_it_is()
    {
        using var client = await StartAsync();

        using var alive = await client.GetAsync("/healthz");

        Assert.Equal("ok", await alive.Content.ReadAsStringAsync());
        Assert.False(alive.Headers.Contains("Server"));
    }

    [Fact]
    public async Task It_is_ready_when_everything_it_needs_is_there()
    {
        var ledger = true;
        using var client = await StartAsync(readiness: readiness => readiness
            .Require("policies", _ => ValueTask.FromResult(true))
            .Require("ledger", _ => ValueTask.FromResult(ledger))
            .Require("broken", _ => ledger ? ValueTask.FromResult(true) : throw new InvalidOperationException(Canary)));
        using (var ready = await client.GetAsync("/readyz"))
            Assert.Equal(HttpStatusCode.OK, ready.StatusCode);

        ledger = false;
        using var missing = await client.GetAsync("/readyz");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, missing.StatusCode);
        var problem = await ReadAsync(missing);
        Assert.Equal("NOT_READY", problem.GetProperty("reason").GetString());
        Assert.Equal("Not ready: broken, ledger.", problem.GetProperty("detail").GetString());
        Assert.Equal("5", missing.Headers.GetValues("Retry-After").Single());
        using var alive = await client.GetAsync("/healthz");
        Assert.Equal(HttpStatusCode.OK, alive.StatusCode);
    }

    [Fact]
    public async Task A_check_that_hangs_is_one_that_does_not_hold()
    {
        var asked = new TaskCompletionSource();
        using var client = await StartAsync(readiness: readiness => readiness.Require("registry", async _ =>
        {
            asked.SetResult();
            await new TaskCompletionSource().Task;
            return true;
        }));
        var asking = client.GetAsync("/readyz");
        await asked.Task;

        _clock.Advance(TimeSpan.FromSeconds(2));

        using var missing = await asking;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, missing.StatusCode);
    }

    [Fact]
    public async Task A_check_has_one_name()
    {
        var readiness = new Readiness(_clock, new RecordedLog<Readiness>()).Require("ledger", _ => ValueTask.FromResult(true));

        Assert.Throws<ArgumentException>(() => readiness.Require("ledger", _ => ValueTask.FromResult(true)));
        readiness.Stop();
        Assert.Equal(["stopping"], await readiness.FindMissingAsync(default));
    }

    public static TheoryData<string, string, int, string> Failures => new()
    {
        { "a fault nobody knows", "/unknown-fault", 500, "INTERNAL" },
        { "a fault with a reason", "/known-fault", 503, "AUDIT_UNAVAILABLE" },
        { "a request the server cannot read", "/bad-request", 400, "BAD_REQUEST" },
        { "a body too large", "/too-large", 413, "REQUEST_LIMIT" },
        { "no such path", "/absent", 404, "NOT_FOUND" },
        { "no such method", "/healthz?post", 405, "BAD_REQUEST" },
        { "an empty error", "/empty", 403, "NOT_AUTHORISED" },
    };

    [Theory, MemberData(nameof(Failures))]
    public async Task Every_failure_is_a_problem_that_tells_nothing_internal(string because, string path, int status, string reason)
    {
        using var client = await StartAsync(map: app =>
        {
            app.MapGet("/unknown-fault", Fault(_ => throw new NotSupportedException(Canary)));
            app.MapGet("/known-fault", Fault(_ => throw new InvalidDataException(Canary)));
            app.MapGet("/bad-request", Fault(_ => throw new BadHttpRequestException(Canary)));
            app.MapGet("/too-large", Fault(_ => throw new BadHttpRequestException(Canary, 413)));
            app.MapGet("/empty", Fault(context =>
            {
                context.Response.StatusCode = 403;
                return Task.CompletedTask;
            }));
        });

        using var answer = path.EndsWith("?post", StringComparison.Ordinal)
            ? await client.PostAsync(path, content: null)
            : await client.GetAsync(path);

        Assert.True((int)answer.StatusCode == status, $"{because}: {answer.StatusCode}");
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal(reason, (await ReadAsync(answer)).GetProperty("reason").GetString());
        Assert.DoesNotContain(Canary, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_is_not_known_is_told_how_to_be()
    {
        using var client = await StartAsync(map: app => app.MapGet("/", Fault(context => Problems.For(ReasonCode.TokenInvalid).ExecuteAsync(context))));

        using var answer = await client.GetAsync("/");

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("Bearer", Assert.Single(answer.Headers.WwwAuthenticate).Scheme);
        Assert.True(answer.Headers.CacheControl!.NoStore);
    }

    [Fact]
    public async Task A_body_larger_than_configured_is_refused_before_it_is_read()
    {
        using var client = await StartAsync(map: app => app.MapPost("/", Fault(async context =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null);
        })));

        using var fits = await client.PostAsync("/", new ByteArrayContent(new byte[1_000]));
        using var large = await client.PostAsync("/", new ByteArrayContent(new byte[1_001]));

        Assert.Equal(HttpStatusCode.OK, fits.StatusCode);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.StatusCode);
    }

    [Fact]
    public async Task Environment_variables_do_not_move_the_listener()
    {
        Environment.SetEnvironmentVariable("ASPNETCORE_URLS", "http://127.0.0.1:1");
        try
        {
            using var client = await StartAsync();
            using var alive = await client.GetAsync("/healthz");
            Assert.Equal(HttpStatusCode.OK, alive.StatusCode);
            Assert.DoesNotContain(":1/", _services[0].Urls.Single() + "/", StringComparison.Ordinal);
        }
        finally
        {
            Environment.SetEnvironmentVariable("ASPNETCORE_URLS", null);
        }
    }

    [Fact]
    public async Task A_renewed_certificate_is_served_without_a_restart_and_a_broken_one_is_not()
    {
        WriteCertificate("one");
        using var client = await StartAsync(tls: true);
        Assert.Equal("CN=one", await SubjectAsync(client));

        WriteCertificate("two");
        Assert.Equal("CN=one", await SubjectAsync(client));
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal("CN=two", await SubjectAsync(client));

        await File.WriteAllTextAsync(_folder["server.pem"], "broken");
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal("CN=two", await SubjectAsync(client));

        WriteCertificate("three");
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal("CN=three", await SubjectAsync(client));
    }

    [Fact]
    public async Task A_certificate_replaced_by_moving_a_link_is_noticed()
    {
        foreach (var name in new[] { "one", "two" })
        {
            WriteCertificate(name);
            Directory.CreateDirectory(_folder[name]);
            File.Move(_folder["server.pem"], _folder[$"{name}/server.pem"]);
            File.Move(_folder["server.key"], _folder[$"{name}/server.key"]);
        }

        File.SetLastWriteTimeUtc(_folder["two/server.pem"], new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        File.CreateSymbolicLink(_folder["server.pem"], "one/server.pem");
        File.CreateSymbolicLink(_folder["server.key"], "one/server.key");
        using var client = await StartAsync(tls: true);
        Assert.Equal("CN=one", await SubjectAsync(client));

        File.Delete(_folder["server.pem"]);
        File.Delete(_folder["server.key"]);
        File.CreateSymbolicLink(_folder["server.pem"], "two/server.pem");
        File.CreateSymbolicLink(_folder["server.key"], "two/server.key");
        _clock.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal("CN=two", await SubjectAsync(client));
    }

    public static TheoryData<string, string?, string?> Unusable => new()
    {
        { "absent", null, null },
        { "no certificate", "text", null },
        { "a key of another certificate", "", "other" },
    };

    [Theory, MemberData(nameof(Unusable))]
    public async Task A_certificate_that_cannot_be_used_stops_the_start(string because, string? certificate, string? key)
    {
        if (certificate is not null)
        {
            WriteCertificate("other");
            File.Move(_folder["server.key"], _folder["other"]);
            WriteCertificate("one");
            if (certificate.Length > 0)
                await File.WriteAllTextAsync(_folder["server.pem"], certificate);
            if (key is not null)
                File.Move(_folder["other"], _folder["server.key"], overwrite: true);
        }

        var problem = await Assert.ThrowsAsync<ConfigurationException>(() => StartAsync(tls: true));

        Assert.True(problem.Message.Contains("server.pem", StringComparison.Ordinal), because);
    }

    [Fact]
    public async Task On_the_way_out_it_is_not_ready_and_still_serves_for_a_while()
    {
        using var client = await StartAsync(listen: "http://*:0");
        using (var ready = await client.GetAsync("/readyz"))
            Assert.Equal(HttpStatusCode.OK, ready.StatusCode);

        var stopping = _services[0].StopAsync();
        using (var leaving = await client.GetAsync("/readyz"))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, leaving.StatusCode);
            Assert.Equal("Not ready: stopping.", (await ReadAsync(leaving)).GetProperty("detail").GetString());
        }

        Assert.False(stopping.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(3));
        await stopping;
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync("/healthz"));
    }

    [Fact]
    public async Task What_was_begun_is_finished()
    {
        var begun = new TaskCompletionSource();
        var finish = new TaskCompletionSource();
        using var client = await StartAsync(map: app => app.MapGet("/slow", Fault(async context =>
        {
            begun.SetResult();
            await finish.Task;
            await context.Response.WriteAsync("done");
        })));
        var asking = client.GetStringAsync("/slow");
        await begun.Task;

        var stopping = _services[0].StopAsync();
        Assert.False(stopping.IsCompleted);
        finish.SetResult();

        Assert.Equal("done", await asking);
        await stopping;
    }

    private static RequestDelegate Fault(Func<HttpContext, Task> answer) => context => answer(context);

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage answer)
    {
        using var document = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        return document.RootElement.Clone();
    }

    private static async Task<string> SubjectAsync(HttpClient client)
    {
        string? subject = null;
        using var handler = new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                {
                    subject = certificate!.Subject;
                    return true;
                },
            },
        };
        using var fresh = new HttpClient(handler) { BaseAddress = client.BaseAddress };
        using var alive = await fresh.GetAsync("/healthz");
        return subject!;
    }

    private async Task<HttpClient> StartAsync(
        bool tls = false, string? listen = null, Action<Readiness>? readiness = null, Action<WebApplication>? map = null)
    {
        var address = listen ?? (tls ? "https://127.0.0.1:0" : "http://127.0.0.1:0");
        await File.WriteAllTextAsync(_folder["config.json"], $$"""
            {
              "listen": "{{address}}", "unsafePlainHttp": true, "policies": ["p"], "registries": { "a.example": {} }
              {{(tls ? """, "tls": { "certificate": "server.pem", "key": "server.key" }""" : "")}}
            }
            """);
        var configuration = await ConfigurationFile.ReadVerifierAsync(_folder["config.json"], default);
        var builder = ServiceHost.CreateBuilder(configuration, requestBytes: 1_000, _clock);
        var service = builder.Build();
        _services.Add(service);
        service.UseProblems(fault => fault is InvalidDataException ? ReasonCode.AuditUnavailable : null);
        service.UseRouting();
        var checks = service.Services.GetRequiredService<Readiness>();
        readiness?.Invoke(checks);
        service.MapHealth(checks);
        map?.Invoke(service);
        await service.StartAsync();
        var url = service.Urls.Single().Replace("[::]", "127.0.0.1", StringComparison.Ordinal);
        return new HttpClient { BaseAddress = new Uri(url) };
    }

    private void WriteCertificate(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(_folder["server.pem"], certificate.ExportCertificatePem());
        File.WriteAllText(_folder["server.key"], key.ExportPkcs8PrivateKeyPem());
    }
}
