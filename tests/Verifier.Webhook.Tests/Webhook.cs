// SPDX-License-Identifier: Apache-2.0

using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using SupplyChain.Hosting;
using SupplyChain.Model;
using SupplyChain.Testing;
using SupplyChain.Verifier.Tests;
using SupplyChain.Verifier.Tests.Kubernetes;

namespace SupplyChain.Verifier.Webhook.Tests;

/// <summary>The webhook as its own process would run it, on a loopback port, with a registry that does as told.</summary>
internal sealed class Webhook : IAsyncDisposable
{
    public static readonly Repository Api = Repository.Parse("registry.example.com/team/api");
    public static readonly Digest Good = Digest.Compute("good"u8);
    public static readonly Digest Bad = Digest.Compute("bad"u8);

    private readonly TempFolder _folder = new();
    private WebApplication? _app;

    public TestSigner Release { get; } = new();

    public ScriptedEvidence Evidence { get; } = new();

    public TempFolder Folder => _folder;

    public Uri Address { get; private set; } = null!;

    public static string GoodImage => $"{Api}@{Good}";

    public static string BadImage => $"{Api}@{Bad}";

    /// <summary>Starts it with the default policy; what else the configuration says stands in <paramref name="more"/>.</summary>
    public static async Task<Webhook> StartAsync(
        string more = "", string? policy = null, string scheme = "http", TimeProvider? clock = null, Action<Webhook>? prepare = null,
        string? liveHost = null)
    {
        var webhook = new Webhook();
        try
        {
            prepare?.Invoke(webhook);
            webhook.WritePolicies(policy ?? TestPolicies.Admission(""));
            await File.WriteAllTextAsync(
                webhook._folder["verifier.json"],
                $$"""
                {
                  "listen": "{{scheme}}://127.0.0.1:0", "cluster": "prod-eu", "policies": ["policies"],
                  "registries": { {{(liveHost is null ? "\"registry.example.com\": {}" : $$"""
                    "{{liveHost}}": { "plainHttp": true, "privateNetwork": true }
                    """)}} }{{(more.Length == 0 ? "" : ", " + more)}}
                }
                """);
            webhook.Evidence.Signed(Good, webhook.Release);
            webhook.Evidence.Bare(Bad);
            var configuration = await ConfigurationFile.ReadVerifierAsync(webhook._folder["verifier.json"], CancellationToken.None);
            webhook._app = liveHost is null
                ? await WebhookApp.BuildAsync(configuration, _ => webhook.Evidence, clock ?? TimeProvider.System, CancellationToken.None)
                : await WebhookApp.BuildAsync(configuration, clock ?? TimeProvider.System, CancellationToken.None);
            await webhook._app.StartAsync();
            webhook.Address = new Uri(webhook._app.Urls.Single());
            return webhook;
        }
        catch
        {
            await webhook.DisposeAsync();
            throw;
        }
    }

    public void WritePolicies(string admission, TestSigner? signer = null)
    {
        Directory.CreateDirectory(_folder["policies"]);
        File.WriteAllText(Path.Combine(_folder["policies"], "attestor.yaml"), TestPolicies.Attestor(signer ?? Release));
        File.WriteAllText(Path.Combine(_folder["policies"], "admission.yaml"), admission);
    }

    public async Task<(HttpStatusCode Status, JsonObject Body)> PostAsync(string path, byte[] body, HttpClient? client = null)
    {
        using var own = client is null ? new HttpClient() : null;
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var response = await (client ?? own!).PostAsync(new Uri(Address, path), content);
        var text = await response.Content.ReadAsStringAsync();
        return (response.StatusCode, JsonNode.Parse(text)!.AsObject());
    }

    public async Task<JsonObject> ReviewAsync(JsonObject review, string query = "")
    {
        var (status, body) = await PostAsync("/v1/admission/validate" + query, Reviews.Bytes(review));
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("admission.k8s.io/v1", body["apiVersion"]!.GetValue<string>());
        Assert.Equal("AdmissionReview", body["kind"]!.GetValue<string>());
        Assert.Equal(review["request"]!["uid"]!.GetValue<string>(), body["response"]!["uid"]!.GetValue<string>());
        return body["response"]!.AsObject();
    }

    public Task<JsonObject> ReviewAsync(params string[] images) => ReviewAsync(Reviews.Of(Reviews.Pod(images)));

    public Task<(HttpStatusCode Status, JsonObject Body)> VerifyAsync(string question) =>
        PostAsync("/v1/verify", Encoding.UTF8.GetBytes(question));

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
            await _app.DisposeAsync();
        Release.Dispose();
        _folder.Dispose();
    }
}
