// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Testing.Sigstore;

namespace SupplyChain.Sigstore.Clients.Tests.Timestamps;

/// <summary>What a timestamp authority's answer is believed for, and what it is not.</summary>
public sealed class TimestampClientTests : IAsyncLifetime
{
    private Witnesses _world = null!;

    public async ValueTask InitializeAsync() => _world = await Witnesses.StartAsync();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task The_time_is_told_and_verifies_from_a_bundle()
    {
        var answer = await _world.Timestamps.StampAsync(_world.Envelope.Signature, Witnesses.Stop);

        var bundle = Bundle.Write(_world.Envelope, _world.Key.Public, BundleMaterial.Of(certificate: null, [], [answer]));
        Assert.Equal(_world.Clock.GetUtcNow(), Assert.Single(_world.Verify(bundle, logs: 0, times: 1).Timestamps).Time);
    }

    public static TheoryData<SigstoreFault, string, string> Broken => new()
    {
        { SigstoreFault.Hang, "TRANSPARENCY_UNAVAILABLE", "/timestamps did not answer within 30 s" },
        { SigstoreFault.ServerError, "TRANSPARENCY_UNAVAILABLE", "failed (HTTP 500): the disk is full" },
        { SigstoreFault.Throttle, "TRANSPARENCY_UNAVAILABLE", "asks for fewer requests (HTTP 429)" },
        { SigstoreFault.Truncated, "TIME_UNTRUSTED", "the timestamp is not DER of RFC 3161" },
        { SigstoreFault.Endless, "TRANSPARENCY_UNAVAILABLE", "has more than 1048576 bytes" },
        { SigstoreFault.Redirect, "TRANSPARENCY_UNAVAILABLE", "answered with a redirect (HTTP 307), which is not followed" },
        { SigstoreFault.RefusesKey, "TRANSPARENCY_REFUSED", "refused (HTTP 400): unsupported kind of key" },
        { SigstoreFault.NoProof, "TIME_UNTRUSTED", "the authority answered with status 2; expected 0 or 1" },
        { SigstoreFault.WrongNonce, "TIME_UNTRUSTED", "it is the answer to another question: expected the nonce " },
        { SigstoreFault.NoNonce, "TIME_UNTRUSTED", ", found none" },
        { SigstoreFault.OtherSignature, "TIME_UNTRUSTED", "the timestamp is of another signature" },
        { SigstoreFault.OtherAuthority, "TIME_UNTRUSTED", "the timestamp is signed by another certificate than " },
        { SigstoreFault.OldTime, "TIME_UNTRUSTED", "it tells 2026-11-22T09:00:00Z; expected 2026-11-22T10:00:00Z, or 5 min from it" },
    };

    [Theory, MemberData(nameof(Broken))]
    public async Task Nothing_else_is_believed(SigstoreFault fault, string reason, string words)
    {
        _world.Services.Break(SigstoreService.Timestamps, fault);

        var found = await _world.FailAsync(_world.Timestamps.StampAsync(_world.Envelope.Signature, Witnesses.Stop), fault);

        Witnesses.AssertRefused(found, reason, words);
        Assert.Equal(1, _world.Services.AllCalls);
    }
}
