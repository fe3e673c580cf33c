// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Testing;
using SupplyChain.Testing.Registry;

namespace SupplyChain.Oci.Tests;

/// <summary>Threats 25 and 26: a registry that lies, stalls, floods or fails.</summary>
public sealed class RegistryFaultTests
{
    private const string Manifests = "/v2/team/app/manifests/*";
    private const string Blobs = "/v2/team/app/blobs/*";
    private static readonly FaultEffect LaterThanEver = FaultEffect.Status(503, ("Retry-After", "3600"));

    public static TheoryData<string, FaultEffect, string, int> ManifestFaults => new()
    {
        { "other bytes under the right headers", FaultEffect.OtherBytes([.. "{}"u8]), "DIGEST_MISMATCH", 1 },
        { "no bytes at all", FaultEffect.OtherBytes([]), "DIGEST_MISMATCH", 1 },
        { "hangs", new FaultEffect.Hang(), "REGISTRY_UNAVAILABLE", 1 },
        { "one byte a second", new FaultEffect.Drip(TimeSpan.FromSeconds(1)), "REGISTRY_LIMIT", 1 },
        { "never ends", new FaultEffect.Endless(MediaTypes.ImageManifest), "REGISTRY_LIMIT", 1 },
        { "throttles for ever", FaultEffect.Status(429), "REGISTRY_THROTTLED", 3 },
        { "throttles for longer than there is time", FaultEffect.Status(429, ("Retry-After", "3600")), "REGISTRY_THROTTLED", 1 },
        { "is down for longer than there is time", LaterThanEver, "REGISTRY_UNAVAILABLE", 1 },
        { "500", FaultEffect.Status(500), "REGISTRY_UNAVAILABLE", 3 },
        { "502", FaultEffect.Status(502), "REGISTRY_UNAVAILABLE", 3 },
        { "breaks the connection", new FaultEffect.LoseAnswer(), "REGISTRY_UNAVAILABLE", 3 },
        { "breaks off in the middle", new FaultEffect.BreakOff(), "REGISTRY_UNAVAILABLE", 3 },
        { "401 without a challenge", FaultEffect.Status(401), "REGISTRY_DENIED", 1 },
        { "403", FaultEffect.Status(403), "REGISTRY_DENIED", 1 },
        { "400", FaultEffect.Status(400), "REGISTRY_PROTOCOL", 1 },
        { "204", FaultEffect.Status(204), "REGISTRY_PROTOCOL", 1 },
        { "206 of the right bytes", new FaultEffect.Change(reply => reply with { Status = 206 }), "REGISTRY_PROTOCOL", 1 },
        { "418", FaultEffect.Status(418), "REGISTRY_PROTOCOL", 1 },
    };

    [Theory, MemberData(nameof(ManifestFaults))]
    public async Task A_manifest_that_cannot_be_had_says_why(
        string because, FaultEffect effect, string reason, int requests)
    {
        await using var simulator = await RegistrySimulator.StartAsync();
        var stored = simulator.In("team/app").AddImage();
        simulator.Break("GET", Manifests, effect);
        using var client = Client.Of(simulator, clock: new FastClock(10), with: Client.PatienceFor(effect));

        var fault = await Assert.ThrowsAsync<RegistryException>(async () => await client.FetchAsync(stored.Digest));

        Assert.True(string.Equals(reason, fault.Reason.Name, StringComparison.Ordinal), $"{because}: {fault}");
        Assert.Equal(requests, simulator.Count("GET", Manifests));
    }

    public static TheoryData<string, FaultEffect, string> BlobFaults => new()
    {
        { "other bytes of the same length", new FaultEffect.Change(reply => reply with { Body = [.. reply.Body.Select(b => (byte)(b ^ 1))] }), "DIGEST_MISMATCH" },
        { "a byte too few", new FaultEffect.Change(reply => reply with { Body = reply.Body[1..] }), "DIGEST_MISMATCH" },
        { "a byte too many", new FaultEffect.Change(reply => reply with { Body = [.. reply.Body, 0] }), "DIGEST_MISMATCH" },
        { "never ends: given up at the first byte too many", new FaultEffect.Endless("application/octet-stream"), "DIGEST_MISMATCH" },
        { "one byte a second", new FaultEffect.Drip(TimeSpan.FromSeconds(1)), "REGISTRY_LIMIT" },
        { "hangs", new FaultEffect.Hang(), "REGISTRY_UNAVAILABLE" },
        { "compressed although nobody asked", new FaultEffect.Change(Compressed), "DIGEST_MISMATCH" },
    };

    [Theory, MemberData(nameof(BlobFaults))]
    public async Task A_blob_that_cannot_be_had_says_why(string because, FaultEffect effect, string reason)
    {
        await using var simulator = await RegistrySimulator.StartAsync();
        var blob = simulator.In("team/app").AddBlob([.. "some content"u8]);
        simulator.Break("GET", Blobs, effect);
        using var client = Client.Of(simulator, clock: new FastClock(10), with: Client.PatienceFor(effect));

        var fault = await Assert.ThrowsAsync<RegistryException>(async () => await client.FetchAsync(blob));

        Assert.True(string.Equals(reason, fault.Reason.Name, StringComparison.Ordinal), $"{because}: {fault}");
    }

    [Fact]
    public async Task A_blob_that_was_lost_is_absent()
    {
        await using var simulator = await RegistrySimulator.StartAsync();
        var blob = simulator.In("team/app").AddBlob([.. "some content"u8]);
        simulator.In("team/app").LoseBlob(blob.Digest);
        using var client = Client.Of(simulator);

        Assert.Null(await client.FetchAsync(blob));
    }

    [Fact]
    public async Task A_blob_that_claims_more_than_is_accepted_is_not_asked_for()
    {
        await using var simulator = await RegistrySimulator.StartAsync();
        var blob = simulator.In("team/app").AddBlob([.. "some content"u8]);
        using var client = Client.Of(simulator);

        var fault = await Assert.ThrowsAsync<RegistryException>(async () =>
            await client.FetchAsync(blob, limit: blob.Size - 1));

        Assert.Equal("REGISTRY_LIMIT", fault.Reason.Name);
        Assert.Empty(simulator.Requests);
        Assert.NotNull(await client.FetchAsync(blob, limit: blob.Size));
    }

    [Fact]
    public async Task Memory_grows_with_what_arrives_and_not_with_what_a_descriptor_claims()
    {
        await using var simulator = await RegistrySimulator.StartAsync();
        var blob = simulator.In("team/app").AddBlob([.. "some content"u8]) with { Size = 2_000_000_000 };
        using var client = Client.Of(simulator);
        var before = GC.GetTotalAllocatedBytes();

        var fault = await Assert.ThrowsAsync<RegistryException>(async () =>
            await client.FetchAsync(blob, limit: int.MaxValue));

        Assert.Equal("DIGEST_MISMATCH", fault.Reason.Name);
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 1_000_000_000);
    }

    [Fact]
    public async Task A_manifest_over_the_limit_is_refused_and_one_at_the_limit_is_not()
    {
        await using var simulator = await RegistrySimulator.StartAsync();
        var image = simulator.In("team/app").AddImage();
        var atLimit = simulator.In("team/app").AddManifest(PaddedTo(image.Content, Limits.ManifestBytes), image.MediaType);
        var over = simulator.In("team/app").AddManifest(PaddedTo(image.Content, Limits.ManifestBytes + 1), image.MediaType);
        using var client = Client.Of(simulator);

        Assert.NotNull(await client.FetchAsync(atLimit.Digest));
        var fault = await Assert.ThrowsAsync<RegistryException>(async () => await client.FetchAsync(over.Digest));
        Assert.Equal("REGISTRY_LIMIT", fault.Reason.Name);
    }

    public static TheoryData<string, FaultEffect> PassingFaults => new()
    {
        { "429", FaultEffect.Status(429) },
        { "429 with a wait", FaultEffect.Status(429, ("Retry-After", "1")) },
        { "500", FaultEffect.Status(500) },
        { "503 with a date gone by", FaultEffect.Status(503, ("Retry-After", "Fri, 01 Jan 2016 00:00:00 GMT")) },
        { "broken connection", new FaultEffect.LoseAnswer() },
        { "broken off", new FaultEffect.BreakOff() },
    };

    [Theory, MemberData(nameof(PassingFaults))]
    public async Task A_fault_that_passes_is_waited_out(string because, FaultEffect effect)
    {
        await using var simulator = await RegistrySimulator.StartAsync();
        var stored = simulator.In("team/app").AddImage();
        simulator.Break("GET", Manifests, effect, times: 2);
        using var client = Client.Of(simulator, clock: new FastClock(10), with: Client.PatienceFor(effect));

        Assert.True(await client.FetchAsync(stored.Digest) is not null, because);
        Assert.Equal(3, simulator.Count("GET", Manifests));
    }

    [Fact]
    public async Task Retry_After_is_respected()
    {
        await using var simulator = await RegistrySimulator.StartAsync();
        var stored = simulator.In("team/app").AddImage();
        simulator.Break("GET", Manifests, FaultEffect.Status(429, ("Retry-After", "5")), times: 1);
        var clock = new FastClock(20);
        using var client = Client.Of(
            simulator, clock: clock, with: options => options with { OperationTimeout = TimeSpan.FromSeconds(60) });

        Assert.NotNull(await client.FetchAsync(stored.Digest));

        Assert.InRange(clock.Elapsed, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(55));
    }

    [Fact]
    public async Task What_the_registry_asks_for_is_passed_on_to_the_caller()
    {
        await using var simulator = await RegistrySimulator.StartAsync();
        simulator.Break("GET", Manifests, LaterThanEver);
        using var client = Client.Of(simulator);

        var fault = await Assert.ThrowsAsync<RegistryException>(async () => await client.FetchAsync("v1"));

        Assert.Equal(TimeSpan.FromHours(1), fault.RetryAfter);
        Assert.True(fault.Reason.IsRetryable);
    }

    [Fact]
    public async Task The_callers_patience_ends_the_wait_as_a_cancellation()
    {
        await using var simulator = await RegistrySimulator.StartAsync();
        simulator.Break("GET", Manifests, new FaultEffect.Hang());
        using var client = Client.Of(simulator);
        using var impatient = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            await client.Registry.FetchManifestAsync(client.Repository, "v1", impatient.Token));
    }

    [Fact]
    public async Task A_connection_that_does_not_come_about_is_unavailable_and_no_cancellation()
    {
        using var client = Client.Of(
            new RegistryOptions { Host = "registry.example.com", OperationTimeout = TimeSpan.FromSeconds(1) },
            lookup: async (_, given) =>
            {
                await Task.Delay(Timeout.Infinite, given);
                return [];
            });

        var fault = await Assert.ThrowsAsync<RegistryException>(async () => await client.FetchAsync("v1"));

        Assert.Equal("REGISTRY_UNAVAILABLE", fault.Reason.Name);
    }

    [Fact]
    public async Task Nothing_listening_is_an_error_and_not_an_absence()
    {
        int port;
        await using (var gone = await RegistrySimulator.StartAsync())
            port = gone.Port;
        using var client = Client.Of(
            new RegistryOptions { Host = $"127.0.0.1:{port}", PlainHttp = true }, clock: new FastClock(10));

        var fault = await Assert.ThrowsAsync<RegistryException>(async () => await client.FetchAsync("v1"));

        Assert.Equal("REGISTRY_UNAVAILABLE", fault.Reason.Name);
    }

    [Fact]
    public async Task A_message_repeats_the_registrys_code_and_nothing_else_it_said()
    {
        await using var simulator = await RegistrySimulator.StartAsync();
        simulator.Break("GET", Manifests, new FaultEffect.Answer(Reply.Error(400, "NAME_INVALID")));
        using var client = Client.Of(simulator);

        var fault = await Assert.ThrowsAsync<RegistryException>(async () => await client.FetchAsync("v1"));

        Assert.Contains("400 NAME_INVALID", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("said the simulator", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Storing_survives_an_answer_that_is_lost_after_the_work_was_done()
    {
        await using var simulator = await RegistrySimulator.StartAsync();
        simulator.Break("PUT", "*", new FaultEffect.LoseAnswer(), times: 1);
        using var client = Client.Of(simulator);
        var (layer, content) = Samples.Signature("sig");

        await client.Registry.PushBlobAsync(client.Repository, layer, content, Client.Token);

        Assert.NotNull(simulator.In("team/app").FindBlob(layer.Digest.ToString()));
        Assert.Equal(1, simulator.Count("PUT", Blobs));
    }

    public static TheoryData<string, string, FaultEffect, string> PushFaults => new()
    {
        { "no right to write", "POST", FaultEffect.Status(403), "REGISTRY_DENIED" },
        { "no such repository", "PUT", FaultEffect.Status(404), "REGISTRY_DENIED" },
        { "a blob is missing", "PUT", new FaultEffect.Answer(Reply.Error(400, "MANIFEST_BLOB_UNKNOWN")), "BLOB_MISSING" },
        { "the manifest is not liked", "PUT", new FaultEffect.Answer(Reply.Error(400, "MANIFEST_INVALID")), "REGISTRY_PROTOCOL" },
        { "the manifest is too large for it", "PUT", FaultEffect.Status(413), "REGISTRY_PROTOCOL" },
        { "answers 200 to what creates", "PUT", FaultEffect.Status(200), "REGISTRY_PROTOCOL" },
        { "full", "PUT", FaultEffect.Status(507), "REGISTRY_UNAVAILABLE" },
    };

    [Theory, MemberData(nameof(PushFaults))]
    public async Task Storing_that_fails_says_why(string because, string method, FaultEffect effect, string reason)
    {
        await using var simulator = await RegistrySimulator.StartAsync();
        simulator.Break(method, method is "PUT" ? Manifests : "*", effect);
        using var client = Client.Of(simulator, clock: new FastClock(10), with: Client.PatienceFor(effect));
        var (layer, content) = Samples.Signature("sig");

        var fault = await Assert.ThrowsAsync<RegistryException>(async () =>
        {
            await client.Registry.PushBlobAsync(client.Repository, layer, content, Client.Token);
            await client.Registry.PushManifestAsync(
                client.Repository, Manifest.WriteImage(null, layer, [layer]), null, Client.Token);
        });

        Assert.True(string.Equals(reason, fault.Reason.Name, StringComparison.Ordinal), $"{because}: {fault}");
    }

    [Fact]
    public async Task Content_that_is_not_what_its_descriptor_says_is_not_stored()
    {
        await using var simulator = await RegistrySimulator.StartAsync();
        using var client = Client.Of(simulator);
        var (layer, content) = Samples.Signature("sig");

        await Assert.ThrowsAsync<ArgumentException>(async () =>
            await client.Registry.PushBlobAsync(client.Repository, layer, content.AsMemory(1), Client.Token));
        Assert.Empty(simulator.Requests);
    }

    [Fact]
    public async Task A_repository_of_another_host_is_not_asked_for_here()
    {
        await using var simulator = await RegistrySimulator.StartAsync();
        using var client = Client.Of(simulator);
        var elsewhere = Repository.Parse("registry.example.com/team/app");

        await Assert.ThrowsAsync<ArgumentException>(async () =>
            await client.Registry.FetchManifestAsync(elsewhere, "v1", Client.Token));
        await Assert.ThrowsAsync<ArgumentException>(async () =>
            await client.Registry.FetchManifestAsync(client.Repository, "../v1", Client.Token));
        Assert.Empty(simulator.Requests);
    }

    private static byte[] PaddedTo(byte[] json, int length) =>
        [.. json.AsSpan(0, json.Length - 1), .. Enumerable.Repeat((byte)' ', length - json.Length), .. "}"u8];

    private static Reply Compressed(Reply reply)
    {
        using var packed = new MemoryStream();
        using (var gzip = new System.IO.Compression.GZipStream(packed, System.IO.Compression.CompressionLevel.Fastest))
            gzip.Write(reply.Body);
        return (reply with { Body = packed.ToArray() }).With("Content-Encoding", "gzip");
    }
}
