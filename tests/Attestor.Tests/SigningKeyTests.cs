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
    public async Task A_key_that_was_replaced_under_its_name_is_opened_again_where_the_policy_names_the_new_one()
    {
        await using var world = await World.CreateAsync();
        var (old, next) = (new MemoryKey(), new MemoryKey());
        var opened = new Queue<ISigningKey>([old, next]);
        var keys = new AttestorKeys((_, _) => ValueTask.FromResult(opened.Dequeue()), world.Ledger);

        Assert.Same(old, await OpenAsync(keys, Pinned(old.PublicKey)));
        Assert.Same(next, await OpenAsync(keys, Pinned(next.PublicKey, isNamed: true)));
        Assert.Same(next, await OpenAsync(keys, Pinned(next.PublicKey, isNamed: true)));

        var pins = await world.Ledger.Reader.FindKeysAsync(CancellationToken.None);
        Assert.Equal([old.PublicKey.Id, next.PublicKey.Id], pins.Select(pin => pin.PublicKey));
    }

    [Fact]
    public async Task A_key_that_silently_changed_is_refused_also_after_a_restart()
    {
        await using var world = await World.CreateAsync();
        var (old, next) = (new MemoryKey(), new MemoryKey());
        await OpenAsync(new AttestorKeys((_, _) => ValueTask.FromResult<ISigningKey>(old), world.Ledger), Pinned(old.PublicKey));

        var restarted = new AttestorKeys((_, _) => ValueTask.FromResult<ISigningKey>(next), world.Ledger);
        var fault = await Assert.ThrowsAsync<KmsException>(() => OpenAsync(restarted, Pinned(next.PublicKey)).AsTask());

        Assert.Equal(ReasonCode.KeyChanged, fault.Reason);
        Assert.Contains($"file:approval.key was {old.PublicKey.Id}", fault.Message, StringComparison.Ordinal);
        Assert.Single(await world.Ledger.Reader.FindKeysAsync(CancellationToken.None));
    }

    [Fact]
    public async Task What_depends_on_a_key_can_be_listed()
    {
        await using var world = await World.CreateAsync();
        var image = await world.PushImageAsync();
        var request = world.Request(image.Digest, SampleReport.Of(image.Config!.Digest, world.Clock.GetUtcNow()));
        var answer = Assert.IsType<AttestationAnswer.Decided>(await world.Cycle().AttestAsync(request, CancellationToken.None));

        var signed = await world.Ledger.Reader.FindSignedAsync(world.PublicKey.Id, CancellationToken.None);

        Assert.Equal(
            [(world.Repository.ToString(), image.Digest, answer.Decision.Id, true)],
            signed.Select(found => (found.Repository, found.Image, found.Request, found.IsPublished)));
        Assert.Empty(await world.Ledger.Reader.FindSignedAsync(new MemoryKey().PublicKey.Id, CancellationToken.None));
    }

    [Fact]
    public async Task Another_key_than_the_policy_names_is_never_used()
    {
        await using var world = await World.CreateAsync();
        var (found, named) = (new MemoryKey(), new MemoryKey());
        var keys = new AttestorKeys((_, _) => ValueTask.FromResult<ISigningKey>(found), world.Ledger);

        var fault = await Assert.ThrowsAsync<KmsException>(() => OpenAsync(keys, Pinned(named.PublicKey)).AsTask());

        Assert.Equal(ReasonCode.KeyChanged, fault.Reason);
        Assert.Empty(await world.Ledger.Reader.FindKeysAsync(CancellationToken.None));
    }

    private static ValueTask<ISigningKey> OpenAsync(AttestorKeys keys, AttestorDefinition attestor) =>
        keys.OpenAsync(attestor, DateTimeOffset.UnixEpoch, CancellationToken.None);

    private static AttestorDefinition Pinned(PublicKey key, bool isNamed = false)
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
        var resolved = loaded.Set.WithResolvedKeys(
            new Dictionary<string, PublicKey>(StringComparer.Ordinal) { ["file:approval.key"] = key }).Set!.Attestors[0];
        return resolved with { Members = [resolved.Members[0] with { NamesPublicKey = isNamed }] };
    }
}
