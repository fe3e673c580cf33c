// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Sigstore;
using SupplyChain.Testing;

namespace SupplyChain.Kms.Tests;

/// <summary>Public keys of services, as those see them who only verify.</summary>
public sealed class PublicKeysTests
{
    private static readonly KeyUri Uri = KeyUri.Parse("awskms:///alias/release");

    private readonly ManualClock _clock = new();
    private readonly Source _source = new();
    private readonly PublicKeys _keys;

    public PublicKeysTests() => _keys = new PublicKeys([_source], _clock);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_key_is_asked_for_once_in_a_while()
    {
        for (var i = 0; i < 10; i++)
            Assert.Same(_source.Key, await _keys.OpenAsync(Uri, Stop));
        Assert.Equal(1, _source.Calls);

        _clock.Advance(TimeSpan.FromMinutes(6));
        await _keys.OpenAsync(Uri, Stop);
        Assert.Equal(2, _source.Calls);
    }

    [Fact]
    public async Task A_service_that_does_not_answer_takes_no_known_key_out_of_force()
    {
        var key = await _keys.OpenAsync(Uri, Stop);
        _clock.Advance(TimeSpan.FromMinutes(6));
        _source.Fault = KmsException.Unavailable("503");

        Assert.Same(key, await _keys.OpenAsync(Uri, Stop));
    }

    [Fact]
    public async Task A_service_that_hangs_takes_no_known_key_out_of_force_and_is_asked_once()
    {
        var key = await _keys.OpenAsync(Uri, Stop);
        _clock.Advance(TimeSpan.FromMinutes(6));
        _source.Answer = new TaskCompletionSource<PublicKey>();
        for (var i = 0; i < 3; i++)
        {
            var opening = _keys.OpenAsync(Uri, TimeSpan.FromSeconds(2), Stop).AsTask();
            _clock.Advance(TimeSpan.FromSeconds(2));

            Assert.Same(key, await opening);
        }

        Assert.Equal(2, _source.Calls);
        Assert.False(_source.Stop.IsCancellationRequested);
        _clock.Advance(Limits.KmsCall);
        Assert.True(_source.Stop.IsCancellationRequested);
    }

    [Fact]
    public async Task A_service_that_fails_is_asked_again_after_a_rest()
    {
        _source.Fault = KmsException.Unavailable("503");
        for (var i = 0; i < 3; i++)
            Assert.Equal("503", (await Assert.ThrowsAsync<KmsException>(async () => await _keys.OpenAsync(Uri, Stop))).Message);
        Assert.Equal(1, _source.Calls);

        _clock.Advance(Limits.KmsRest);
        _source.Fault = null;
        await _keys.OpenAsync(Uri, Stop);
        Assert.Equal(2, _source.Calls);
    }

    [Fact]
    public async Task A_service_that_refuses_does()
    {
        await _keys.OpenAsync(Uri, Stop);
        _clock.Advance(TimeSpan.FromMinutes(6));
        _source.Fault = KmsException.Unusable("disabled");

        var fault = await Assert.ThrowsAsync<KmsException>(async () => await _keys.OpenAsync(Uri, Stop));
        Assert.Equal(ReasonCode.KeyUnusable, fault.Reason);
    }

    [Fact]
    public async Task Another_key_under_the_same_name_is_not_believed_however_often_it_is_offered()
    {
        var key = await _keys.OpenAsync(Uri, Stop);
        _source.Key = NewKey();
        for (var i = 0; i < 3; i++)
        {
            _clock.Advance(TimeSpan.FromMinutes(6));

            var fault = await Assert.ThrowsAsync<KmsException>(async () => await _keys.OpenAsync(Uri, Stop));

            Assert.Equal(ReasonCode.KeyChanged, fault.Reason);
            Assert.Contains($"was the key {key.Id} and is {_source.Key.Id} now", fault.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_scheme_without_a_service_is_told_apart_from_a_service_that_does_not_answer()
    {
        var fault = await Assert.ThrowsAsync<KmsException>(
            async () => await _keys.OpenAsync(KeyUri.Parse("hashivault://release"), Stop));

        Assert.True(fault.IsNotConfigured);
    }

    private static PublicKey NewKey()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return PublicKey.TryReadSpki(key.ExportSubjectPublicKeyInfo(), out var read, out var problem)
            ? read
            : throw new InvalidOperationException(problem);
    }

    private sealed class Source : IPublicKeySource
    {
        public PublicKey Key { get; set; } = NewKey();

        public KmsException? Fault { get; set; }

        /// <summary>What is waited for, if it hangs.</summary>
        public TaskCompletionSource<PublicKey>? Answer { get; set; }

        public int Calls { get; private set; }

        public CancellationToken Stop { get; private set; }

        public string Scheme => "awskms";

        public ValueTask<PublicKey> ReadPublicKeyAsync(KeyUri uri, CancellationToken cancellationToken)
        {
            Calls++;
            Stop = cancellationToken;
            return Answer is not null ? new ValueTask<PublicKey>(Answer.Task) : Fault is null ? ValueTask.FromResult(Key) : ValueTask.FromException<PublicKey>(Fault);
        }
    }
}
