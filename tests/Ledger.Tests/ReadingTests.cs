// SPDX-License-Identifier: Apache-2.0

using System.Text;
using Microsoft.Data.Sqlite;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Testing;

namespace SupplyChain.Ledger.Tests;

public sealed class ReadingTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly ManualClock _clock = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_decision_is_found_by_its_id()
    {
        await using var ledger = await Sample.OpenAsync(_folder, _clock);
        var lease = await ledger.StartAsync(Sample.Plain());
        var refused = await ledger.RefuseAsync(lease, Sample.Refusal(lease.Request), default);

        var found = await ledger.Reader.FindDecisionAsync(lease.Request, default);

        Assert.Equal(refused.Json.ToArray(), found!.Json.ToArray());
        Assert.Equal(EntryKind.Refusal, found.Kind);
        Assert.Null(await ledger.Reader.FindDecisionAsync("0198c0de", default));
    }

    [Fact]
    public async Task An_open_request_has_no_decision_yet()
    {
        await using var ledger = await Sample.OpenAsync(_folder, _clock);
        var lease = await ledger.StartAsync(Sample.Plain());
        await ledger.RecordIntentAsync(lease, Sample.Intent(lease), default);

        Assert.Null(await ledger.Reader.FindDecisionAsync(lease.Request, default));
    }

    public static TheoryData<string, DecisionQuery, string[]> Queries => new()
    {
        { "all, newest first", new DecisionQuery(), ["error", "refused", "approved"] },
        { "the newest two", new DecisionQuery { Limit = 2 }, ["error", "refused"] },
        { "by outcome", new DecisionQuery { Outcome = Outcome.Approved }, ["approved"] },
        { "by image", new DecisionQuery { Image = Sample.Image }, ["error", "refused", "approved"] },
        { "by another image", new DecisionQuery { Image = Sample.Report }, [] },
        { "by repository", new DecisionQuery { Repository = Sample.Repository }, ["error", "refused", "approved"] },
        { "by another repository", new DecisionQuery { Repository = Repository.Parse("a.example/b") }, [] },
        { "since the second", new DecisionQuery { Since = new ManualClock().GetUtcNow() + TimeSpan.FromHours(1) }, ["error", "refused"] },
        { "before the newest", new DecisionQuery { Before = 5 }, ["refused", "approved"] },
        { "before the first", new DecisionQuery { Before = 1 }, [] },
        { "all conditions at once", new DecisionQuery { Since = new ManualClock().GetUtcNow() + TimeSpan.FromHours(1), Image = Sample.Image, Outcome = Outcome.Refused, Repository = Sample.Repository }, ["refused"] },
    };

    [Theory, MemberData(nameof(Queries), DisableDiscoveryEnumeration = true)]
    public async Task Decisions_are_listed(string because, DecisionQuery query, string[] expected)
    {
        await using var ledger = await Sample.OpenAsync(_folder, _clock);
        await ledger.SignAsync(Sample.Keyed("a"));
        _clock.Advance(TimeSpan.FromHours(1));
        var lease = await ledger.StartAsync(Sample.Keyed("b"));
        await ledger.RefuseAsync(lease, Sample.Refusal(lease.Request), default);
        _clock.Advance(TimeSpan.FromHours(1));
        lease = await ledger.StartAsync(Sample.Keyed("c"));
        await ledger.RefuseAsync(lease, Sample.Error(lease.Request), default);

        var found = await ledger.Reader.FindDecisionsAsync(query, default);

        var outcomes = found.Select(decision => decision.Read().Outcome.ToString().ToLowerInvariant()).ToArray();
        Assert.True(expected.SequenceEqual(outcomes, StringComparer.Ordinal), $"{because}: {string.Join(", ", outcomes)}");
    }

    [Theory, InlineData(0), InlineData(1_001)]
    public async Task A_listing_has_a_limit(int limit)
    {
        await using var ledger = await Sample.OpenAsync(_folder, _clock);

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () => ledger.Reader.FindDecisionsAsync(new DecisionQuery { Limit = limit }, default).AsTask());
    }

    public static TheoryData<string, EntryFilter, long[]> Filters => new()
    {
        { "all", new EntryFilter(), [1, 2, 3, 4, 5] },
        { "one kind", new EntryFilter { Kinds = [EntryKind.Signature] }, [2] },
        { "two kinds", new EntryFilter { Kinds = [EntryKind.Intent, EntryKind.Evidence] }, [1, 4] },
        { "after", new EntryFilter { After = 3 }, [4, 5] },
        { "limit", new EntryFilter { Limit = 2 }, [1, 2] },
        { "nothing", new EntryFilter { Limit = 0 }, [] },
        { "image", new EntryFilter { Image = Sample.Image }, [1, 3, 4] },
        { "another request", new EntryFilter { Request = "x" }, [] },
        { "since", new EntryFilter { Since = new ManualClock().GetUtcNow() + TimeSpan.FromHours(1) }, [4, 5] },
        { "until", new EntryFilter { Until = new ManualClock().GetUtcNow() + TimeSpan.FromHours(1) }, [1, 2, 3] },
    };

    [Theory, MemberData(nameof(Filters), DisableDiscoveryEnumeration = true)]
    public async Task Entries_are_shown(string because, EntryFilter filter, long[] expected)
    {
        await using var ledger = await Sample.OpenAsync(_folder, _clock);
        await ledger.SignAsync(Sample.Plain());
        _clock.Advance(TimeSpan.FromHours(1));
        await ledger.RecordEvidenceAsync(new KnownEvidence(Sample.Image, Sample.Image, "trivy", _clock.GetUtcNow(), Sample.Report), default);
        await ledger.RecordRejectionAsync(new Rejection(ReasonCode.BadReference, "no image"), default);

        var shown = (await ledger.ShowAsync(filter)).Select(entry => entry.Sequence).ToArray();

        Assert.True(expected.SequenceEqual(shown), $"{because}: {string.Join(", ", shown)}");
    }

    [Fact]
    public async Task Entries_are_shown_over_many_pages()
    {
        await using var ledger = await Sample.OpenAsync(_folder, _clock);
        await Task.WhenAll(Enumerable.Range(0, 600).Select(i =>
            ledger.RecordRejectionAsync(new Rejection(ReasonCode.BadRequest, $"{i}"), default).AsTask()));

        Assert.Equal(Enumerable.Range(1, 600), (await ledger.ShowAsync()).Select(entry => (int)entry.Sequence));
        Assert.Equal(300, (await ledger.ShowAsync(new EntryFilter { Limit = 300 })).Count);
    }

    [Fact]
    public async Task A_rejection_quotes_the_request_safely()
    {
        await using var ledger = await Sample.OpenAsync(_folder, _clock);

        var entry = await ledger.RecordRejectionAsync(
            new Rejection(ReasonCode.BadReference, "no\u001b[31m image\n") { Requester = Sample.Requester, Image = new string('x', 10_000) }, default);

        var body = Encoding.UTF8.GetString(entry.Body.Span);
        Assert.Contains("\"reason\":\"BAD_REFERENCE\"", body, StringComparison.Ordinal);
        Assert.Contains("no\\\\u{1b}[31m image\\\\u{a}", body, StringComparison.Ordinal);
        Assert.Contains("\"subject\":\"repo:example/api\"", body, StringComparison.Ordinal);
        Assert.True(body.Length < 1_000, body);
        Assert.Equal(7, Guid.Parse(entry.Request).Version);
    }

    [Fact]
    public async Task The_newest_scan_binds_whenever_it_became_known()
    {
        var noon = _clock.GetUtcNow();
        await using var ledger = await Sample.OpenAsync(_folder, _clock);
        var newest = new KnownEvidence(Sample.Image, Sample.Image, "trivy", noon, Digest.Compute("newest"u8));
        await ledger.RecordEvidenceAsync(newest with { ScanTime = noon.AddHours(-2), Report = Digest.Compute("older"u8) }, default);
        await ledger.RecordEvidenceAsync(newest, default);
        await ledger.RecordEvidenceAsync(newest with { ScanTime = noon.AddTicks(-1), Report = Digest.Compute("nicer"u8) }, default);
        await ledger.RecordEvidenceAsync(newest with { Scanner = "grype", ScanTime = noon.AddMinutes(1) }, default);
        await ledger.RecordEvidenceAsync(newest with { Config = Sample.Report, ScanTime = noon.AddMinutes(1) }, default);

        var found = await ledger.Reader.FindNewestEvidenceAsync(Sample.Image, "trivy", default);

        Assert.Equal(newest with { Received = noon }, found);
        Assert.Null(await ledger.Reader.FindNewestEvidenceAsync(Sample.Image, "Trivy", default));
    }

    [Fact]
    public async Task The_newest_scan_binds_under_whatever_image_it_became_known()
    {
        await using var ledger = await Sample.OpenAsync(_folder, _clock);
        var known = new KnownEvidence(Sample.Image, Sample.Image, "trivy", _clock.GetUtcNow(), Sample.Report);
        await ledger.RecordEvidenceAsync(known with { Image = Digest.Compute("an index"u8) }, default);

        Assert.Equal(Sample.Report, (await ledger.Reader.FindNewestEvidenceAsync(Sample.Image, "trivy", default))!.Report);
        Assert.False(await ledger.RecordEvidenceAsync(known, default));
    }

    [Fact]
    public async Task Times_of_other_zones_compare_as_instants()
    {
        var noon = new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.FromHours(2));
        await using var ledger = await Sample.OpenAsync(_folder, _clock);
        var known = new KnownEvidence(Sample.Image, Sample.Image, "trivy", noon, Digest.Compute("a"u8));
        await ledger.RecordEvidenceAsync(known, default);
        await ledger.RecordEvidenceAsync(known with { ScanTime = noon.ToUniversalTime().AddMinutes(1), Report = Digest.Compute("b"u8) }, default);

        var found = await ledger.Reader.FindNewestEvidenceAsync(Sample.Image, "trivy", default);

        Assert.Equal(Digest.Compute("b"u8), found!.Report);
    }

    [Fact]
    public async Task A_known_report_is_recorded_once()
    {
        await using var ledger = await Sample.OpenAsync(_folder, _clock);
        var known = new KnownEvidence(Sample.Image, Sample.Image, "trivy", _clock.GetUtcNow(), Sample.Report);

        Assert.True(await ledger.RecordEvidenceAsync(known, default));
        Assert.False(await ledger.RecordEvidenceAsync(known, default));
        Assert.True(await ledger.RecordEvidenceAsync(known with { Report = Sample.Image }, default));
        Assert.Equal(2, (await ledger.ShowAsync()).Count);
    }

    [Fact]
    public async Task A_scan_from_the_future_is_not_recorded_for_it_would_bind_for_ever()
    {
        await using var ledger = await Sample.OpenAsync(_folder, _clock);
        var limit = _clock.GetUtcNow() + Limits.ClockSkew;
        var known = new KnownEvidence(Sample.Image, Sample.Image, "trivy", limit, Sample.Report);

        Assert.True(await ledger.RecordEvidenceAsync(known, default));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () => ledger.RecordEvidenceAsync(known with { ScanTime = limit.AddTicks(1) }, default).AsTask());
    }

    [Fact]
    public async Task A_reader_works_beside_a_writer_of_another_process()
    {
        await using var ledger = await Sample.OpenAsync(_folder, _clock);
        await ledger.SignAsync(Sample.Plain());
        using var auditor = new LedgerReader(_folder["ledger.db"]);

        Assert.Equal(3, (await auditor.ReadHeadAsync(default))!.Sequence);
        await ledger.RecordRejectionAsync(new Rejection(ReasonCode.BadRequest, "x"), default);
        Assert.Equal(4, (await auditor.ReadHeadAsync(default))!.Sequence);
    }

    [Fact]
    public async Task A_copy_whose_folder_takes_no_side_files_is_read_all_the_same()
    {
        await using (var ledger = await Sample.OpenAsync(_folder, _clock))
            await ledger.SignAsync(Sample.Plain());
        Directory.CreateDirectory(_folder["odd ?&%20name"]);
        File.Move(_folder["ledger.db"], _folder["odd ?&%20name/ledger.db"]);
        Directory.CreateDirectory(_folder["odd ?&%20name/ledger.db-shm"]);

        using var auditor = new LedgerReader(_folder["odd ?&%20name/ledger.db"]);

        Assert.Equal(3, (await auditor.VerifyAsync(null, default)).Entries);
    }

    [Fact]
    public async Task Attached_content_can_be_had()
    {
        await using var ledger = await Sample.OpenAsync(_folder, _clock);
        await ledger.SignAsync(Sample.Plain());

        Assert.Equal(Sample.Signature().Content.ToArray(), await ledger.Reader.ReadContentAsync(2, default));
        Assert.Null(await ledger.Reader.ReadContentAsync(1, default));
    }

    [Fact]
    public async Task An_entry_that_cannot_be_read_is_a_fault_of_the_ledger()
    {
        await using var ledger = await Sample.OpenAsync(_folder, _clock);
        var done = await ledger.SignAsync(Sample.Plain());
        using (var connection = new SqliteConnection($"Data Source={_folder["ledger.db"]};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "DROP TRIGGER entries_keep; UPDATE entries SET body = json_remove(body, '$.decision.id') WHERE sequence = 3";
            command.ExecuteNonQuery();
        }

        var begin = await Assert.ThrowsAsync<LedgerException>(() => ledger.BeginAsync(Sample.Plain(), default).AsTask());
        Assert.Equal(ReasonCode.AuditUnavailable, begin.Reason);
        Assert.Contains("cannot be read", begin.Message, StringComparison.Ordinal);
        Assert.Equal(done.Id, (await ledger.Reader.FindDecisionAsync(done.Id, default))!.Id);
    }

    [Fact]
    public async Task An_empty_ledger_has_no_head()
    {
        await using var ledger = await Sample.OpenAsync(_folder, _clock);

        Assert.Null(await ledger.Reader.ReadHeadAsync(default));
    }
}
