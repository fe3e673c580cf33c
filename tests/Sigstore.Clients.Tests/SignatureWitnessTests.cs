// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Testing.Sigstore;

namespace SupplyChain.Sigstore.Clients.Tests;

/// <summary>All who are asked have to do their part, and are asked at once.</summary>
public sealed class SignatureWitnessTests : IAsyncLifetime
{
    private Witnesses _world = null!;

    public async ValueTask InitializeAsync() => _world = await Witnesses.StartAsync();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task Everybody_sees_the_signature()
    {
        var material = await Everybody().WitnessAsync(_world.OfEnvelope, Witnesses.Stop);

        var verified = _world.Verify(Bundle.Write(_world.Envelope, _world.Key.Public, material), logs: 2, times: 2);
        Assert.Equal(2, verified.LogEntries.Count);
        Assert.Single(verified.Timestamps);
    }

    [Theory]
    [InlineData(SigstoreService.Rekor1, SigstoreFault.ServerError, "TRANSPARENCY_UNAVAILABLE", "/rekor1/")]
    [InlineData(SigstoreService.Rekor2, SigstoreFault.OtherSignature, "TLOG_MISMATCH", "/rekor2")]
    [InlineData(SigstoreService.Timestamps, SigstoreFault.WrongNonce, "TIME_UNTRUSTED", "/timestamps")]
    public async Task One_who_does_not_spoils_it_and_is_named(SigstoreService service, SigstoreFault fault, string reason, string words)
    {
        _world.Services.Break(service, fault);

        var found = await _world.FailAsync(Everybody().WitnessAsync(_world.OfEnvelope, Witnesses.Stop), fault);

        Witnesses.AssertRefused(found, reason, words);
    }

    [Fact]
    public async Task Who_hangs_is_not_waited_for_once_another_has_failed()
    {
        _world.Services.Break(SigstoreService.Rekor1, SigstoreFault.Hang);
        _world.Services.Break(SigstoreService.Timestamps, SigstoreFault.OldTime);

        // The clock stands still: nobody's time runs out.
        var found = await _world.FailAsync(Everybody().WitnessAsync(_world.OfEnvelope, Witnesses.Stop), SigstoreFault.None);

        Witnesses.AssertRefused(found, "TIME_UNTRUSTED", "it tells 2026-11-22T09:00:00Z");
    }

    [Fact]
    public async Task They_are_asked_at_once()
    {
        foreach (var service in new[] { SigstoreService.Rekor1, SigstoreService.Rekor2, SigstoreService.Timestamps })
            _world.Services.Break(service, SigstoreFault.Hang);
        using var gone = new CancellationTokenSource();
        var running = Everybody().WitnessAsync(_world.OfEnvelope, gone.Token).AsTask();

        for (var i = 0; i < 3; i++)
            await _world.Services.WaitForHangAsync(Witnesses.Stop);

        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    private SignatureWitness Everybody() => new([_world.Log(SigstoreService.Rekor1), _world.Log(SigstoreService.Rekor2)], [_world.Timestamps], _world.Root);
}
