// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using SupplyChain.Kms.Discipline;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Sigstore;
using SupplyChain.Testing;

namespace SupplyChain.Kms.Tests.Discipline;

public sealed class GuardedKeyTests
{
    private static readonly KeyLimits Limits = new()
    {
        CallsPerSecond = 1000, Burst = 1000, Deadline = TimeSpan.FromSeconds(10), TryTimeout = TimeSpan.FromSeconds(3),
    };

    private static readonly ToBeSigned Message = SimpleSigning.ToBeSigned(
        SimpleSigning.WritePayload(Repository.Parse("registry.example.com/a"), Digest.Compute("image"u8)));

    // Twenty of its seconds pass in one: pauses and deadlines are real, and short.
    private readonly FastClock _clock = new(20);
    private readonly ScriptedKey _service = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_good_signature_takes_one_call()
    {
        using var key = Guard();

        var signature = await key.SignAsync(Message, Stop);

        Assert.True(key.PublicKey.Verify(Message, signature));
        Assert.Equal(1, _service.Calls);
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 3)]
    public async Task A_fault_that_passes_costs_a_repetition(int faults, int calls)
    {
        _service.Script(Enumerable.Repeat<Step>(_ => throw KmsException.Unavailable("503"), faults));
        using var key = Guard();

        Assert.True(key.PublicKey.Verify(Message, await key.SignAsync(Message, Stop)));
        Assert.Equal(calls, _service.Calls);
    }

    [Fact]
    public async Task A_fault_that_stays_ends_after_three_tries_with_its_own_words()
    {
        _service.Always(_ => throw KmsException.Unavailable("the service is on fire"));
        using var key = Guard();

        var fault = await Assert.ThrowsAsync<KmsException>(async () => await key.SignAsync(Message, Stop));

        Assert.Equal((ReasonCode.KmsUnavailable, "the service is on fire"), (fault.Reason, fault.Message));
        Assert.Equal(3, _service.Calls);
    }

    [Fact]
    public async Task What_no_repetition_helps_is_tried_once_and_does_not_wear_the_service_out()
    {
        _service.Always(_ => throw KmsException.Unusable("AccessDenied"));
        using var key = Guard();

        for (var i = 0; i < 20; i++)
        {
            var fault = await Assert.ThrowsAsync<KmsException>(async () => await key.SignAsync(Message, Stop));
            Assert.Equal((ReasonCode.KeyUnusable, "AccessDenied"), (fault.Reason, fault.Message));
        }

        Assert.Equal(20, _service.Calls);
    }

    public static TheoryData<string, Func<byte[], byte[]>> BadSignatures => new()
    {
        { "a flipped bit", signature => [.. signature[..^1], (byte)(signature[^1] ^ 1)] },
        { "none", _ => [] },
        { "one of another key", _ => ScriptedKey.Other.SignHash(Message.DigestFor(SigningAlgorithm.EcdsaP256Sha256).ToArray(), DSASignatureFormat.Rfc3279DerSequence) },
        { "P1363 instead of DER", _ => ScriptedKey.Own.SignHash(Message.DigestFor(SigningAlgorithm.EcdsaP256Sha256).ToArray()) },
        { "bytes after its end", signature => [.. signature, 0] },
    };

    [Theory, MemberData(nameof(BadSignatures))]
    public async Task A_signature_that_does_not_verify_is_never_handed_out_nor_asked_for_again(string because, Func<byte[], byte[]> damage)
    {
        _service.Always(signature => ValueTask.FromResult(damage(signature)));
        using var key = Guard();

        var fault = await Assert.ThrowsAsync<KmsException>(async () => await key.SignAsync(Message, Stop));

        Assert.Equal(ReasonCode.KmsBadSignature, fault.Reason);
        Assert.True(_service.Calls == 1, because);
    }

    [Fact]
    public async Task A_call_that_hangs_is_given_up_and_the_whole_ends_within_its_deadline()
    {
        _service.Always(async _ =>
        {
            await Task.Delay(Timeout.Infinite, _service.CancellationToken);
            return [];
        });
        using var key = Guard();
        var since = _clock.Elapsed;

        var fault = await Assert.ThrowsAsync<KmsException>(async () => await key.SignAsync(Message, Stop));

        Assert.Equal(ReasonCode.KmsUnavailable, fault.Reason);
        Assert.InRange(_service.Calls, 2, 3);
        Assert.InRange(_clock.Elapsed - since, Limits.TryTimeout, 3 * Limits.Deadline);
    }

    [Fact]
    public async Task A_call_that_was_begun_is_finished_although_its_caller_went_away()
    {
        using var gone = new CancellationTokenSource();
        _service.Always(async signature =>
        {
            await gone.CancelAsync();
            _service.CancellationToken.ThrowIfCancellationRequested();
            return signature;
        });
        using var key = Guard();

        Assert.True(key.PublicKey.Verify(Message, await key.SignAsync(Message, gone.Token)));
    }

    [Fact]
    public async Task A_caller_who_went_away_has_nothing_repeated_for_him()
    {
        using var gone = new CancellationTokenSource();
        _service.Always(async _ =>
        {
            await gone.CancelAsync();
            throw KmsException.Unavailable("503");
        });
        using var key = Guard();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await key.SignAsync(Message, gone.Token));
        Assert.Equal(1, _service.Calls);
    }

    [Fact]
    public async Task Those_who_waited_through_a_slow_spell_do_not_go_all_at_once_when_it_is_over()
    {
        var release = new TaskCompletionSource();
        var calls = new System.Collections.Concurrent.ConcurrentQueue<TimeSpan>();
        _service.Always(async signature =>
        {
            await release.Task;
            calls.Enqueue(_clock.Elapsed);
            return signature;
        });
        var patient = TimeSpan.FromMinutes(10);
        using var key = Guard(Limits with { CallsPerSecond = 4, Burst = 2, InFlight = 2, TryTimeout = patient, Deadline = patient });
        var all = Enumerable.Range(0, 80).Select(_ => key.SignAsync(Message, Stop).AsTask()).ToList();

        // The places of all of them pass meanwhile.
        await Task.Delay(TimeSpan.FromSeconds(25), _clock, Stop);
        release.SetResult();
        await Task.WhenAll(all);

        var since = calls.First();
        Assert.InRange(calls.Count(call => call - since < TimeSpan.FromSeconds(3)), 2, 40);
    }

    [Theory]
    [InlineData("throttled")]
    [InlineData("refused")]
    public async Task A_service_that_answers_at_all_after_its_rest_is_asked_again(string how)
    {
        var rest = TimeSpan.FromSeconds(20);
        _service.Script(Enumerable.Repeat<Step>(_ => throw KmsException.Unavailable("503"), 3));
        using var key = Guard(Limits with { FaultsBeforeRest = 3, Tries = 1, Rest = rest });
        for (var i = 0; i < 3; i++)
            await Assert.ThrowsAsync<KmsException>(async () => await key.SignAsync(Message, Stop));
        await Task.Delay(2 * rest, _clock, Stop);
        _service.Script([_ => throw (how is "throttled" ? KmsException.Throttled("429", TimeSpan.FromHours(1)) : KmsException.Unusable("denied"))]);

        Assert.NotEqual(0, (await Assert.ThrowsAsync<KmsException>(async () => await key.SignAsync(Message, Stop))).Message.Length);
        Assert.True(key.PublicKey.Verify(Message, await key.SignAsync(Message, Stop)));
    }

    [Fact]
    public async Task After_a_row_of_faults_the_service_is_left_alone_and_the_caller_learns_for_how_long()
    {
        _service.Always(_ => throw KmsException.Unavailable("503"));
        using var key = Guard(Limits with { Rest = TimeSpan.FromMinutes(10) });
        await Assert.ThrowsAsync<KmsException>(async () => await key.SignAsync(Message, Stop));
        await Assert.ThrowsAsync<KmsException>(async () => await key.SignAsync(Message, Stop));
        var before = _service.Calls;

        var fault = await Assert.ThrowsAsync<KmsException>(async () => await key.SignAsync(Message, Stop));

        Assert.Equal((5, 5), (before, _service.Calls));
        Assert.Equal(ReasonCode.KmsUnavailable, fault.Reason);
        Assert.InRange(fault.RetryAfter!.Value, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(10));
    }

    [Fact]
    public async Task A_throttled_service_is_asked_again_no_sooner_than_it_said()
    {
        _service.Script([_ => throw KmsException.Throttled("429", TimeSpan.FromSeconds(4))]);
        using var key = Guard();
        var since = _clock.Elapsed;

        Assert.True(key.PublicKey.Verify(Message, await key.SignAsync(Message, Stop)));

        Assert.True(_clock.Elapsed - since >= TimeSpan.FromSeconds(4));
        Assert.Equal(2, _service.Calls);
    }

    [Fact]
    public async Task A_wait_that_ends_after_the_deadline_is_not_begun()
    {
        _service.Always(_ => throw KmsException.Throttled("429", TimeSpan.FromMinutes(1)));
        using var key = Guard();

        var fault = await Assert.ThrowsAsync<KmsException>(async () => await key.SignAsync(Message, Stop));

        Assert.Equal((true, TimeSpan.FromMinutes(1)), (fault.IsThrottled, fault.RetryAfter));
        Assert.Equal(1, _service.Calls);
    }

    [Fact]
    public async Task Throttling_does_not_make_the_service_rest()
    {
        _service.Always(_ => throw KmsException.Throttled("429", retryAfter: null));
        using var key = Guard();

        for (var i = 0; i < 4; i++)
            Assert.True((await Assert.ThrowsAsync<KmsException>(async () => await key.SignAsync(Message, Stop))).IsThrottled);

        Assert.Equal(12, _service.Calls);
    }

    [Fact]
    public async Task A_thousand_at_once_end_within_the_deadline_signed_or_told_when_to_come_back_and_the_service_sees_its_budget()
    {
        var limits = Limits with { CallsPerSecond = 20, Burst = 10, Deadline = TimeSpan.FromSeconds(10) };
        using var key = Guard(limits);
        var since = _clock.Elapsed;

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 1000).Select(_ => Task.Run(OutcomeAsync)));

        Assert.True(outcomes.Count(outcome => outcome is null) >= limits.Burst);
        Assert.All(outcomes.OfType<KmsException>(), fault =>
        {
            Assert.Equal(ReasonCode.KmsUnavailable, fault.Reason);
            Assert.True(fault.RetryAfter > TimeSpan.Zero);
        });
        Assert.True(_service.Calls <= limits.Burst + (limits.CallsPerSecond * (_clock.Elapsed - since).TotalSeconds) + 1);

        async Task<KmsException?> OutcomeAsync()
        {
            try
            {
                Assert.True(key.PublicKey.Verify(Message, await key.SignAsync(Message, Stop)));
                return null;
            }
            catch (KmsException fault)
            {
                return fault;
            }
        }
    }

    [Fact]
    public async Task Whoever_finds_the_queue_full_is_turned_away_at_once()
    {
        var release = new TaskCompletionSource();
        _service.Always(async signature =>
        {
            await release.Task;
            return signature;
        });
        using var key = Guard(Limits with { InFlight = 2, Waiting = 3, TryTimeout = TimeSpan.FromMinutes(5), Deadline = TimeSpan.FromMinutes(5) });
        var first = Enumerable.Range(0, 5).Select(_ => key.SignAsync(Message, Stop).AsTask()).ToList();

        var fault = await Assert.ThrowsAsync<KmsException>(async () => await key.SignAsync(Message, Stop));
        release.SetResult();

        Assert.Contains("3 signatures already wait", fault.Message, StringComparison.Ordinal);
        Assert.True(fault.RetryAfter > TimeSpan.Zero);
        await Task.WhenAll(first);
        Assert.Equal(2, _service.MostAtOnce);
    }

    [Fact]
    public async Task Callers_who_go_away_before_their_turn_leave_it_to_those_who_stay()
    {
        var limits = Limits with { CallsPerSecond = 2, Burst = 1, Deadline = TimeSpan.FromSeconds(100) };
        using var key = Guard(limits);
        await key.SignAsync(Message, Stop);
        using var gone = new CancellationTokenSource();
        var crowd = Enumerable.Range(0, 150).Select(_ => key.SignAsync(Message, gone.Token).AsTask()).ToList();
        await gone.CancelAsync();
        foreach (var one in crowd)
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => one);
        var since = _clock.Elapsed;

        await key.SignAsync(Message, Stop);

        // Places of 75 seconds had been taken.
        Assert.InRange(_clock.Elapsed - since, TimeSpan.Zero, TimeSpan.FromSeconds(40));
        Assert.InRange(_service.Calls, 2, 10);
    }

    [Fact]
    public async Task Operators_see_calls_by_outcome_and_an_empty_queue_when_all_is_done()
    {
        var outcomes = new System.Collections.Concurrent.ConcurrentBag<string>();
        var queue = 0;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name is "SupplyChain.Kms")
                    self.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) =>
        {
            if (instrument.Name is "kms.call.duration" && IsOurs(tags))
                outcomes.Add((string)tags[1].Value!);
        });
        listener.SetMeasurementEventCallback<int>((_, change, tags, _) =>
        {
            if (IsOurs(tags))
                Interlocked.Add(ref queue, change);
        });
        listener.Start();
        _service.Script([_ => throw KmsException.Unavailable("503")]);
        using var key = Guard();

        await key.SignAsync(Message, Stop);

        Assert.Equal(["KMS_UNAVAILABLE", "signed"], outcomes.Order(StringComparer.Ordinal));
        Assert.Equal(0, queue);

        bool IsOurs(ReadOnlySpan<KeyValuePair<string, object?>> tags) => tags[0].Value as string == _service.Id;
    }

    private GuardedKey Guard(KeyLimits? limits = null) => new(_service, limits ?? Limits, _clock);

    private delegate ValueTask<byte[]> Step(byte[] signature);

    /// <summary>A service that signs rightly unless it is told otherwise.</summary>
    private sealed class ScriptedKey : ISigningKey
    {
        public static readonly ECDsa Own = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        public static readonly ECDsa Other = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        private readonly System.Collections.Concurrent.ConcurrentQueue<Step> _steps = new();
        private Step? _always;
        private int _atOnce;
        private int _calls;

        public string Id { get; } = $"test:{Guid.NewGuid()}";

        public PublicKey PublicKey { get; } =
            PublicKey.TryReadSpki(Own.ExportSubjectPublicKeyInfo(), out var key, out var problem) ? key : throw new InvalidOperationException(problem);

        public int Calls => Volatile.Read(ref _calls);

        public int MostAtOnce { get; private set; }

        public CancellationToken CancellationToken { get; private set; }

        public void Script(IEnumerable<Step> steps)
        {
            foreach (var step in steps)
                _steps.Enqueue(step);
        }

        public void Always(Step step) => _always = step;

        public async ValueTask<byte[]> SignAsync(ToBeSigned message, CancellationToken ct)
        {
            Interlocked.Increment(ref _calls);
            CancellationToken = ct;
            lock (_steps)
                MostAtOnce = Math.Max(MostAtOnce, ++_atOnce);
            try
            {
                var signature = Own.SignHash(
                    message.DigestFor(PublicKey.Algorithm).ToArray(), DSASignatureFormat.Rfc3279DerSequence);
                var step = _steps.TryDequeue(out var next) ? next : _always;
                return step is null ? signature : await step(signature);
            }
            finally
            {
                lock (_steps)
                    _atOnce--;
            }
        }
    }
}
