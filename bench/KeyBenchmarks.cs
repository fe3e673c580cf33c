// SPDX-License-Identifier: Apache-2.0

using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SupplyChain.Kms;
using SupplyChain.Sigstore;
using SupplyChain.Testing;

namespace SupplyChain.Bench;

/// <summary>
/// What we add to a call of a key service: a server that answers after 10 ms with a signature that it has ready, asked by a
/// bare client and by our guarded key over Vault's protocol, which verifies each signature.
/// </summary>
internal static class KeyBenchmarks
{
    private const int InFlight = 64;
    private static readonly TimeSpan ServiceTime = TimeSpan.FromMilliseconds(10);

    /// <summary>The time of one signature by a service that takes 10 ms.</summary>
    public static async Task<Result> LatencyAsync()
    {
        await using var service = await Service.StartAsync(ServiceTime);
        var (ratio, nanoseconds) = await Pairing.CompareAsync(service.CallAsync, service.SignAsync);
        return new Result("Key.Latency", ratio, 0.95, nanoseconds / 1e6, "ms/bare-call-of-a-10-ms-service");
    }

    /// <summary>A server with one ready answer, and both ways to ask it.</summary>
    private sealed class Service : IAsyncDisposable
    {
        private const string Sign = "/v1/transit/sign/bench/sha2-256";

        private readonly WebApplication _server;
        private readonly HttpClient _bare;
        private readonly Uri _address;
        private readonly byte[] _request;
        private readonly VaultTransit _vault;
        private readonly ISigningKey _key;
        private readonly ToBeSigned _message;

        private Service(WebApplication server, Uri address, VaultTransit vault, ISigningKey key, ToBeSigned message)
        {
            (_server, _vault, _key, _message) = (server, vault, key, message);
            _address = new Uri(address, Sign);
            _bare = new HttpClient(new SocketsHttpHandler { UseProxy = false, UseCookies = false });
            _bare.DefaultRequestHeaders.Add("X-Vault-Token", "bench");
            _request = Encoding.UTF8.GetBytes(
                $$"""{"key_version":1,"input":"{{Convert.ToBase64String(message.DigestFor(key.PublicKey.Algorithm))}}","prehashed":true,"marshaling_algorithm":"asn1"}""");
        }

        public static async Task<Service> StartAsync(TimeSpan serviceTime)
        {
            using var world = await World.CreateAsync();
            var message = SimpleSigning.ToBeSigned(SimpleSigning.WritePayload(world.Repository, world.Image));
            var signature = Convert.ToBase64String(await world.Key.SignAsync(message, CancellationToken.None));
            var signed = Encoding.UTF8.GetBytes($$$"""{"data":{"signature":"vault:v1:{{{signature}}}"}}""");
            var described = Encoding.UTF8.GetBytes(
                $$$$"""{"data":{"type":"ecdsa-p256","latest_version":1,"min_available_version":0,"min_encryption_version":0,"derived":false,"supports_signing":true,"keys":{"1":{"public_key":"{{{{world.Key.PublicKey.ToPem().Replace("\n", "\\n", StringComparison.Ordinal)}}}}"} }}}""");

            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.ConfigureKestrel(server => server.Listen(IPAddress.Loopback, 0));
            var server = builder.Build();
            server.MapGet("/v1/transit/keys/bench", context => AnswerAsync(context, described, TimeSpan.Zero));
            server.MapPost(Sign, context => AnswerAsync(context, signed, serviceTime));
            await server.StartAsync();
            var address = new Uri(
                server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

            using var folder = new TempFolder();
            await File.WriteAllTextAsync(folder["token"], "bench");
            var vault = new VaultTransit(
                new VaultOptions { Address = address, Login = new VaultLogin { Method = "token", TokenFile = folder["token"] } }, TimeProvider.System);
            var unlimited = new KeyLimits { CallsPerSecond = 1_000_000, Burst = 1_000_000, InFlight = InFlight };
            var key = await new SigningKeys([vault], _ => unlimited, TimeProvider.System)
                .OpenAsync(KeyUri.Parse("hashivault://bench"), CancellationToken.None);
            return new Service(server, address, vault, key, message);
        }

        public async ValueTask CallAsync()
        {
            using var content = new ByteArrayContent(_request);
            using var answer = await _bare.PostAsync(_address, content);
            answer.EnsureSuccessStatusCode();
            await answer.Content.ReadAsByteArrayAsync();
        }

        public async ValueTask SignAsync() => await _key.SignAsync(_message, CancellationToken.None);

        public async ValueTask DisposeAsync()
        {
            (_key as IDisposable)?.Dispose();
            _vault.Dispose();
            _bare.Dispose();
            await _server.DisposeAsync();
        }

        private static async Task AnswerAsync(HttpContext context, byte[] answer, TimeSpan after)
        {
            await context.Request.Body.CopyToAsync(Stream.Null);
            if (after > TimeSpan.Zero)
                await Task.Delay(after);
            context.Response.ContentType = "application/json";
            context.Response.ContentLength = answer.Length;
            await context.Response.Body.WriteAsync(answer);
        }
    }
}
