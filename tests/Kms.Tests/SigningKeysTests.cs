// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Sigstore;
using SupplyChain.Testing;

namespace SupplyChain.Kms.Tests;

/// <summary>Opening keys, whatever is behind them.</summary>
public sealed class SigningKeysTests
{
    private static readonly KeyUri Uri = KeyUri.Parse("awskms:///alias/release");

    private readonly ManualClock _clock = new();
    private readonly Source _source = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private SigningKeys Keys => new([_source], KeyLimits.For, _clock);

    [Fact]
    public async Task A_service_that_hangs_while_a_key_is_opened_is_not_waited_for_longer_than_for_any_call()
    {
        var opening = Keys.OpenAsync(Uri, Stop).AsTask();
        _clock.Advance(Limits.KmsCall - TimeSpan.FromMilliseconds(1));
        Assert.False(opening.IsCompleted);

        _clock.Advance(TimeSpan.FromMilliseconds(1));
        var late = await Assert.ThrowsAsync<KmsException>(() => opening);

        Assert.Equal(ReasonCode.KmsUnavailable, late.Reason);
        Assert.Equal($"the service of {Uri} did not answer within {Limits.KmsCall.TotalSeconds:0} s", late.Message);
    }

    [Fact]
    public async Task Whoever_gives_up_does_not_wait_for_the_opening()
    {
        using var impatience = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var opening = Keys.OpenAsync(Uri, impatience.Token).AsTask();

        await impatience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => opening);
    }

    [Fact]
    public async Task A_service_is_told_when_nobody_waits_for_it_any_more_and_what_it_opens_then_is_closed()
    {
        var opening = Keys.OpenAsync(Uri, Stop).AsTask();
        Assert.False(_source.Stop.IsCancellationRequested);
        _clock.Advance(Limits.KmsCall);
        await Assert.ThrowsAsync<KmsException>(() => opening);
        Assert.True(_source.Stop.IsCancellationRequested);

        var late = new LateKey();
        _source.Answer.SetResult(late);
        await late.Closed.Task.WaitAsync(Stop);
    }

    [Fact]
    public async Task The_source_is_told_what_the_key_has_to_sign_with()
    {
        _source.Fault = KmsException.Unusable("told");

        await Assert.ThrowsAsync<KmsException>(() => Keys.OpenAsync(Uri, SigningAlgorithm.RsaPssSha256, Stop).AsTask());
        await Assert.ThrowsAsync<KmsException>(() => Keys.OpenAsync(Uri, Stop).AsTask());

        Assert.Equal([SigningAlgorithm.RsaPssSha256, null], _source.Asked);
    }

    // Hangs, deaf to whoever gives up, unless it has a fault.
    private sealed class Source : ISigningKeySource
    {
        public List<SigningAlgorithm?> Asked { get; } = [];

        public KmsException? Fault { get; set; }

        public TaskCompletionSource<ISigningKey> Answer { get; } = new();

        public CancellationToken Stop { get; private set; }

        public string Scheme => "awskms";

        public ValueTask<PublicKey> ReadPublicKeyAsync(KeyUri uri, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public ValueTask<ISigningKey> OpenAsync(KeyUri uri, SigningAlgorithm? algorithm, CancellationToken cancellationToken)
        {
            Asked.Add(algorithm);
            Stop = cancellationToken;
            return new ValueTask<ISigningKey>(
                Fault is null ? Answer.Task : Task.FromException<ISigningKey>(Fault));
        }
    }

    private sealed class LateKey : ISigningKey, IDisposable
    {
        public TaskCompletionSource Closed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string Id => "late";

        public PublicKey PublicKey => throw new NotSupportedException();

        public ValueTask<byte[]> SignAsync(ToBeSigned message, CancellationToken ct) => throw new NotSupportedException();

        public void Dispose() => Closed.SetResult();
    }
}
