// SPDX-License-Identifier: Apache-2.0

using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using SupplyChain.Sigstore;
using SupplyChain.Testing.Registry;

namespace SupplyChain.Testing.Sigstore;

/// <summary>
/// The services of a <see cref="TrustWorld"/> at the wire, on one loopback port: two logs, a timestamp authority and a certificate authority.
/// Each checks what the real one checks, counts, and misbehaves when it is told to.
/// </summary>
public sealed class SigstoreServices : IAsyncDisposable
{
    private readonly WebApplication _server;
    private readonly Lock _gate = new();
    private readonly Dictionary<SigstoreService, (SigstoreFault Fault, int Left)> _faults = [];
    private readonly Dictionary<SigstoreService, int> _calls = [];
    private readonly Dictionary<SigstoreService, Func<SeenRequest, byte[], SigstoreFault, Reply>> _services;
    private readonly TrustWorld _strangers;
    private readonly SemaphoreSlim _hanging = new(0);

    private SigstoreServices(TrustWorld world, WebApplication server)
    {
        World = world;
        _server = server;
        _strangers = new TrustWorld(world.Clock);
        var rekor1 = new Rekor1Simulator(world.Rekor1, _strangers);
        var rekor2 = new Rekor2Simulator(world.Rekor2, _strangers);
        _services = new()
        {
            [SigstoreService.Rekor1] = rekor1.Answer,
            [SigstoreService.Rekor2] = rekor2.Answer,
            [SigstoreService.Timestamps] = new TimestampSimulator(world.Timestamps, _strangers.Timestamps).Answer,
            [SigstoreService.Certificates] = new CertificateSimulator(world, _strangers).Answer,
        };
    }

    /// <summary>The authorities and logs behind the services.</summary>
    public TrustWorld World { get; }

    /// <summary>The trust root of <see cref="World"/>, which names who runs what: each of them somebody else.</summary>
    public JsonObject Root()
    {
        var root = World.Root();
        root["tlogs"]![0]!["operator"] = "one";
        root["tlogs"]![1]!["operator"] = "two";
        root["timestampAuthorities"]![0]!["operator"] = "three";
        return root;
    }

    /// <summary>The trust root as a policy document.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="signingConfig">The services that it names.</param>
    /// <param name="change">Changes whom to believe.</param>
    public JsonObject TrustRootDocument(string name, JsonObject signingConfig, Action<JsonObject>? change = null)
    {
        var root = Root();
        change?.Invoke(root);
        return new JsonObject
        {
            ["apiVersion"] = "supplychain/v1",
            ["kind"] = "TrustRoot",
            ["metadata"] = new JsonObject { ["name"] = name },
            ["spec"] = new JsonObject { ["trustedRoot"] = root.ToJsonString(), ["signingConfig"] = signingConfig.ToJsonString() },
        };
    }

    /// <summary>Scheme, host and port.</summary>
    public Uri Origin { get; private set; } = new("http://127.0.0.1");

    /// <summary>What happens before a request is answered, of one after another.</summary>
    public Action? BeforeAnswer { get; set; }

    /// <summary>How many requests came to all services.</summary>
    public int AllCalls
    {
        get
        {
            lock (_gate)
                return _calls.Values.Sum();
        }
    }

    /// <summary>Starts them on a free port.</summary>
    public static async Task<SigstoreServices> StartAsync(TrustWorld world)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Listen(IPAddress.Loopback, 0);
        });
        var services = new SigstoreServices(world, builder.Build());
        services._server.Run(services.HandleAsync);
        await services._server.StartAsync();
        services.Origin = new Uri(services._server.Urls.First());
        return services;
    }

    /// <summary>Where a service is.</summary>
    public Uri UrlOf(SigstoreService service) => new(Origin, $"/{service.ToString().ToLowerInvariant()}");

    /// <summary>A service as a signing configuration names it.</summary>
    public SigningService Find(SigstoreService service) => new(
        UrlOf(service), service == SigstoreService.Rekor2 ? 2u : 1u, new ValidityPeriod(World.Clock.GetUtcNow().AddDays(-1), null), $"{service}");

    /// <summary>A signing configuration that names all of them, with one log.</summary>
    public JsonObject Config(SigstoreService log = SigstoreService.Rekor1) => new()
    {
        ["mediaType"] = SigningConfig.MediaType,
        ["caUrls"] = new JsonArray(Describe(SigstoreService.Certificates)),
        ["rekorTlogUrls"] = new JsonArray(Describe(log)),
        ["rekorTlogConfig"] = new JsonObject { ["selector"] = "ANY" },
        ["tsaUrls"] = new JsonArray(Describe(SigstoreService.Timestamps)),
        ["tsaConfig"] = new JsonObject { ["selector"] = "ANY" },
    };

    /// <summary>Makes something go wrong with a service from now on.</summary>
    public void Break(SigstoreService service, SigstoreFault fault, int times = int.MaxValue)
    {
        lock (_gate)
            _faults[service] = (fault, times);
    }

    /// <summary>Makes everything go right again.</summary>
    public void Mend()
    {
        lock (_gate)
            _faults.Clear();
    }

    /// <summary>How many requests came to a service.</summary>
    public int Calls(SigstoreService service)
    {
        lock (_gate)
            return _calls.GetValueOrDefault(service);
    }

    /// <summary>Waits until a request has come that will not be answered.</summary>
    public Task WaitForHangAsync(CancellationToken cancellationToken) => _hanging.WaitAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // What hangs on purpose is not waited for.
        using var impatient = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        await _server.StopAsync(impatient.Token);
        await _server.DisposeAsync();
        _strangers.Dispose();
        _hanging.Dispose();
    }

    private JsonObject Describe(SigstoreService service)
    {
        var described = Find(service);
        return new JsonObject
        {
            ["url"] = described.Url.ToString(),
            ["majorApiVersion"] = described.MajorVersion,
            ["validFor"] = new JsonObject
            {
                ["start"] = described.ValidFor.Start!.Value.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture),
            },
            ["operator"] = described.Operator,
        };
    }

    private SigstoreFault Next(SigstoreService service)
    {
        lock (_gate)
        {
            _calls[service] = _calls.GetValueOrDefault(service) + 1;
            if (!_faults.TryGetValue(service, out var broken) || broken.Left <= 0)
                return SigstoreFault.None;
            _faults[service] = broken with { Left = broken.Left - 1 };
            return broken.Fault;
        }
    }

    private async Task HandleAsync(HttpContext context)
    {
        using var content = new MemoryStream();
        await context.Request.Body.CopyToAsync(content, context.RequestAborted);
        var path = context.Request.Path.Value ?? "";
        var service = Enum.GetValues<SigstoreService>().Single(known => path.StartsWith(UrlOf(known).AbsolutePath, StringComparison.Ordinal));
        var seen = new SeenRequest(
            context.Request.Method, path[UrlOf(service).AbsolutePath.Length..], context.Request.QueryString.Value ?? "",
            context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase));
        var fault = Next(service);
        switch (fault)
        {
            case SigstoreFault.Hang:
                await NeverAsync(context);
                break;
            case SigstoreFault.LosesAnswer:
                Work(service, seen, content.ToArray(), SigstoreFault.None);
                await NeverAsync(context);
                break;
            case SigstoreFault.Endless:
                await WriteEndlesslyAsync(context);
                break;
            default:
                await WriteAsync(context, AnswerOf(service, seen, content.ToArray(), fault));
                break;
        }
    }

    private Reply AnswerOf(SigstoreService service, SeenRequest seen, byte[] content, SigstoreFault fault)
    {
        switch (fault)
        {
            case SigstoreFault.ServerError:
                return Say(500, "the disk is full");
            case SigstoreFault.Throttle:
                return Reply.Of(429, ("Retry-After", "7"));
            case SigstoreFault.ThrottleForDays:
                return Reply.Of(429, ("Retry-After", "604800"));
            case SigstoreFault.Redirect:
                return Reply.Of(307, ("Location", new Uri(Origin, "/elsewhere").AbsoluteUri));
            case SigstoreFault.RefusesKey:
                return Say(400, "unsupported kind of key");
            case SigstoreFault.Truncated:
                var whole = Work(service, seen, content, SigstoreFault.None);
                return whole with { Body = whole.Body[..(whole.Body.Length / 2)] };
            default:
                return Work(service, seen, content, fault);
        }
    }

    // A log takes one entry after another.
    private Reply Work(SigstoreService service, SeenRequest seen, byte[] content, SigstoreFault fault)
    {
        lock (_services)
        {
            BeforeAnswer?.Invoke();
            return _services[service](seen, content, fault);
        }
    }

    /// <summary>An error as these services tell it.</summary>
    internal static Reply Say(int status, string message) => Reply.Of(
        status, Encoding.UTF8.GetBytes(new JsonObject { ["code"] = status, ["message"] = message }.ToJsonString()), ("Content-Type", "application/json"));

    private Task NeverAsync(HttpContext context)
    {
        _hanging.Release();
        return Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
    }

    private static async Task WriteEndlesslyAsync(HttpContext context)
    {
        var chunk = Encoding.ASCII.GetBytes(new string(' ', 64 * 1024));
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
