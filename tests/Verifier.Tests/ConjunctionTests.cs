// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Policy;
using SupplyChain.Verifier.Kubernetes;
using SupplyChain.Verifier.Tests.Kubernetes;

namespace SupplyChain.Verifier.Tests;

/// <summary>Threat 62: one good container must not admit the pod.</summary>
public sealed class ConjunctionTests : IDisposable
{
    private readonly Gate _gate = new();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task One_bad_image_denies_at_every_position_and_in_every_order_of_finishing(int position)
    {
        const int Count = 5;
        foreach (var order in Orders(Count).Where((_, i) => i % 7 == position))
        {
            var digests = Enumerable.Range(0, Count).Select(i => Digest.Compute([(byte)i, (byte)position])).ToArray();
            var finish = digests.Select(_ => new TaskCompletionSource()).ToArray();
            for (var i = 0; i < Count; i++)
            {
                var index = i;
                _gate.Evidence.Answer(digests[i], async (repository, image, _) =>
                {
                    await finish[index].Task;
                    return index == position
                        ? ScriptedEvidence.Set(repository, image)
                        : ScriptedEvidence.Set(repository, image) with { Signatures = [_gate.Release.Sign(repository, image)] };
                });
            }

            // Everything is asked anew for each order.
            _gate.Use("");
            var answer = _gate.ReviewAsync([.. digests.Select(digest => $"{Gate.Api}@{digest}")]);
            foreach (var index in order)
            {
                Assert.False(answer.IsCompleted);
                finish[index].SetResult();
            }

            var denied = await answer;
            Assert.False(denied.IsAllowed);
            Assert.Equal(ReasonCode.ImageDenied, denied.Reason);
            Assert.Equal(Enumerable.Range(0, Count).Select(i => i == position), denied.Images.Select(image => image.Verdict.IsBlocking));
            Assert.Contains($"spec.containers[{position}] \"c{position}\"", denied.Message, StringComparison.Ordinal);
            Assert.StartsWith("1 of 5 images may not run", denied.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Two_hundred_containers_are_all_judged_and_the_last_one_denies()
    {
        var digests = Enumerable.Range(0, 200).Select(i => Digest.Compute(BitConverter.GetBytes(i))).ToList();
        foreach (var digest in digests.SkipLast(1))
            _gate.Evidence.Signed(digest, _gate.Release);
        _gate.Evidence.Bare(digests[^1]);

        var images = digests.Select(digest => $"{Gate.Api}@{digest}").ToArray();
        var denied = await _gate.ReviewAsync(images);
        Assert.False(denied.IsAllowed);
        Assert.Equal(200, denied.Images.Count);
        Assert.Equal(199, denied.Images.Count(image => image.Verdict.Decision.IsPositive));
        Assert.Equal(200, _gate.Evidence.Asked);

        Assert.True((await _gate.ReviewAsync(images[..^1])).IsAllowed);
        Assert.Equal(200, _gate.Evidence.Asked);
    }

    [Fact]
    public async Task No_more_images_are_looked_into_at_once_than_configured()
    {
        using var gate = new Gate(options: new VerifierOptions { ConcurrentImages = 3 });
        int now = 0, most = 0;
        var digests = Enumerable.Range(0, 20).Select(i => Digest.Compute(BitConverter.GetBytes(i))).ToList();
        foreach (var digest in digests)
        {
            gate.Evidence.Answer(digest, async (repository, image, _) =>
            {
                InterlockedMax(ref most, Interlocked.Increment(ref now));
                await Task.Delay(5);
                Interlocked.Decrement(ref now);
                return ScriptedEvidence.Set(repository, image) with { Signatures = [gate.Release.Sign(repository, image)] };
            });
        }

        Assert.True((await gate.ReviewAsync([.. digests.Select(digest => $"{Gate.Api}@{digest}")])).IsAllowed);
        Assert.InRange(most, 1, 3);
    }

    [Fact]
    public async Task An_image_named_many_times_is_judged_once_and_every_place_is_named()
    {
        var podSpec = Reviews.PodSpec(Gate.BadImage, Gate.BadImage);
        podSpec["initContainers"] = new JsonArray(Reviews.Container("init", Gate.BadImage));
        podSpec["volumes"] = new JsonArray(new JsonObject
        {
            ["name"] = "data",
            ["image"] = new JsonObject { ["reference"] = Gate.BadImage },
        });
        var review = Reviews.Read(Reviews.Of(Reviews.Object("apps/v1", "Deployment", podSpec)));
        var answer = await _gate.Verifier.ReviewAsync(review, null, CancellationToken.None);
        Assert.Single(answer.Images);
        Assert.Equal(1, _gate.Evidence.Asked);
        foreach (var place in new[] { "containers[0] \"c0\"", "containers[1] \"c1\"", "initContainers[0] \"init\"", "volumes[0] \"data\"" })
            Assert.Contains("spec.template.spec." + place, answer.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_field_without_an_image_denies_beside_good_ones()
    {
        var podSpec = Reviews.PodSpec(Gate.GoodImage, "");
        var review = Reviews.Read(Reviews.Of(Reviews.Object("v1", "Pod", podSpec)));
        var answer = await _gate.Verifier.ReviewAsync(review, null, CancellationToken.None);
        Assert.False(answer.IsAllowed);
        Assert.Contains("a container or volume names an empty image (BAD_REFERENCE)", answer.Message, StringComparison.Ordinal);
        Assert.Contains("spec.containers[1] \"c1\"", answer.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_image_at_all_is_never_a_yes() => Assert.False(new WorkloadVerdict([]).IsAllowed);

    [Fact]
    public async Task An_error_about_one_image_denies_the_pod()
    {
        _gate.Evidence.Answer(Gate.Bad, (_, _, _) => throw new IOException("broken"));
        var answer = await _gate.ReviewAsync(Gate.GoodImage, Gate.BadImage);
        Assert.False(answer.IsAllowed);
        Assert.Contains("ERROR   " + Gate.BadImage, answer.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("broken", answer.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rule_that_warns_does_not_excuse_an_image_that_no_rule_can_admit()
    {
        _gate.Use("", "enforcement: warn, until: 2026-12-01, " + TestPolicies.SignedByRelease);
        var warned = await _gate.ReviewAsync(Gate.BadImage);
        Assert.True(warned.IsAllowed);
        var denied = await _gate.ReviewAsync(Gate.BadImage, $"ghcr.io/team/api@{Gate.Good}");
        Assert.False(denied.IsAllowed);
        Assert.StartsWith("1 of 2 images may not run", denied.Message, StringComparison.Ordinal);
        Assert.Contains("REGISTRY_NOT_ALLOWED", denied.Message, StringComparison.Ordinal);
        Assert.Single(denied.Warnings);
    }

    private static IEnumerable<int[]> Orders(int count)
    {
        var order = Enumerable.Range(0, count).ToArray();
        return Permute(order, 0);

        static IEnumerable<int[]> Permute(int[] items, int start)
        {
            if (start == items.Length)
            {
                yield return [.. items];
                yield break;
            }

            for (var i = start; i < items.Length; i++)
            {
                (items[start], items[i]) = (items[i], items[start]);
                foreach (var order in Permute(items, start + 1))
                    yield return order;
                (items[start], items[i]) = (items[i], items[start]);
            }
        }
    }

    private static void InterlockedMax(ref int target, int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref target)) < value && Interlocked.CompareExchange(ref target, value, seen) != seen)
        {
        }
    }

    public void Dispose() => _gate.Dispose();
}
