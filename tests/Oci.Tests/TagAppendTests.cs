// SPDX-License-Identifier: Apache-2.0

using System.Text;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Oci.Tags;
using SupplyChain.Testing;
using SupplyChain.Testing.Registry;

namespace SupplyChain.Oci.Tests;

/// <summary>Threat 33: writers that share a tag of a registry that can only be read and overwritten.</summary>
public sealed class TagAppendTests
{
    private static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(100);

    [Theory]
    [InlineData(2, 600)]
    [InlineData(3, 300)]
    [InlineData(5, 100)]
    public async Task However_the_writers_interleave_no_entry_is_lost(int writers, int runs)
    {
        // Off the test framework's synchronisation context, so that one thread runs everything in the order that is drawn.
        await Task.Run(() =>
        {
            for (var seed = 0; seed < runs; seed++)
            {
                var world = new World(seed);
                var all = Enumerable.Range(0, writers).Select(writer => CarefulAsync(world, writer)).ToList();
                world.RunUntilDone(all);
                Assert.True(Entries(writers).SetEquals(world.Held), $"seed {seed}: the tag holds {string.Join(' ', world.Held)}");
            }
        });
    }

    [Fact]
    public async Task The_same_interleavings_lose_entries_of_writers_that_only_read_back_at_once()
    {
        var lost = await Task.Run(() => Enumerable.Range(0, 200).Count(seed =>
        {
            var world = new World(seed);
            world.RunUntilDone([.. Enumerable.Range(0, 2).Select(writer => HastyAsync(world, writer))]);
            return !Entries(2).SetEquals(world.Held);
        }));

        Assert.InRange(lost, 1, 199);
    }

    [Fact]
    public async Task Somebody_who_never_stops_replacing_the_tag_is_a_conflict()
    {
        var world = new World(seed: 1) { Vandal = true };
        var fault = await Task.Run(() =>
        {
            var writer = CarefulAsync(world, 0);
            world.RunUntilDone([writer]);
            return Assert.ThrowsAsync<RegistryException>(() => writer);
        });

        Assert.Equal("PUBLISH_CONFLICT", fault.Reason.Name);
    }

    [Fact]
    public async Task An_entry_that_a_late_writer_overwrote_after_it_was_seen_is_put_back()
    {
        await using var simulator = await RegistrySimulator.StartAsync(RegistrySetup.Classic);
        using var late = Client.Of(simulator, with: Settling(300));
        using var early = Client.Of(simulator, with: Settling(300));
        var image = await ReferrersTests.ImageAsync(simulator, late);
        var held = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        simulator.Break("PUT", "/v2/team/app/manifests/sha256-*", new FaultEffect.Before(_ =>
        {
            held.SetResult();
            return release.Task;
        }), times: 1);

        // The late writer has read an empty tag; before it replaces it, the early one writes, and reads back.
        var lateEntry = ReferrersTests.AttachAsync(late, image, "late");
        await held.Task;
        var earlyEntry = ReferrersTests.AttachAsync(early, image, "early");
        while (simulator.Count("PUT", "/v2/team/app/manifests/sha256-*") < 2)
            await Task.Delay(5);
        release.SetResult();

        var expected = new HashSet<Digest> { (await lateEntry).Digest, (await earlyEntry).Digest };
        Assert.True(expected.SetEquals((await late.ReferrersAsync(image.Digest)).Select(entry => entry.Digest)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Two_services_that_attach_to_one_image_fifty_times_lose_nothing(bool honoursConditions)
    {
        await using var simulator = await RegistrySimulator.StartAsync(
            RegistrySetup.Classic with { HonoursConditions = honoursConditions });
        using var one = Client.Of(simulator, with: Settling(400));
        using var other = Client.Of(simulator, with: Settling(400));
        var image = await ReferrersTests.ImageAsync(simulator, one);
        simulator.Break(
            "*", "/v2/team/app/manifests/sha256-*", new FaultEffect.Before(_ => Task.Delay(Random.Shared.Next(8))));

        var attached = new List<Manifest>();
        for (var round = 0; round < 5; round++)
        {
            attached.AddRange(await Task.WhenAll(Enumerable.Range(0, 5).SelectMany(i => new[]
            {
                ReferrersTests.AttachAsync(one, image, $"one {round} {i}"), ReferrersTests.AttachAsync(other, image, $"other {round} {i}"),
            })));
        }

        var listed = await one.ReferrersAsync(image.Digest);
        Assert.Equal(50, listed.Count);
        Assert.True(
            attached.Select(referrer => referrer.Digest).ToHashSet().SetEquals(listed.Select(entry => entry.Digest)));
    }

    [Fact]
    public async Task Two_services_that_sign_into_one_tag_lose_nothing()
    {
        await using var simulator = await RegistrySimulator.StartAsync(RegistrySetup.Classic);
        using var one = Client.Of(simulator, with: Settling(400));
        using var other = Client.Of(simulator, with: Settling(400));
        var subject = Digest.Compute("image"u8);

        await Task.WhenAll(Enumerable.Range(0, 10).SelectMany(i => new[] { SignAsync(one, $"one {i}"), SignAsync(other, $"other {i}") }));

        var manifest = await one.FetchAsync(TagLayout.TagFor(subject, TagLayout.Signatures));
        Assert.Equal(20, manifest?.Layers.Count);

        Task SignAsync(Client client, string signature)
        {
            var (layer, content) = Samples.Signature(signature);
            return TagLayout.AppendAsync(client.Registry, client.Repository, subject, TagLayout.Signatures, layer, content, Client.Token).AsTask();
        }
    }

    [Fact]
    public async Task A_condition_that_a_proxy_spoils_does_not_stop_us()
    {
        await using var simulator = await RegistrySimulator.StartAsync(
            RegistrySetup.Classic with { HonoursConditions = true });
        using var client = Client.Of(simulator);
        var image = await ReferrersTests.ImageAsync(simulator, client);
        await ReferrersTests.AttachAsync(client, image, "one");
        simulator.Break("GET", "/v2/team/app/manifests/sha256-*", FaultEffect.Header("ETag", "W/\"rewritten\""));

        await ReferrersTests.AttachAsync(client, image, "two");

        Assert.Equal(2, (await client.ReferrersAsync(image.Digest)).Count);
    }

    [Fact]
    public async Task A_replacement_is_sent_once_and_what_became_of_it_is_read()
    {
        await using var simulator = await RegistrySimulator.StartAsync(RegistrySetup.Classic);
        using var client = Client.Of(simulator);
        var image = await ReferrersTests.ImageAsync(simulator, client);
        simulator.Break("PUT", "/v2/team/app/manifests/sha256-*", new FaultEffect.LoseAnswer(), times: 1);

        await ReferrersTests.AttachAsync(client, image, "one");

        Assert.Equal(1, simulator.Count("PUT", "/v2/team/app/manifests/sha256-*"));
        Assert.Single(await client.ReferrersAsync(image.Digest));
    }

    [Fact]
    public async Task A_registry_that_refuses_the_replacement_again_and_again_is_believed()
    {
        await using var simulator = await RegistrySimulator.StartAsync(RegistrySetup.Classic);
        using var client = Client.Of(simulator);
        var image = await ReferrersTests.ImageAsync(simulator, client);
        simulator.Break("PUT", "/v2/team/app/manifests/sha256-*", FaultEffect.Status(503));

        var fault = await Assert.ThrowsAsync<RegistryException>(() => ReferrersTests.AttachAsync(client, image, "one"));

        Assert.Equal("REGISTRY_UNAVAILABLE", fault.Reason.Name);
        Assert.Equal(Limits.RegistryTries, simulator.Count("PUT", "/v2/team/app/manifests/sha256-*"));
    }

    private static Func<RegistryOptions, RegistryOptions> Settling(int milliseconds) =>
        options => options with { TagSettleTime = TimeSpan.FromMilliseconds(milliseconds) };

    private static HashSet<string> Entries(int writers) =>
        [.. Enumerable.Range(0, writers).SelectMany(writer => Enumerable.Range(0, 2).Select(i => Entry(writer, i).Digest.Hex))];

    private static Descriptor Entry(int writer, int i) =>
        new(MediaTypes.ImageManifest, Digest.Compute(Encoding.UTF8.GetBytes($"{writer}/{i}")), 1);

    private static ValueTask<Manifest> ComposeAsync(
        Manifest? current, IReadOnlyList<Descriptor> added, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Manifest.WriteIndex([.. current?.Manifests ?? [], .. added]));

    private static async Task CarefulAsync(World world, int writer)
    {
        for (var i = 0; i < 2; i++)
            await new TagAppend(new World.Store(world), Settle, world.Clock).RunAsync(
                Entry(writer, i), ComposeAsync, CancellationToken.None);
    }

    // What the field does at its best: replace, read back at once, repair.
    private static async Task HastyAsync(World world, int writer)
    {
        var store = new World.Store(world);
        for (var i = 0; i < 2; i++)
        {
            var seen = new EntrySet();
            seen.Add(Entry(writer, i));
            while (true)
            {
                var current = await store.ReadAsync(CancellationToken.None);
                seen.AddRange(current?.Entries ?? []);
                var missing = seen.MissingFrom(current?.Entries ?? []);
                if (missing.Count == 0)
                    break;
                try
                {
                    await store.TryReplaceAsync(current, await ComposeAsync(current, missing, CancellationToken.None), CancellationToken.None);
                }
                catch (RegistryException lost)
                {
                    Assert.True(lost.Reason.IsRetryable);
                }
            }
        }
    }

    /// <summary>
    /// One tag, a clock, and a hand that draws what happens next: a request takes effect, an answer arrives or is lost,
    /// or time passes. A request takes effect, and its answer arrives, within <see cref="Latency"/> and one step of the
    /// clock; so a writer takes at most twice that from reading to replacing, which is less than the settle time.
    /// </summary>
    private sealed class World(int seed)
    {
        private static readonly TimeSpan Latency = TimeSpan.FromMilliseconds(25);
        private readonly Random _hand = new(seed);
        private readonly List<Step> _steps = [];
        private Manifest? _tag;
        private int _losses = 2;

        public ManualClock Clock { get; } = new();

        /// <summary>Whether somebody empties the tag all the time.</summary>
        public bool Vandal { get; init; }

        public IReadOnlySet<string> Held => (_tag?.Manifests ?? []).Select(
            entry => entry.Digest.Hex).ToHashSet(StringComparer.Ordinal);

        public void RunUntilDone(IReadOnlyList<Task> writers)
        {
            while (!writers.All(writer => writer.IsCompleted))
            {
                var overdue = _steps.FindIndex(step => Clock.GetUtcNow() >= step.Deadline);
                if (overdue >= 0 || (_steps.Count > 0 && _hand.Next(3) > 0))
                    Take(overdue >= 0 ? overdue : _hand.Next(_steps.Count));
                else
                    Clock.Advance(TimeSpan.FromMilliseconds(_hand.Next(1, 20)));

                if (Vandal)
                    _tag = null;
            }

            foreach (var writer in writers.Where(writer => writer.IsFaulted && !Vandal))
                Assert.Fail(writer.Exception!.ToString());
        }

        private void Take(int index)
        {
            var step = _steps[index];
            _steps.RemoveAt(index);
            step.Do();
        }

        private Task Soon()
        {
            var reached = new TaskCompletionSource();
            _steps.Add(new Step(Clock.GetUtcNow() + Latency, reached.SetResult));
            return reached.Task;
        }

        private sealed record Step(DateTimeOffset Deadline, Action Do);

        internal sealed class Store(World world) : TagAppend.IStore
        {
            private readonly KeyedGate _gate = new();

            public ValueTask<KeyedGate.Passage> EnterAsync(CancellationToken cancellationToken) =>
                _gate.EnterAsync("the tag", cancellationToken);

            public async ValueTask<Manifest?> ReadAsync(CancellationToken cancellationToken)
            {
                await world.Soon();
                var read = world._tag;
                await world.Soon();
                return read;
            }

            public async ValueTask<bool> TryReplaceAsync(
                Manifest? current, Manifest replacement, CancellationToken cancellationToken)
            {
                await world.Soon();
                var isLost = world._losses > 0 && world._hand.Next(20) == 0;
                if (isLost)
                    world._losses--;
                if (!isLost || world._hand.Next(2) == 0)
                    world._tag = replacement;
                await world.Soon();
                return isLost
                    ? throw new RegistryException(ReasonCode.RegistryUnavailable, "the request or its answer was lost")
                    : true;
            }
        }
    }
}
