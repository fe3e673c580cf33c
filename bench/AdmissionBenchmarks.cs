// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SupplyChain.Evidence;
using SupplyChain.Hosting;
using SupplyChain.Model;
using SupplyChain.Oci;
using SupplyChain.Sigstore;
using SupplyChain.Signer;
using SupplyChain.Testing;
using SupplyChain.Testing.Registry;
using SupplyChain.Verifier.Webhook;

namespace SupplyChain.Bench;

/// <summary>The verifier's two paths: answered from memory, and asked of a registry.</summary>
internal static class AdmissionBenchmarks
{
    public static async Task<Result> WarmAsync()
    {
        await using var registry = await RegistrySimulator.StartAsync();
        using var world = await World.CreateAsync($"{registry.Host}/payments/api");
        using var registries = Open(registry.Host);
        await StoreAsync(world, registries);
        using var folder = new TempFolder();
        await world.WritePoliciesAsync(folder["policies"], registry.Host);
        await File.WriteAllTextAsync(
            folder["verifier.json"],
            $$$"""{"listen":"http://127.0.0.1:0","registries":{"{{{registry.Host}}}":{"plainHttp":true} },"policies":["policies"]}""");
        var configuration = await ConfigurationFile.ReadVerifierAsync(folder["verifier.json"], CancellationToken.None);
        await using var webhook = await WebhookApp.BuildAsync(configuration, TimeProvider.System, CancellationToken.None);
        await webhook.StartAsync();

        var review = Review(world.Repository.At(world.Image).ToString());
        using var ours = await LoopbackClient.ConnectAsync(AddressOf(webhook), "/v1/admission/validate", review);
        var answer = await ours.SendAsync();
        if (!answer.Contains("\"allowed\":true", StringComparison.Ordinal))
            throw new InvalidOperationException(answer);

        await using var bare = await StartBareAsync(Encoding.UTF8.GetBytes(answer[(answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..]));
        using var floor = await LoopbackClient.ConnectAsync(AddressOf(bare), "/v1/admission/validate", review);
        var (ratio, nanoseconds) = await Pairing.CompareAsync(
            async () => await floor.SendAsync(), async () => await ours.SendAsync());
        return new Result("Admission.Warm", ratio, 0.4, nanoseconds / 1000, "us/bare-kestrel-request");
    }

    /// <summary>
    /// A cold admission against a genuine registry. Against a server in this process, whose answers take some 70 µs, the signature
    /// check alone, which the floor does not make, would be a quarter of all there is to measure.
    /// </summary>
    public static async Task<Result> FetchAndVerifyAsync()
    {
        await using var registry = await DockerRegistry.StartAsync(CancellationToken.None);
        using var world = await World.CreateAsync($"{registry.Host}/payments/api");
        using var registries = Open(registry.Host);
        await StoreAsync(world, registries);
        var policies = world.LoadPolicies(registry.Host);
        var needs = EvidenceNeeds.Of(policies.AdmissionPolicies[0].Default!, policies);
        var evidence = new AdmissionEvidence(new AttachmentReader(registries));

        // The first one finds out that there is no referrers API; what the second one asks for is what every later one does.
        await GatherAsync();
        var requests = await RequestsOfAsync(GatherAsync);
        using var http = new HttpClient(new SocketsHttpHandler { UseCookies = false, UseProxy = false });
        http.DefaultRequestHeaders.Add("Accept", [MediaTypes.ImageIndex, MediaTypes.ImageManifest]);
        var (ratio, nanoseconds) = await Pairing.CompareAsync(
            async () =>
            {
                foreach (var request in requests)
                    await http.GetByteArrayAsync(request);
            },
            GatherAsync);
        return new Result("Admission.FetchAndVerify", ratio, 0.7, nanoseconds / 1000, $"us/{requests.Count}-requests-of-a-bare-client");

        async ValueTask GatherAsync()
        {
            var found = await evidence.GatherAsync(world.Repository, world.Image, needs, CancellationToken.None);
            if (found.Statements.Count != 1)
                throw new InvalidOperationException(string.Join('\n', found.Problems));
        }
    }

    private static async Task<IReadOnlyList<Uri>> RequestsOfAsync(Func<ValueTask> work)
    {
        var requests = new List<Uri>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "SupplyChain.Oci",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = span => requests.Add(new Uri((string)span.GetTagItem("url.full")!)),
        };
        ActivitySource.AddActivityListener(listener);
        await work();
        return requests;
    }

    private static Registries Open(string host) => new(
        [new RegistryOptions { Host = host, PlainHttp = true }], KnownCredentials.None, TimeProvider.System);

    private static async Task StoreAsync(World world, Registries registries) => await new ArtifactStore(registries).StoreAsync(
        world.Repository, await world.ApproveAsync(), TimeProvider.System.GetUtcNow(), CancellationToken.None);

    // The same bodies, no thought: the request is read to its end and the same answer written.
    private static async Task<WebApplication> StartBareAsync(byte[] answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(server => server.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        app.MapPost("/v1/admission/validate", async (HttpContext context) =>
        {
            var reader = context.Request.BodyReader;
            while (true)
            {
                var read = await reader.ReadAsync();
                reader.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                    break;
            }

            context.Response.ContentType = "application/json";
            context.Response.ContentLength = answer.Length;
            await context.Response.BodyWriter.WriteAsync(answer);
        });
        await app.StartAsync();
        return app;
    }

    private static Uri AddressOf(WebApplication app) =>
        new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    private static byte[] Review(string image) => Encoding.UTF8.GetBytes(
        $$$$$$"""
        {"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{"uid":"0b4f0b7e-5f0a-4a5e-9a53-1d6f6d3c2b11","kind":{"group":"","version":"v1","kind":"Pod"},"resource":{"group":"","version":"v1","resource":"pods"},"requestKind":{"group":"","version":"v1","kind":"Pod"},"requestResource":{"group":"","version":"v1","resource":"pods"},"name":"api-7d4b9c","namespace":"payments","operation":"CREATE","userInfo":{"username":"system:serviceaccount:kube-system:replicaset-controller","groups":["system:serviceaccounts","system:authenticated"]},"object":{"kind":"Pod","apiVersion":"v1","metadata":{"name":"api-7d4b9c","namespace":"payments","labels":{"app":"api"},"managedFields":[{"manager":"kube-controller-manager","operation":"Update","apiVersion":"v1","time":"2026-11-22T10:00:00Z","fieldsType":"FieldsV1","fieldsV1":{"f:metadata":{"f:labels":{".":{},"f:app":{}}},"f:spec":{"f:containers":{"k:{\"name\":\"api\"}":{".":{},"f:image":{},"f:name":{} } } } } } ] },"spec":{"volumes":[{"name":"token","projected":{"sources":[{"serviceAccountToken":{"expirationSeconds":3607,"path":"token"}}]}}],"containers":[{"name":"api","image":"{{{{{{image}}}}}}","resources":{},"volumeMounts":[{"name":"token","readOnly":true,"mountPath":"/var/run/secrets"}],"imagePullPolicy":"IfNotPresent"}],"restartPolicy":"Always","serviceAccountName":"api","serviceAccount":"api"},"status":{}},"oldObject":null,"dryRun":false,"options":{"kind":"CreateOptions","apiVersion":"meta.k8s.io/v1"}}}
        """);
}
