// SPDX-License-Identifier: Apache-2.0

using System.Text;
using SupplyChain.Kms;
using SupplyChain.Ledger;
using SupplyChain.Model.Decisions;
using SupplyChain.Policy;
using SupplyChain.Sigstore;

namespace SupplyChain.Attestor.Tests;

/// <summary>Which key signs, and when none may.</summary>
public sealed class SigningKeyTests
{
    public static TheoryData<string, string> Windows => new()
    {
        { "it has ended", "validUntil: 2020-01-01T00:00:00Z" },
        { "it has not begun", "validFrom: 2040-01-01T00:00:00Z" },
    };

    [Theory, MemberData(nameof(Windows))]
    public async Task A_key_outside_its_window_signs_nothing(string because, string window)
    {
        await using var world = await World.CreateAsync();
        world.LoadAttestor($", {window}");
        var image = await world.PushImageAsync();

        var answer = await world.Cycle().AttestAsync(
            world.Request(image.Digest, SampleReport.Of(image.Config!.Digest, world.Clock.GetUtcNow())), CancellationToken.None);

        var interrupted = Assert.IsType<AttestationAnswer.Interrupted>(answer);
        Assert.True(interrupted.Reason == ReasonCode.KmsUnavailable, because);
        Assert.Equal(0, world.Key.Calls);
        Assert.DoesNotContain(await world.EntriesAsync(), entry => entry.Kind == EntryKind.Signature);
    }

    [Fact]
    public async Task A_key_that_was_replaced_under_its_name_is_opened_again()
    {
        var (old, next) = (new MemoryKey(), new MemoryKey());
        var opened = new Queue<ISigningKey>([old, next]);
        var keys = new AttestorKeys((_, _) => ValueTask.FromResult(opened.Dequeue()));
        var now = DateTimeOffset.UnixEpoch;

        Assert.Same(old, await keys.OpenAsync(Pinned(old.PublicKey), now, CancellationToken.None));
        Assert.Same(next, await keys.OpenAsync(Pinned(next.PublicKey), now, CancellationToken.None));
        Assert.Same(next, await keys.OpenAsync(Pinned(next.PublicKey), now, CancellationToken.None));
    }

    [Fact]
    public async Task Another_key_than_the_policy_names_is_never_used()
    {
        var (found, named) = (new MemoryKey(), new MemoryKey());
        var keys = new AttestorKeys((_, _) => ValueTask.FromResult<ISigningKey>(found));

        var fault = await Assert.ThrowsAsync<KmsException>(
            () => keys.OpenAsync(Pinned(named.PublicKey), DateTimeOffset.UnixEpoch, CancellationToken.None).AsTask());

        Assert.Equal(ReasonCode.KmsBadSignature, fault.Reason);
    }

    private static AttestorDefinition Pinned(PublicKey key)
    {
        var loaded = PolicyLoader.Load(
        [
            new PolicyFile("attestor.yaml", Encoding.UTF8.GetBytes(
                """
                apiVersion: supplychain/v1
                kind: Attestor
                metadata: { name: release }
                spec: { purpose: approval, members: [{ key: "file:approval.key" }] }
                """)),
        ]);
        Assert.True(loaded.IsUsable, string.Join('\n', loaded.Problems));
        return loaded.Set.WithResolvedKeys(
            new Dictionary<string, PublicKey>(StringComparer.Ordinal) { ["file:approval.key"] = key }).Set!.Attestors[0];
    }
}
