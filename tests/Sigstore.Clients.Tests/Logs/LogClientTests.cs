// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Testing.Sigstore;

namespace SupplyChain.Sigstore.Clients.Tests.Logs;

/// <summary>What a log's answer is believed for, and what it is not.</summary>
public sealed class LogClientTests : IAsyncLifetime
{
    private Witnesses _world = null!;

    public async ValueTask InitializeAsync() => _world = await Witnesses.StartAsync();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Theory]
    [InlineData(SigstoreService.Rekor1, 1)]
    [InlineData(SigstoreService.Rekor2, 0)]
    public async Task An_envelope_is_recorded_and_verifies_from_its_bundle(SigstoreService service, int times)
    {
        var entry = await _world.Log(service).RecordAsync(_world.OfEnvelope, Witnesses.Stop);

        var bundle = Bundle.Write(_world.Envelope, _world.Key.Public, BundleMaterial.Of(certificate: null, [entry], await StampsFor(service, _world.OfEnvelope)));
        var verified = _world.Verify(bundle, logs: 1, times: 1);
        Assert.True(Assert.Single(verified.LogEntries).IsIncluded);
        Assert.Equal(times, verified.LogEntries.Count(logged => logged.Time == _world.Clock.GetUtcNow()));
    }

    [Theory]
    [InlineData(SigstoreService.Rekor1)]
    [InlineData(SigstoreService.Rekor2)]
    public async Task An_artifacts_signature_is_recorded_and_verifies_from_its_bundle(SigstoreService service)
    {
        var signature = _world.OfArtifact;
        var entry = await _world.Log(service).RecordAsync(signature, Witnesses.Stop);

        var material = BundleMaterial.Of(certificate: null, [entry], await StampsFor(service, signature));
        var bundle = Bundle.Write(Witnesses.Image, signature.Signature.Span, _world.Key.Public, material);
        Assert.Single(_world.Verify(bundle, logs: 1, times: 1).LogEntries);
    }

    [Fact]
    public async Task What_version_1_has_recorded_already_is_answered_with_the_entry_that_there_is()
    {
        var first = await _world.Log(SigstoreService.Rekor1).RecordAsync(_world.OfEnvelope, Witnesses.Stop);
        _world.Clock.Advance(TimeSpan.FromHours(2));

        var again = await _world.Log(SigstoreService.Rekor1).RecordAsync(_world.OfEnvelope, Witnesses.Stop);

        Assert.Equal(first.LogIndex, again.LogIndex);
        Assert.Equal(first.IntegratedTime, again.IntegratedTime);
        Assert.Equal(3, _world.Services.Calls(SigstoreService.Rekor1));
    }

    [Fact]
    public async Task An_answer_that_was_lost_is_got_by_asking_again()
    {
        _world.Services.Break(SigstoreService.Rekor1, SigstoreFault.LosesAnswer, times: 1);
        var log = _world.Log(SigstoreService.Rekor1);
        var lost = await _world.FailAsync(log.RecordAsync(_world.OfEnvelope, Witnesses.Stop), SigstoreFault.LosesAnswer);
        Assert.True(lost.Reason.IsRetryable);

        var entry = await log.RecordAsync(_world.OfEnvelope, Witnesses.Stop);

        Assert.Single(_world.Verify(
            Bundle.Write(_world.Envelope, _world.Key.Public, BundleMaterial.Of(certificate: null, [entry], [])), logs: 1, times: 1).LogEntries);
    }

    public static TheoryData<SigstoreService, SigstoreFault, string, string> Broken => new()
    {
        { SigstoreService.Rekor1, SigstoreFault.Hang, "TRANSPARENCY_UNAVAILABLE", "/rekor1/api/v1/log/entries did not answer within 25 s" },
        { SigstoreService.Rekor2, SigstoreFault.Hang, "TRANSPARENCY_UNAVAILABLE", "/rekor2/api/v2/log/entries did not answer within 25 s" },
        { SigstoreService.Rekor1, SigstoreFault.ServerError, "TRANSPARENCY_UNAVAILABLE", "failed (HTTP 500): the disk is full" },
        { SigstoreService.Rekor2, SigstoreFault.Throttle, "TRANSPARENCY_UNAVAILABLE", "asks for fewer requests (HTTP 429)" },
        { SigstoreService.Rekor1, SigstoreFault.Truncated, "TRANSPARENCY_UNAVAILABLE", "/rekor1/api/v1/log/entries is malformed: " },
        { SigstoreService.Rekor2, SigstoreFault.Truncated, "TRANSPARENCY_UNAVAILABLE", "/rekor2/api/v2/log/entries is malformed: " },
        { SigstoreService.Rekor1, SigstoreFault.Endless, "TRANSPARENCY_UNAVAILABLE", "has more than 1048576 bytes" },
        { SigstoreService.Rekor1, SigstoreFault.Redirect, "TRANSPARENCY_UNAVAILABLE", "answered with a redirect (HTTP 307), which is not followed" },
        { SigstoreService.Rekor1, SigstoreFault.RefusesKey, "TRANSPARENCY_REFUSED", "refused (HTTP 400): unsupported kind of key" },
        { SigstoreService.Rekor2, SigstoreFault.RefusesKey, "TRANSPARENCY_REFUSED", "refused (HTTP 400): unsupported kind of key" },
        { SigstoreService.Rekor1, SigstoreFault.OtherAuthority, "TLOG_MISMATCH", "which the trust root does not name" },
        { SigstoreService.Rekor2, SigstoreFault.OtherAuthority, "TLOG_MISMATCH", "which the trust root does not name" },
        { SigstoreService.Rekor1, SigstoreFault.OtherSignature, "TLOG_MISMATCH", "the log entry is of another signature" },
        { SigstoreService.Rekor2, SigstoreFault.OtherSignature, "TLOG_MISMATCH", "the log entry is not the record of this signature, digest and signer" },
        { SigstoreService.Rekor1, SigstoreFault.OtherSigner, "TLOG_MISMATCH", "the log entry is of another signer's certificate or key" },
        { SigstoreService.Rekor2, SigstoreFault.OtherSigner, "TLOG_MISMATCH", "the log entry is not the record of this signature, digest and signer" },
        { SigstoreService.Rekor1, SigstoreFault.OtherContent, "TLOG_MISMATCH", "the log entry is of payload sha256:" },
        { SigstoreService.Rekor2, SigstoreFault.OtherContent, "TLOG_MISMATCH", "the log entry is not the record of this signature, digest and signer" },
        { SigstoreService.Rekor1, SigstoreFault.WrongPromise, "TLOG_MISMATCH", "the promise of inclusion was not signed by rekor.example.com" },
        { SigstoreService.Rekor1, SigstoreFault.WrongRoot, "TLOG_MISMATCH", "the checkpoint is of 7 entries and the proof of 7, or of another root" },
        { SigstoreService.Rekor2, SigstoreFault.WrongRoot, "TLOG_MISMATCH", "the checkpoint is of 7 entries and the proof of 7, or of another root" },
        { SigstoreService.Rekor1, SigstoreFault.OtherCheckpoint, "TLOG_MISMATCH", "the checkpoint does not count" },
        { SigstoreService.Rekor2, SigstoreFault.OtherCheckpoint, "TLOG_MISMATCH", "the checkpoint does not count" },
        { SigstoreService.Rekor1, SigstoreFault.NoProof, "TRANSPARENCY_UNAVAILABLE", "the entry.verification has no inclusionProof" },
        { SigstoreService.Rekor1, SigstoreFault.NoPromise, "TRANSPARENCY_UNAVAILABLE", "the entry.verification has no signedEntryTimestamp" },
        { SigstoreService.Rekor2, SigstoreFault.NoProof, "TLOG_MISMATCH", "has neither a promise nor a proof of inclusion" },
        { SigstoreService.Rekor1, SigstoreFault.OldTime, "TIME_UNTRUSTED", "says that it took the entry at 2026-11-22T09:00:00Z; expected 2026-11-22T10:00:00Z, or 5 min from it" },
        { SigstoreService.Rekor1, SigstoreFault.ConflictElsewhere, "TRANSPARENCY_UNAVAILABLE", "its Location names 'nothing'; expected 64 or 80 hexadecimal digits" },
    };

    [Theory, MemberData(nameof(Broken))]
    public async Task Nothing_else_is_believed(SigstoreService service, SigstoreFault fault, string reason, string words)
    {
        _world.Services.Break(service, fault);

        var found = await _world.FailAsync(_world.Log(service).RecordAsync(_world.OfEnvelope, Witnesses.Stop), fault);

        Witnesses.AssertRefused(found, reason, words);
        Assert.Equal(1, _world.Services.AllCalls);
        if (fault == SigstoreFault.Throttle)
            Assert.Equal(TimeSpan.FromSeconds(7), found.RetryAfter);
    }

    [Fact]
    public async Task Asking_for_the_entry_that_there_is_has_no_time_of_its_own()
    {
        var log = _world.Log(SigstoreService.Rekor1);
        await log.RecordAsync(_world.OfEnvelope, Witnesses.Stop);
        var answers = 0;
        // The entry is asked for when most of the time is over, and answered when all of it is.
        _world.Services.BeforeAnswer = () => _world.Clock.Advance(++answers == 1 ? Limits.TransparencyCall - TimeSpan.FromSeconds(1) : TimeSpan.FromSeconds(2));

        var found = await _world.FailAsync(log.RecordAsync(_world.OfEnvelope, Witnesses.Stop), SigstoreFault.None);

        Witnesses.AssertRefused(found, "TRANSPARENCY_UNAVAILABLE", "did not answer within 25 s");
        Assert.Equal(2, answers);
    }

    [Fact]
    public async Task A_log_is_not_sent_more_than_it_takes()
    {
        var statement = new byte[Limits.LogRequestBytes / 4 * 3];
        var signature = _world.Key.Sign(Envelope.ToBeSigned(Envelope.InTotoPayloadType, statement));
        var large = LoggedSignature.Of(new Envelope(Envelope.InTotoPayloadType, statement, signature, KeyId: ""), _world.Key.Public);

        var found = await _world.FailAsync(_world.Log(SigstoreService.Rekor1).RecordAsync(large, Witnesses.Stop), SigstoreFault.None);

        Witnesses.AssertRefused(found, "TRANSPARENCY_REFUSED", "bytes; expected at most 33554432");
        Assert.Contains("/rekor1 would be sent 3355", found.Message, StringComparison.Ordinal);
        Assert.Equal(0, _world.Services.AllCalls);
    }

    [Fact]
    public async Task A_pause_of_days_is_not_passed_on()
    {
        _world.Services.Break(SigstoreService.Rekor1, SigstoreFault.ThrottleForDays);

        var found = await _world.FailAsync(_world.Log(SigstoreService.Rekor1).RecordAsync(_world.OfEnvelope, Witnesses.Stop), SigstoreFault.None);

        Assert.Equal(Limits.TransparencyPause, found.RetryAfter);
    }

    [Theory]
    [InlineData(SigstoreFault.OtherSignature, "the log entry is of another signature")]
    [InlineData(SigstoreFault.OtherSigner, "the log entry is of another signer's certificate or key")]
    [InlineData(SigstoreFault.OtherContent, "the log entry is of sha256:")]
    public async Task Nor_about_an_artifact(SigstoreFault fault, string words)
    {
        _world.Services.Break(SigstoreService.Rekor1, fault);

        var found = await _world.FailAsync(_world.Log(SigstoreService.Rekor1).RecordAsync(_world.OfArtifact, Witnesses.Stop), fault);

        Witnesses.AssertRefused(found, "TLOG_MISMATCH", words);
    }

    [Fact]
    public async Task A_log_whose_time_has_not_come_or_is_over_is_not_believed()
    {
        _world.Clock.SetBack(TimeSpan.FromDays(2));

        var found = await _world.FailAsync(_world.Log(SigstoreService.Rekor2).RecordAsync(_world.OfEnvelope, Witnesses.Stop), SigstoreFault.None);

        Witnesses.AssertRefused(found, "TLOG_MISMATCH", "log2026.rekor.example.com is trusted from 2026-11-21T10:00:00Z to further notice, and not now");
    }

    [Fact]
    public async Task A_caller_who_goes_away_is_not_told_that_the_log_is_down()
    {
        using var gone = new CancellationTokenSource();
        _world.Services.Break(SigstoreService.Rekor1, SigstoreFault.Hang);
        var running = _world.Log(SigstoreService.Rekor1).RecordAsync(_world.OfEnvelope, gone.Token).AsTask();
        await _world.Services.WaitForHangAsync(Witnesses.Stop);

        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task A_log_that_nobody_listens_at_is_unavailable()
    {
        var nowhere = _world.Services.Find(SigstoreService.Rekor1) with { Url = new Uri("http://127.0.0.1:1/rekor") };

        var found = await _world.FailAsync(new LogClient(_world.Http, nowhere, _world.Root).RecordAsync(_world.OfEnvelope, Witnesses.Stop), SigstoreFault.None);

        Witnesses.AssertRefused(found, "TRANSPARENCY_UNAVAILABLE", "http://127.0.0.1:1/rekor/api/v1/log/entries could not be asked");
    }

    [Theory]
    [InlineData("http://log.example.com")]
    [InlineData("https://user@log.example.com")]
    [InlineData("https://log.example.com/?to=elsewhere")]
    public async Task An_address_that_is_not_https_or_says_more_than_where_is_never_asked(string url)
    {
        var elsewhere = _world.Services.Find(SigstoreService.Rekor1) with { Url = new Uri(url) };

        await Assert.ThrowsAsync<ArgumentException>(() =>
            new LogClient(_world.Http, elsewhere, _world.Root).RecordAsync(_world.OfEnvelope, Witnesses.Stop).AsTask());
    }

    private async Task<IReadOnlyList<ReadOnlyMemory<byte>>> StampsFor(SigstoreService service, LoggedSignature signature) =>
        service == SigstoreService.Rekor2 ? [await _world.Timestamps.StampAsync(signature.Signature, Witnesses.Stop)] : [];
}
