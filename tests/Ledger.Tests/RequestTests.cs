// SPDX-License-Identifier: Apache-2.0

using Microsoft.Data.Sqlite;
using SupplyChain.Ledger.Requests;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Testing;

namespace SupplyChain.Ledger.Tests;

public sealed class RequestTests : IDisposable
{
    private static readonly Digest OtherReport = Digest.Compute("another report"u8);

    private readonly TempFolder _folder = new();
    private readonly ManualClock _clock = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_signed_request_leaves_intent_signature_and_completion_in_this_order()
    {
        await using var ledger = await Sample.OpenAsync(_folder, _clock);

        var decision = await ledger.SignAsync(Sample.Plain());

        var entries = await ledger.ShowAsync();
        Assert.Equal([EntryKind.Intent, EntryKind.Signature, EntryKind.Completion], entries.Select(entry => entry.Kind));
        Assert.All(entries, entry => Assert.Equal(decision.Id, entry.Request));
        Assert.Equal([1L, 2L, 3L], entries.Select(entry => entry.Sequence));
        Assert.True((await ledger.Reader.VerifyAsync(entries[^1].Head, default)).IsIntact);
    }

    [Fact]
    public async Task A_refused_request_leaves_one_entry()
    {
        await using var ledger = await Sample.OpenAsync(_folder, _clock);
        var lease = await ledger.StartAsync(Sample.Plain());

        await ledger.RefuseAsync(lease, Sample.Refusal(lease.Request), default);

        Assert.Equal(EntryKind.Refusal, Assert.Single(await ledger.ShowAsync()).Kind);
    }

    [Fact]
    public async Task A_repeated_request_gets_the_recorded_bytes_back()
    {
        await using var ledger = await Sample.OpenAsync(_folder, _clock);
        var first = await ledger.SignAsync(Sample.Plain());

        var again = Assert.IsType<BeginResult.Done>(await ledger.BeginAsync(Sample.Plain(), default));

        Assert.Equal(first.Id, again.Decision.Id);
        Assert.Equal(Sample.Approval(first.Id).ToJson(), again.Decision.Json.ToArray());
        Assert.Equal(Outcome.Approved, again.Decision.Read().Outcome);
    }

    [Fact]
    public async Task The_answer_to_a_repeated_request_survives_a_restart()
    {
        string id;
        await using (var ledger = await Sample.OpenAsync(_folder, _clock))
            id = (await ledger.SignAsync(Sample.Keyed("k"))).Id;

        await using var reopened = await Sample.OpenAsync(_folder, _clock);

        Assert.Equal(id, Assert.IsType<BeginResult.Done>(await reopened.BeginAsync(Sample.Keyed("k"), default)).Decision.Id);
    }

    [Fact]
    public async Task A_refusal_answers_again_under_an_idempotency_key()
    {
        await using var ledger = await Sample.OpenAsync(_folder, _clock);
        var lease = await ledger.StartAsync(Sample.Keyed("k"));
        await ledger.RefuseAsync(lease, Sample.Refusal(lease.Request), default);

        var again = Assert.IsType<BeginResult.Done>(await ledger.BeginAsync(Sample.Keyed("k"), default));

        Assert.Equal(Sample.Refusal(lease.Request).ToJson(), again.Decision.Json.ToArray());
    }

    [Fact]
    public async Task A_refusal_without_a_key_is_judged_anew()
    {
        await using var ledger = await Sample.OpenAsync(_folder, _clock);
        var lease = await ledger.StartAsync(Sample.Plain());
        await ledger.RefuseAsync(lease, Sample.Refusal(lease.Request), default);

        var second = await ledger.StartAsync(Sample.Plain());

        Assert.NotEqual(lease.Request, second.Request, StringComparer.Ordinal);
    }

    [Fact]
    public async Task An_error_is_never_the_answer_to_a_later_request()
    {
        await using var ledger = await Sample.OpenAsync(_folder, _clock);
        var lease = await ledger.StartAsync(Sample.Keyed("k"));
        await ledger.RefuseAsync(lease, Sample.Error(lease.Request), default);

        await ledger.StartAsync(Sample.Keyed("k"));
    }

    [Fact]
    public async Task A_key_used_for_another_request_conflicts_whether_that_is_running_open_or_done()
    {
        await using var ledger = await Sample.OpenAsync(_folder, _clock);
        var lease = await ledger.StartAsync(Sample.Keyed("k"));
        Assert.IsType<BeginResult.Conflict>(await ledger.BeginAsync(Sample.Keyed("k", OtherReport), default));

        await ledger.RecordIntentAsync(lease, Sample.Intent(lease), default);
        await ledger.ReleaseAsync(lease, default);
        Assert.IsType<BeginResult.Conflict>(await ledger.BeginAsync(Sample.Keyed("k", OtherReport), default));

        lease = Assert.IsType<BeginResult.Resumed>(await ledger.BeginAsync(Sample.Keyed("k"), default)).Lease;
        await ledger.RefuseAsync(lease, Sample.Error(lease.Request), default);
        Assert.IsType<BeginResult.Conflict>(await ledger.BeginAsync(Sample.Keyed("k", OtherReport), default));
    }

    public static TheoryData<string, RequestIdentity> Others => new()
    {
        { "another requester", RequestIdentity.ForContent(Sample.Requester with { Subject = "x" }, Sample.Content(), Sample.Revision) },
        { "another issuer", RequestIdentity.ForContent(Sample.Requester with { Issuer = "x" }, Sample.Content(), Sample.Revision) },
        { "another policy revision", RequestIdentity.ForContent(Sample.Requester, Sample.Content(), OtherReport) },
        { "another image", RequestIdentity.ForContent(Sample.Requester, Sample.Content() with { Image = OtherReport }, Sample.Revision) },
        { "another repository", RequestIdentity.ForContent(Sample.Requester, Sample.Content() with { Repository = Repository.Parse("a.example/b") }, Sample.Revision) },
        { "a named policy", RequestIdentity.ForContent(Sample.Requester, Sample.Content() with { Policy = "" }, Sample.Revision) },
        { "more evidence", Sample.Plain(Sample.Report, OtherReport) },
        { "an idempotency key", Sample.Keyed("k") },
        { "another requester's idempotency key", RequestIdentity.ForIdempotencyKey(Sample.Requester with { Subject = "x" }, "k", Sample.Content()) },
    };

    [Theory, MemberData(nameof(Others), DisableDiscoveryEnumeration = true)]
    public void Requests_differ_by(string because, RequestIdentity other)
    {
        Assert.True(Sample.Plain().Key != other.Key, because);
        Assert.True(Sample.Keyed("k").Key != other.Key || !because.StartsWith("another", StringComparison.Ordinal), because);
    }

    [Fact]
    public void Order_and_repetition_of_evidence_make_no_other_request()
    {
        Assert.Equal(Sample.Plain(Sample.Report, OtherReport), Sample.Plain(OtherReport, Sample.Report, OtherReport));
    }

    [Theory, InlineData(""), InlineData(256)]
    public void An_idempotency_key_has_a_length(object length)
    {
        var key = length is int characters ? new string('k', characters) : "";

        Assert.ThrowsAny<ArgumentException>(() => Sample.Keyed(key));
    }

    [Fact]
    public async Task Of_fifty_equal_requests_at_once_one_works()
    {
        await using var ledger = await Sample.OpenAsync(_folder, _clock);

        var results = await Task.WhenAll(
            Enumerable.Range(0, 50).Select(_ => ledger.BeginAsync(Sample.Plain(), default).AsTask()));

        Assert.Single(results.OfType<BeginResult.Started>());
        Assert.Equal(49, results.OfType<BeginResult.InProgress>().Count());
    }

    [Fact]
    public async Task Of_equal_requests_in_two_processes_one_works()
    {
        await using var here = await Sample.OpenAsync(_folder, _clock);
        await using var there = await Sample.OpenAsync(_folder, _clock);

        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(i =>
            (i % 2 == 0 ? here : there).BeginAsync(Sample.Plain(), default).AsTask()));

        Assert.Single(results.OfType<BeginResult.Started>());
    }

    [Fact]
    public async Task A_request_in_progress_says_until_when()
    {
        await using var ledger = await Sample.OpenAsync(_folder, _clock);
        await ledger.StartAsync(Sample.Plain());

        var busy = Assert.IsType<BeginResult.InProgress>(await ledger.BeginAsync(Sample.Plain(), default));

        Assert.Equal(_clock.GetUtcNow() + TimeSpan.FromSeconds(30), busy.Until);
    }

    [Fact]
    public async Task A_lease_that_ran_out_is_taken_over_and_the_late_holder_can_write_nothing()
    {
        await using var ledger = await Sample.OpenAsync(_folder, _clock);
        var late = await ledger.StartAsync(Sample.Plain());
        await ledger.RecordIntentAsync(late, Sample.Intent(late), default);
        _clock.Advance(TimeSpan.FromSeconds(30));

        var resumed = Assert.IsType<BeginResult.Resumed>(await ledger.BeginAsync(Sample.Plain(), default));

        Assert.Equal(late.Request, resumed.Lease.Request);
        await AssertLostAsync(() => ledger.RenewAsync(late, default).AsTask());
        await AssertLostAsync(() => ledger.RecordIntentAsync(late, Sample.Intent(late), default).AsTask());
        await AssertLostAsync(() => ledger.RecordSignatureAsync(late, Sample.Signature(), default).AsTask());
        await AssertLostAsync(() => ledger.CompleteAsync(late, Sample.Approval(late.Request), default).AsTask());
        await AssertLostAsync(() => ledger.RefuseAsync(late, Sample.Refusal(late.Request), default).AsTask());
        await ledger.ReleaseAsync(late, default);
        await ledger.RenewAsync(resumed.Lease, default);
        Assert.Single(await ledger.ShowAsync());
    }

    [Fact]
    public async Task Every_write_and_renewal_moves_the_end_of_the_lease()
    {
        await using var ledger = await Sample.OpenAsync(_folder, _clock);
        var lease = await ledger.StartAsync(Sample.Plain());
        _clock.Advance(TimeSpan.FromSeconds(20));
        await ledger.RecordIntentAsync(lease, Sample.Intent(lease), default);
        _clock.Advance(TimeSpan.FromSeconds(20));
        Assert.IsType<BeginResult.InProgress>(await ledger.BeginAsync(Sample.Plain(), default));

        Assert.Equal(_clock.GetUtcNow() + TimeSpan.FromSeconds(30), (await ledger.RenewAsync(lease, default)).Until);
        _clock.Advance(TimeSpan.FromSeconds(20));
        Assert.IsType<BeginResult.InProgress>(await ledger.BeginAsync(Sample.Plain(), default));
    }

    [Fact]
    public async Task A_slow_worker_whom_nobody_replaced_may_go_on()
    {
        await using var ledger = await Sample.OpenAsync(_folder, _clock);
        var slow = await ledger.StartAsync(Sample.Plain());
        _clock.Advance(TimeSpan.FromMinutes(30));
        await ledger.StartAsync(Sample.Keyed("another request, which tidies up"));

        await ledger.RecordIntentAsync(slow, Sample.Intent(slow), default);
    }

    [Fact]
    public async Task Leases_that_nobody_came_back_for_are_tidied_up()
    {
        await using var ledger = await Sample.OpenAsync(_folder, _clock);
        await ledger.StartAsync(Sample.Keyed("a"));
        await ledger.StartAsync(Sample.Keyed("b"));
        _clock.Advance(TimeSpan.FromHours(2));

        await ledger.StartAsync(Sample.Keyed("c"));

        using var connection = new SqliteConnection($"Data Source={_folder["ledger.db"]};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM leases";
        Assert.Equal(1L, command.ExecuteScalar());
    }

    [Fact]
    public async Task A_released_request_starts_again_at_once()
    {
        await using var ledger = await Sample.OpenAsync(_folder, _clock);
        var lease = await ledger.StartAsync(Sample.Plain());

        await ledger.ReleaseAsync(lease, default);

        await ledger.StartAsync(Sample.Plain());
    }

    [Fact]
    public async Task A_resumed_request_shows_how_far_it_got_with_the_very_bytes()
    {
        var approval = new IntendedStatement("approval", Sample.Image, Digest.Compute("vsa"u8));
        await using (var crashed = await Sample.OpenAsync(_folder, _clock))
        {
            var lease = await crashed.StartAsync(Sample.Plain());
            await crashed.RecordIntentAsync(lease, Sample.Intent(lease), default);
            await crashed.RecordSignatureAsync(lease, Sample.Signature(), default);
            await crashed.RecordIntentAsync(lease, Sample.Intent(lease, approval), default);
        }

        _clock.Advance(TimeSpan.FromMinutes(1));
        await using var ledger = await Sample.OpenAsync(_folder, _clock);
        var resumed = Assert.IsType<BeginResult.Resumed>(await ledger.BeginAsync(Sample.Plain(), default));

        Assert.Equal([[Sample.Statement], [approval]], resumed.Open.Intents.Select(intent => intent.Statements));
        Assert.Equal(Sample.Approval(resumed.Lease.Request).ToJson(), resumed.Open.Decision.ToJson());
        Assert.Equal(Sample.KeyId, resumed.Open.Intents[0].KeyId);
        Assert.Null(resumed.Open.Find("approval", Sample.Image));
        var signature = resumed.Open.Find("signature", Sample.Image)!;
        Assert.Equal(Sample.Signature().Content.ToArray(), signature.Content.ToArray());
        Assert.Equal(Sample.Signature().Annotations, signature.Annotations);
        Assert.Equal(Sample.Signature().MediaType, signature.MediaType);
    }

    [Fact]
    public async Task A_second_signature_of_one_purpose_is_never_kept()
    {
        await using var ledger = await Sample.OpenAsync(_folder, _clock);
        var lease = await ledger.StartAsync(Sample.Plain());
        await ledger.RecordIntentAsync(lease, Sample.Intent(lease), default);
        var first = await ledger.RecordSignatureAsync(lease, Sample.Signature(content: [1]), default);

        var second = await ledger.RecordSignatureAsync(lease, Sample.Signature(content: [2]), default);

        Assert.Equal([1], first.Content.ToArray());
        Assert.Equal([1], second.Content.ToArray());
        Assert.Single(await ledger.ShowAsync(new EntryFilter { Kinds = [EntryKind.Signature] }));
    }

    public static TheoryData<string, RecordedSignature> Unintended => new()
    {
        { "another purpose", Sample.Signature(Sample.Statement with { Purpose = "approval" }) },
        { "another subject", Sample.Signature(Sample.Statement with { Subject = OtherReport }) },
        { "another payload", Sample.Signature(Sample.Statement with { Payload = OtherReport }) },
        { "another key", Sample.Signature() with { KeyId = "file:refusal#1" } },
    };

    [Theory, MemberData(nameof(Unintended), DisableDiscoveryEnumeration = true)]
    public async Task A_signature_without_its_intent_is_refused(string because, RecordedSignature signature)
    {
        await using var ledger = await Sample.OpenAsync(_folder, _clock);
        var lease = await ledger.StartAsync(Sample.Plain());
        await ledger.RecordIntentAsync(lease, Sample.Intent(lease), default);

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(
            () => ledger.RecordSignatureAsync(lease, signature, default).AsTask());

        Assert.Contains("no recorded intent", refused.Message, StringComparison.Ordinal);
        Assert.True((await ledger.ShowAsync()).Count == 1, because);
    }

    [Fact]
    public async Task An_intent_of_another_request_covers_nothing()
    {
        await using var ledger = await Sample.OpenAsync(_folder, _clock);
        var other = await ledger.StartAsync(Sample.Keyed("other"));
        await ledger.RecordIntentAsync(other, Sample.Intent(other), default);
        var lease = await ledger.StartAsync(Sample.Plain());

        await Assert.ThrowsAsync<InvalidOperationException>(
            () => ledger.RecordSignatureAsync(lease, Sample.Signature(), default).AsTask());
    }

    [Fact]
    public async Task Nothing_is_completed_without_a_signature_and_nothing_signed_is_refused()
    {
        await using var ledger = await Sample.OpenAsync(_folder, _clock);
        var lease = await ledger.StartAsync(Sample.Plain());
        await ledger.RecordIntentAsync(lease, Sample.Intent(lease), default);
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => ledger.CompleteAsync(lease, Sample.Approval(lease.Request), default).AsTask());

        await ledger.RecordSignatureAsync(lease, Sample.Signature(), default);
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => ledger.RefuseAsync(lease, Sample.Refusal(lease.Request), default).AsTask());

        await ledger.CompleteAsync(lease, Sample.Approval(lease.Request), default);
    }

    [Fact]
    public async Task An_entry_has_a_size()
    {
        await using var ledger = await Sample.OpenAsync(_folder, _clock);
        var lease = await ledger.StartAsync(Sample.Plain());
        var endless = Sample.Refusal(lease.Request) with { Considered = [new string('x', Limits.LedgerBodyBytes)] };

        var body = await Assert.ThrowsAsync<ArgumentException>(() => ledger.RefuseAsync(lease, endless, default).AsTask());
        var content = await Assert.ThrowsAsync<ArgumentException>(
            () => ledger.RecordSignatureAsync(lease, Sample.Signature(content: new byte[Limits.AttestationBytes + 1]), default).AsTask());

        Assert.Contains($"at most {Limits.LedgerBodyBytes} bytes", body.Message, StringComparison.Ordinal);
        Assert.Contains($"at most {Limits.AttestationBytes} bytes", content.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_ended_request_takes_no_more_entries()
    {
        await using var ledger = await Sample.OpenAsync(_folder, _clock);
        var lease = await ledger.StartAsync(Sample.Plain());
        await ledger.RefuseAsync(lease, Sample.Refusal(lease.Request), default);

        await AssertLostAsync(() => ledger.RecordIntentAsync(lease, Sample.Intent(lease), default).AsTask());
        await AssertLostAsync(() => ledger.RefuseAsync(lease, Sample.Refusal(lease.Request), default).AsTask());
    }

    [Fact]
    public async Task A_decision_goes_where_it_belongs()
    {
        await using var ledger = await Sample.OpenAsync(_folder, _clock);
        var lease = await ledger.StartAsync(Sample.Plain());

        await Assert.ThrowsAsync<ArgumentException>(
            () => ledger.RefuseAsync(lease, Sample.Approval(lease.Request), default).AsTask());
        await Assert.ThrowsAsync<ArgumentException>(
            () => ledger.CompleteAsync(lease, Sample.Refusal(lease.Request), default).AsTask());
        await Assert.ThrowsAsync<ArgumentException>(
            () => ledger.RefuseAsync(lease, Sample.Refusal("another request"), default).AsTask());
        await Assert.ThrowsAsync<ArgumentException>(
            () => ledger.RecordIntentAsync(lease, Sample.Intent(lease) with { Statements = [] }, default).AsTask());
        await Assert.ThrowsAsync<ArgumentException>(
            () => ledger.RecordIntentAsync(lease, Sample.Intent(lease) with { Decision = Sample.Refusal(lease.Request) }, default).AsTask());
        Assert.Empty(await ledger.ShowAsync());
    }

    [Fact]
    public async Task Open_requests_are_found_and_taken_over_by_another_worker_once_their_lease_has_run_out()
    {
        await using var ledger = await Sample.OpenAsync(_folder, _clock);
        string signed;
        await using (var crashed = await Sample.OpenAsync(_folder, _clock))
        {
            await crashed.SignAsync(Sample.Keyed("done"));
            var lease = await crashed.StartAsync(Sample.Keyed("signed"));
            await crashed.RecordIntentAsync(lease, Sample.Intent(lease), default);
            await crashed.RecordSignatureAsync(lease, Sample.Signature(), default);
            signed = lease.Request;
            var refused = await crashed.StartAsync(Sample.Keyed("intended, then refused"));
            await crashed.RecordIntentAsync(refused, Sample.Intent(refused), default);
            await crashed.RefuseAsync(refused, Sample.Error(refused.Request), default);
        }

        var open = Assert.Single(await FindOpenAsync(ledger));
        Assert.Equal(signed, open.Request);
        Assert.Null(await ledger.TakeOverAsync(open, default));

        _clock.Advance(TimeSpan.FromSeconds(30));
        var taken = await ledger.TakeOverAsync(open, default);
        Assert.NotNull(taken);
        Assert.Null(await ledger.TakeOverAsync(open, default));

        await ledger.CompleteAsync(taken, open.Decision, default);
        Assert.Empty(await FindOpenAsync(ledger));
        Assert.Null(await ledger.TakeOverAsync(open, default));
    }

    [Fact]
    public async Task A_cancelled_write_that_has_not_begun_is_not_written()
    {
        await using var ledger = await Sample.OpenAsync(_folder, _clock);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ledger.RecordRejectionAsync(
            new Rejection(ReasonCode.BadRequest, "x"), new CancellationToken(canceled: true)).AsTask());

        Assert.Empty(await ledger.ShowAsync());
    }

    private static async Task<List<OpenRequest>> FindOpenAsync(DecisionLedger ledger)
    {
        var open = new List<OpenRequest>();
        await foreach (var request in ledger.Reader.FindOpenRequestsAsync(default))
            open.Add(request);
        return open;
    }

    private static async Task AssertLostAsync(Func<Task> write) =>
        Assert.Equal(ReasonCode.RequestInProgress, (await Assert.ThrowsAsync<LedgerException>(write)).Reason);
}
