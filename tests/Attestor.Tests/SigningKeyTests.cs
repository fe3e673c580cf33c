// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using System.Text;
using SupplyChain.Kms;
using SupplyChain.Ledger;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Policy;
using SupplyChain.Sigstore;

namespace SupplyChain.Attestor.Tests;

/// <summary>Which key signs, and when none may.</summary>
public sealed class SigningKeyTests
{
    private static readonly PublicKey Rsa = NewRsa();

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
        Assert.True(interrupted.Reason == ReasonCode.KeyNotValidAtTime, because);
        Assert.Null(interrupted.RetryAfter);
        Assert.Equal(0, world.Key.Calls);
        Assert.DoesNotContain(await world.EntriesAsync(), entry => entry.Kind == EntryKind.Signature);
    }

    [Fact]
    public async Task An_attestor_that_has_no_key_to_sign_with_is_no_reason_to_try_again()
    {
        await using var world = await World.CreateAsync();
        world.LoadAttestor(", state: revoked, revokedAt: 2026-11-20");
        var image = await world.PushImageAsync();

        var answer = await world.Cycle().AttestAsync(
            world.Request(image.Digest, SampleReport.Of(image.Config!.Digest, world.Clock.GetUtcNow())), CancellationToken.None);

        var interrupted = Assert.IsType<AttestationAnswer.Interrupted>(answer);
        Assert.Equal((ReasonCode.KeyUnusable, null), (interrupted.Reason, interrupted.RetryAfter));
        Assert.Equal(0, world.Key.Calls);
    }

    [Fact]
    public async Task A_key_that_was_replaced_stays_open_for_those_who_sign_with_it_and_is_closed_in_the_end()
    {
        await using var world = await World.CreateAsync();
        var (old, next) = (new ClosingKey(new MemoryKey()), new ClosingKey(new MemoryKey()));
        var opened = new Queue<ISigningKey>([old, next]);
        var keys = new AttestorKeys((_, _, _) => ValueTask.FromResult(opened.Dequeue()), world.Ledger, world.Clock);
        await OpenAsync(keys, Pinned(old.PublicKey));
        await OpenAsync(keys, Pinned(next.PublicKey, isNamed: true));

        Assert.Equal((0, 0), (old.Closings, next.Closings));
        keys.Dispose();
        Assert.Equal((1, 1), (old.Closings, next.Closings));
    }

    [Fact]
    public async Task A_key_that_was_replaced_under_its_name_is_opened_again_where_the_policy_names_the_new_one()
    {
        await using var world = await World.CreateAsync();
        var (old, next) = (new MemoryKey(), new MemoryKey());
        var opened = new Queue<ISigningKey>([old, next]);
        var keys = new AttestorKeys((_, _, _) => ValueTask.FromResult(opened.Dequeue()), world.Ledger, world.Clock);

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
        await OpenAsync(new AttestorKeys((_, _, _) => ValueTask.FromResult<ISigningKey>(old), world.Ledger, world.Clock), Pinned(old.PublicKey));

        var restarted = new AttestorKeys((_, _, _) => ValueTask.FromResult<ISigningKey>(next), world.Ledger, world.Clock);
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
        var keys = new AttestorKeys((_, _, _) => ValueTask.FromResult<ISigningKey>(found), world.Ledger, world.Clock);

        var fault = await Assert.ThrowsAsync<KmsException>(() => OpenAsync(keys, Pinned(named.PublicKey)).AsTask());

        Assert.Equal(ReasonCode.KeyChanged, fault.Reason);
        Assert.Empty(await world.Ledger.Reader.FindKeysAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_key_that_was_opened_for_one_algorithm_is_not_given_to_a_member_that_asks_for_another()
    {
        await using var world = await World.CreateAsync();
        var asked = new List<SigningAlgorithm?>();
        var keys = new AttestorKeys(
            (_, algorithm, _) =>
            {
                asked.Add(algorithm);
                return ValueTask.FromResult<ISigningKey>(new NamedKey(Rsa.With(algorithm!.Value)));
            },
            world.Ledger, world.Clock);

        foreach (var algorithm in (SigningAlgorithm[])[SigningAlgorithm.RsaPkcs1Sha256, SigningAlgorithm.RsaPssSha256])
        {
            var opened = await OpenAsync(keys, Pinned(Rsa.With(algorithm)));
            Assert.Equal(algorithm, opened.PublicKey.Algorithm);
            Assert.Same(opened, await OpenAsync(keys, Pinned(Rsa.With(algorithm))));
        }

        // Both stay open: neither member has its key opened anew because of the other.
        await OpenAsync(keys, Pinned(Rsa.With(SigningAlgorithm.RsaPkcs1Sha256)));
        Assert.Equal([SigningAlgorithm.RsaPkcs1Sha256, SigningAlgorithm.RsaPssSha256], asked);
    }

    [Fact]
    public async Task A_key_that_signs_with_another_algorithm_than_the_policy_names_is_never_used()
    {
        await using var world = await World.CreateAsync();
        var keys = new AttestorKeys(
            (_, _, _) => ValueTask.FromResult<ISigningKey>(new NamedKey(Rsa.With(SigningAlgorithm.RsaPkcs1Sha256))),
            world.Ledger, world.Clock);

        var fault = await Assert.ThrowsAsync<KmsException>(() => OpenAsync(keys, Pinned(Rsa.With(SigningAlgorithm.RsaPssSha256))).AsTask());

        Assert.Equal(ReasonCode.KeyUnusable, fault.Reason);
        Assert.Contains(
            "signs with rsa-pkcs1-sha256; attestor release names rsa-pss-sha256", fault.Message, StringComparison.Ordinal);
        Assert.Empty(await world.Ledger.Reader.FindKeysAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Fifty_requests_at_once_open_the_key_once()
    {
        await using var world = await World.CreateAsync();
        var key = new MemoryKey();
        var answer = new TaskCompletionSource<ISigningKey>(TaskCreationOptions.RunContinuationsAsynchronously);
        var openings = 0;
        var keys = new AttestorKeys(
            (_, _, _) =>
            {
                Interlocked.Increment(ref openings);
                return new ValueTask<ISigningKey>(answer.Task);
            },
            world.Ledger, world.Clock);

        var requests = Enumerable.Range(0, 50).Select(_ => OpenAsync(keys, Pinned(key.PublicKey)).AsTask()).ToArray();
        answer.SetResult(key);

        Assert.All(await Task.WhenAll(requests), opened => Assert.Same(key, opened));
        Assert.Equal(1, openings);
    }

    [Fact]
    public async Task An_opening_that_fails_is_tried_again_after_a_rest()
    {
        await using var world = await World.CreateAsync();
        var key = new MemoryKey();
        var openings = 0;
        var keys = new AttestorKeys(
            (_, _, _) => ++openings == 1
                ? ValueTask.FromException<ISigningKey>(KmsException.Unavailable("the service is down"))
                : ValueTask.FromResult<ISigningKey>(key),
            world.Ledger, world.Clock);

        foreach (var wait in (TimeSpan[])[TimeSpan.Zero, Limits.KmsRest - TimeSpan.FromMilliseconds(1)])
        {
            world.Clock.Advance(wait);
            var fault = await Assert.ThrowsAsync<KmsException>(() => OpenAsync(keys, Pinned(key.PublicKey)).AsTask());
            Assert.Equal((ReasonCode.KmsUnavailable, "the service is down", 1), (fault.Reason, fault.Message, openings));
        }

        world.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Same(key, await OpenAsync(keys, Pinned(key.PublicKey)));
        Assert.Same(key, await OpenAsync(keys, Pinned(key.PublicKey)));
        Assert.Equal(2, openings);
    }

    [Fact]
    public async Task A_service_that_hangs_is_asked_once_and_all_who_wait_are_told_when_that_call_is_over()
    {
        await using var world = await World.CreateAsync();
        var (key, openings) = (new MemoryKey(), 0);
        var keys = new AttestorKeys(
            (_, _, _) =>
            {
                openings++;
                return new ValueTask<ISigningKey>(new TaskCompletionSource<ISigningKey>().Task);
            },
            world.Ledger, world.Clock);

        var callers = new List<Task<ISigningKey>>();
        foreach (var _ in Enumerable.Range(0, 3))
        {
            callers.Add(OpenAsync(keys, Pinned(key.PublicKey)).AsTask());
            world.Clock.Advance(TimeSpan.FromSeconds(5));
        }

        world.Clock.Advance(Limits.KmsCall - TimeSpan.FromSeconds(15));
        foreach (var caller in callers)
        {
            var fault = await Assert.ThrowsAsync<KmsException>(() => caller);
            Assert.Equal(ReasonCode.KmsUnavailable, fault.Reason);
            Assert.Equal("the service of file:approval.key did not answer within 30 s", fault.Message);
        }

        await Assert.ThrowsAsync<KmsException>(() => OpenAsync(keys, Pinned(key.PublicKey)).AsTask());
        Assert.Equal(1, openings);
    }

    [Fact]
    public async Task Whoever_gives_up_ends_the_opening_for_nobody_else()
    {
        await using var world = await World.CreateAsync();
        var key = new MemoryKey();
        var answer = new TaskCompletionSource<ISigningKey>(TaskCreationOptions.RunContinuationsAsynchronously);
        var keys = new AttestorKeys((_, _, stop) => new ValueTask<ISigningKey>(answer.Task.WaitAsync(stop)), world.Ledger, world.Clock);
        using var impatience = new CancellationTokenSource();

        var first = keys.OpenAsync(Pinned(key.PublicKey), DateTimeOffset.UnixEpoch, impatience.Token).AsTask();
        var second = OpenAsync(keys, Pinned(key.PublicKey)).AsTask();
        await impatience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        answer.SetResult(key);

        Assert.Same(key, await second);
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

    private static PublicKey NewRsa()
    {
        using var key = RSA.Create(2048);
        return PublicKey.TryReadSpki(key.ExportSubjectPublicKeyInfo(), out var read, out var problem)
            ? read
            : throw new FormatException(problem);
    }

    private sealed class ClosingKey(ISigningKey inner) : ISigningKey, IDisposable
    {
        public int Closings { get; private set; }

        public string Id => inner.Id;

        public PublicKey PublicKey { get; } = inner.PublicKey;

        public ValueTask<byte[]> SignAsync(ToBeSigned message, CancellationToken ct) => inner.SignAsync(message, ct);

        public void Dispose() => Closings++;
    }

    // A public half that never signs.
    private sealed class NamedKey(PublicKey key) : ISigningKey
    {
        public string Id => "named";

        public PublicKey PublicKey => key;

        public ValueTask<byte[]> SignAsync(ToBeSigned message, CancellationToken ct) => throw new NotSupportedException();
    }
}
