// SPDX-License-Identifier: Apache-2.0

using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace SupplyChain.EndToEnd.Components;

/// <summary>What the attestor answered.</summary>
/// <param name="Status">The status.</param>
/// <param name="Body">The decision, or the problem.</param>
/// <param name="RetryAfter">When asking again is worth it, if the answer says so.</param>
public sealed record AttestorReply(HttpStatusCode Status, JsonObject Body, TimeSpan? RetryAfter)
{
    /// <summary>The decision, if the answer is that the image is approved and signed; otherwise the test fails.</summary>
    public JsonObject Approved()
    {
        Assert.True(Status == HttpStatusCode.Created, $"{(int)Status} {Body}");
        Assert.Equal("approved", Body["outcome"]!.GetValue<string>());
        return Body;
    }
}

/// <summary>A running attestor, in a process of its own.</summary>
public sealed class AttestorService : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly Daemon _daemon;
    private readonly HttpClient _client;

    private AttestorService(Daemon daemon, string token)
    {
        _daemon = daemon;
        _client = new HttpClient { BaseAddress = new Uri(daemon.Address), Timeout = Patience };
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    /// <summary>All that it has said so far.</summary>
    public string Log => _daemon.Log;

    /// <summary>Starts the service as its image does.</summary>
    public static Task<AttestorService> StartAsync(AttestorFolder folder, CancellationToken cancellationToken) =>
        StartAsync(folder, Product.Program("SupplyChain.Attestor.Api", "SupplyChain.Attestor.Api"), [], cancellationToken);

    /// <summary>Starts the same service in a host that ends itself with SIGKILL at a step of the signing cycle.</summary>
    /// <param name="folder">What it is told.</param>
    /// <param name="step">The step's number.</param>
    /// <param name="moment">
    /// <c>start</c> or <c>stop</c> of the step, or which request to a registry or a log from there on, or the answer to it.
    /// </param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public static Task<AttestorService> StartCrashingAsync(
        AttestorFolder folder, string step, string moment, CancellationToken cancellationToken) =>
        StartAsync(
            folder, Product.Program("SupplyChain.CrashingAttestor", "SupplyChain.CrashingAttestor"),
            ["--step", step, "--at", moment], cancellationToken);

    /// <summary>Asks for an image to be signed on the strength of one report.</summary>
    /// <exception cref="HttpRequestException">The service did not answer, or not to the end.</exception>
    public async Task<AttestorReply> AttestAsync(
        string image, byte[] report, CancellationToken cancellationToken, string? idempotencyKey = null)
    {
        using var form = new MultipartFormDataContent();
        using var name = new StringContent(image);
        using var content = new ByteArrayContent(report);
        form.Add(name, "image");
        form.Add(content, "report", "report.json");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/attestations") { Content = form };
        if (idempotencyKey is not null)
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        using var answer = await _client.SendAsync(request, cancellationToken);
        var body = await answer.Content.ReadAsStringAsync(cancellationToken);
        return new AttestorReply(answer.StatusCode, JsonNode.Parse(body)!.AsObject(), answer.Headers.RetryAfter?.Delta);
    }

    /// <summary>Asks as a pipeline does: as long as the answer is to come back later, it comes back later.</summary>
    public async Task<AttestorReply> AttestPatientlyAsync(
        string image, byte[] report, CancellationToken cancellationToken, string? idempotencyKey = null)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var reply = await AttestAsync(image, report, cancellationToken, idempotencyKey);
            if (reply.RetryAfter is not { } wait || TimeProvider.System.GetElapsedTime(since) > Patience)
                return reply;

            await Task.Delay(wait, cancellationToken);
        }
    }

    /// <summary>Waits until the process ends by itself; 137 stands for an end by kill -9.</summary>
    public Task<int> WaitForEndAsync(CancellationToken cancellationToken) => _daemon.WaitForEndAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _daemon.DisposeAsync();
    }

    private static async Task<AttestorService> StartAsync(
        AttestorFolder folder, Tool program, string[] arguments, CancellationToken cancellationToken)
    {
        var daemon = await program.ServeAsync(
            ["--config", folder.Configuration, .. arguments], folder.Environment, "Now listening on: ", cancellationToken);
        return new AttestorService(daemon, folder.Token);
    }
}
