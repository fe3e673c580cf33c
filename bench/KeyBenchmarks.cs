// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using System.Text;
using SupplyChain.Kms;
using SupplyChain.Sigstore;
using SupplyChain.Testing;

namespace SupplyChain.Bench;

/// <summary>
/// What we add to a call of a key service: asked by a bare client, and by our guarded key over Vault's protocol, which verifies each
/// signature.
/// </summary>
internal static class KeyBenchmarks
{
    private const double AllowedMicroseconds = 150;
    private const int InFlight = 64;
    private const int Rounds = 11;
    private static readonly TimeSpan ServiceTime = TimeSpan.FromMilliseconds(10);

    /// <summary>
    /// Processor time of one signature beyond the bare call, its verification included: the ratio is the allowance ÷ what we take. There
    /// are always more calls than processors, so that no thread idles, which .NET's pool does at full speed.
    /// </summary>
    public static async Task<Result> ProcessorAsync()
    {
        await using var calls = await Calls.StartAsync(TimeSpan.Zero);
        var extra = new List<double>();
        for (var round = 0; round < 2 * Rounds; round++)
        {
            var floor = await ProcessorTimeAsync(calls.CallAsync);
            extra.Add(await ProcessorTimeAsync(calls.SignAsync) - floor);
        }

        // The first half was compilation, too.
        var median = Math.Max(Median(extra[Rounds..]), 0.001);
        return new Result("Key.Processor", AllowedMicroseconds / median, 1.0, median, "us-beyond-a-bare-call");
    }

    /// <summary>The time of one signature by a service that takes 10 ms.</summary>
    public static async Task<Result> LatencyAsync()
    {
        await using var calls = await Calls.StartAsync(ServiceTime);
        var (ratio, nanoseconds) = await Pairing.CompareAsync(calls.CallAsync, calls.SignAsync);
        return new Result("Key.Latency", ratio, 0.95, nanoseconds / 1e6, "ms/bare-call-of-a-10-ms-service");
    }

    /// <summary>
    /// Signatures a second by a service that takes 10 ms and 64 calls at once. A bare client keeps it busy with 64 callers; of us
    /// twice as many ask, and the 64 calls on their way are the guard's to keep up.
    /// </summary>
    public static async Task<Result> ThroughputAsync()
    {
        await using var calls = await Calls.StartAsync(ServiceTime);
        var ratios = new List<double>();
        var floors = new List<double>();
        for (var round = 0; round < Rounds; round++)
        {
            var floor = await CallsPerSecondAsync(calls.CallAsync, InFlight);
            ratios.Add(await CallsPerSecondAsync(calls.SignAsync, 2 * InFlight) / floor);
            floors.Add(floor);
        }

        return new Result(
            "Key.Throughput", Median(ratios), 0.9, Median(floors), $"calls/s-of-a-bare-client-with-{InFlight}-on-their-way");
    }

    private static async Task<double> ProcessorTimeAsync(Func<ValueTask> call)
    {
        const int callers = 16;
        const int calls = 250;
        using var process = Process.GetCurrentProcess();
        var before = process.TotalProcessorTime;
        await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < calls; i++)
                await call();
        })));
        process.Refresh();
        return (process.TotalProcessorTime - before).TotalMicroseconds / (callers * calls);
    }

    private static async Task<double> CallsPerSecondAsync(Func<ValueTask> call, int callers)
    {
        var calls = 0;
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(async () =>
        {
            while (watch.Elapsed < TimeSpan.FromSeconds(1))
            {
                await call();
                Interlocked.Increment(ref calls);
            }
        })));
        return calls / watch.Elapsed.TotalSeconds;
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted[sorted.Count / 2];
    }

    /// <summary>Both ways to ask a service.</summary>
    private sealed class Calls : IAsyncDisposable
    {
        private readonly KeyService _service;
        private readonly HttpClient _bare = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false });
        private readonly Uri _address;
        private readonly byte[] _request;
        private readonly VaultTransit _vault;
        private readonly ISigningKey _key;
        private readonly ToBeSigned _message;

        private Calls(KeyService service, VaultTransit vault, ISigningKey key, ToBeSigned message)
        {
            (_service, _vault, _key, _message) = (service, vault, key, message);
            _address = new Uri(service.Address, KeyService.SignPath);
            _bare.DefaultRequestHeaders.Add("X-Vault-Token", "bench");
            _request = Encoding.UTF8.GetBytes(
                $$"""{"key_version":1,"input":"{{Convert.ToBase64String(message.DigestFor(key.PublicKey.Algorithm))}}","prehashed":true,"marshaling_algorithm":"asn1"}""");
        }

        public static async Task<Calls> StartAsync(TimeSpan serviceTime)
        {
            using var world = await World.CreateAsync();
            var message = SimpleSigning.ToBeSigned(SimpleSigning.WritePayload(world.Repository, world.Image));
            var signature = Convert.ToBase64String(await world.Key.SignAsync(message, CancellationToken.None));
            var pem = world.Key.PublicKey.ToPem().Replace("\n", "\\n", StringComparison.Ordinal);
            var service = await KeyService.StartAsync(
                serviceTime,
                $$$$"""{"data":{"type":"ecdsa-p256","latest_version":1,"min_available_version":0,"min_encryption_version":0,"derived":false,"supports_signing":true,"keys":{"1":{"public_key":"{{{{pem}}}}"} }}}""",
                $$$"""{"data":{"signature":"vault:v1:{{{signature}}}"}}""");

            using var folder = new TempFolder();
            await File.WriteAllTextAsync(folder["token"], "bench");
            var vault = new VaultTransit(
                new VaultOptions
                {
                    Address = service.Address,
                    Login = new VaultLogin { Method = "token", TokenFile = folder["token"] },
                },
                TimeProvider.System);
            var unlimited = new KeyLimits { CallsPerSecond = 1_000_000, Burst = 1_000_000, InFlight = InFlight };
            var key = await new SigningKeys([vault], _ => unlimited, TimeProvider.System)
                .OpenAsync(KeyUri.Parse("hashivault://bench"), CancellationToken.None);
            return new Calls(service, vault, key, message);
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
            await _service.DisposeAsync();
        }
    }
}
