// SPDX-License-Identifier: Apache-2.0

using System.Text;
using Microsoft.Data.Sqlite;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Testing;

namespace SupplyChain.Ledger.Tests;

/// <summary>What decisions rest on is kept once, packed, chained and found by its digest.</summary>
public sealed class DocumentTests : IDisposable
{
    private static readonly LedgerDocument Scan = new("scan", Encoding.UTF8.GetBytes(new string('s', 5_000)));
    private static readonly LedgerDocument Root = new("basis", "{\"root\":1}"u8.ToArray());
    private static readonly DecisionBasis Basis = new(Root.Digest, [Root, Scan]);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Documents_come_before_the_decision_that_rests_on_them_and_only_once()
    {
        await using (var ledger = await Sample.OpenAsync(_folder))
        {
            await RefuseAsync(ledger, "one");
            await RefuseAsync(ledger, "two");

            Assert.Equal(
                [EntryKind.Document, EntryKind.Document, EntryKind.Refusal, EntryKind.Refusal],
                (await ledger.ShowAsync()).Select(entry => entry.Kind));
        }

        Assert.Empty((await VerifyAsync()).Problems);
    }

    [Fact]
    public async Task A_document_is_packed_and_read_back_as_it_was()
    {
        await using var ledger = await Sample.OpenAsync(_folder);
        await RefuseAsync(ledger, "one");

        var document = ledger.Reader.FindDocument(Scan.Digest);

        Assert.Equal("scan", document!.Form);
        Assert.True(document.TryUnpack(out var content, out _));
        Assert.Equal(Scan.Content.ToArray(), content);
        Assert.Null(ledger.Reader.FindDocument(Digest.Compute("none"u8)));
        Assert.True((await ledger.Reader.ReadContentAsync(2, default))!.Length < 100, "5,000 equal letters pack well");
    }

    [Fact]
    public async Task A_refusal_and_an_approval_lead_to_what_they_rest_on()
    {
        await using var ledger = await Sample.OpenAsync(_folder);
        await RefuseAsync(ledger, "one");
        var lease = await ledger.StartAsync(Sample.Keyed("two"));
        await ledger.RecordIntentAsync(lease, Sample.Intent(lease) with { Basis = Basis }, default);
        await ledger.RecordSignatureAsync(lease, Sample.Signature(), default);
        await ledger.CompleteAsync(lease, Sample.Approval(lease.Request), default);
        await ledger.SignAsync(Sample.Keyed("three"));

        var found = await ledger.Reader.FindReplayableAsync(DateTimeOffset.MinValue, after: 0, default);

        Assert.Equal([Root.Digest, Root.Digest, null], found.Select(decision => decision.Basis));
        Assert.Equal([EntryKind.Refusal, EntryKind.Completion, EntryKind.Completion], found.Select(decision => decision.Recorded.Kind));
        var rest = await ledger.Reader.FindReplayableAsync(DateTimeOffset.MinValue, found[0].Recorded.Sequence, default);
        Assert.Equal(found.Skip(1).Select(decision => decision.Recorded.Id), rest.Select(decision => decision.Recorded.Id));
    }

    [Fact]
    public async Task An_open_request_remembers_what_it_rests_on()
    {
        await using var ledger = await Sample.OpenAsync(_folder);
        var lease = await ledger.StartAsync(Sample.Keyed("one"));
        await ledger.RecordIntentAsync(lease, Sample.Intent(lease) with { Basis = Basis }, default);

        await foreach (var open in ledger.Reader.FindOpenRequestsAsync(default))
            Assert.Equal(Root.Digest, open.Basis!.Root);
    }

    [Fact]
    public async Task A_document_above_the_limit_is_refused()
    {
        await using var ledger = await Sample.OpenAsync(_folder);
        var lease = await ledger.StartAsync(Sample.Keyed("one"));
        var large = new LedgerDocument("scan", new byte[Limits.LedgerDocumentBytes + 1]);

        var refused = await Assert.ThrowsAsync<ArgumentException>(
            () => ledger.RefuseAsync(lease, Sample.Refusal(lease.Request), new DecisionBasis(large.Digest, [large]), default).AsTask());

        Assert.Contains($"{Limits.LedgerDocumentBytes}", refused.Message, StringComparison.Ordinal);
        Assert.Contains($"{Limits.LedgerDocumentBytes + 1}", refused.Message, StringComparison.Ordinal);
    }

    [Theory, InlineData(Limits.LedgerDocumentBytes + 1L), InlineData(-1), InlineData(4_999)]
    public async Task A_document_of_another_length_is_never_unpacked(long length)
    {
        await using var ledger = await Sample.OpenAsync(_folder);
        await RefuseAsync(ledger, "one");
        var packed = (await ledger.Reader.ReadContentAsync(2, default))!;

        Assert.False(new PackedDocument(Scan.Digest, "scan", length, packed).TryUnpack(out _, out var problem));

        Assert.StartsWith($"the document {Scan.Digest} in the ledger was changed; expected ", problem, StringComparison.Ordinal);
        Assert.Contains(", found ", problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_document_that_is_not_what_it_is_called_is_found()
    {
        await using (var ledger = await Sample.OpenAsync(_folder))
        {
            var mislabelled = new DecisionBasis(Root.Digest, [Root]);
            var lease = await ledger.StartAsync(Sample.Keyed("one"));
            await ledger.RefuseAsync(lease, Sample.Refusal(lease.Request), mislabelled, default);
        }

        // As a writer would leave it that names one thing and packs another: every hash is right.
        Edit(
            "DROP TRIGGER entries_keep",
            $"UPDATE entries SET body = replace(body, '{Root.Digest}', '{Scan.Digest}') WHERE sequence = 1");

        var problems = (await VerifyAsync()).Problems;
        Assert.Contains(problems, problem => problem.Message.Contains("document cannot be read", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_decision_whose_basis_is_not_on_record_before_it_is_found()
    {
        await using (var ledger = await Sample.OpenAsync(_folder))
        {
            var lease = await ledger.StartAsync(Sample.Keyed("one"));
            await ledger.RefuseAsync(lease, Sample.Refusal(lease.Request), new DecisionBasis(Root.Digest, []), default);
        }

        var problem = Assert.Single((await VerifyAsync()).Problems);
        Assert.Equal(1, problem.Sequence);
        Assert.Contains("was not recorded before", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_ledger_of_the_version_before_is_intact_and_goes_on()
    {
        LedgerHead head;
        await using (var ledger = await Sample.OpenAsync(_folder))
            await ledger.SignAsync(Sample.Keyed("one"));
        Edit("DROP INDEX documents", "PRAGMA user_version = 3");
        var before = await VerifyAsync();
        Assert.Empty(before.Problems);
        head = before.Head!;

        await using (var ledger = await Sample.OpenAsync(_folder))
            await RefuseAsync(ledger, "two");

        var after = await VerifyAsync(head);
        Assert.Empty(after.Problems);
        Assert.Equal(before.Entries + 3, after.Entries);
    }

    [Fact]
    public async Task A_ledger_of_the_version_before_that_was_changed_is_not_brought_up_to_date()
    {
        await (await Sample.OpenAsync(_folder)).DisposeAsync();
        Edit("DROP INDEX documents", "DROP TRIGGER entries_keep", "PRAGMA user_version = 3");

        var refused = await Assert.ThrowsAsync<LedgerException>(() => Sample.OpenAsync(_folder).AsTask());

        Assert.Contains("schema was changed", refused.Message, StringComparison.Ordinal);
    }

    private static async Task RefuseAsync(DecisionLedger ledger, string key)
    {
        var lease = await ledger.StartAsync(Sample.Keyed(key));
        await ledger.RefuseAsync(lease, Sample.Refusal(lease.Request), Basis, default);
    }

    private async Task<LedgerVerification> VerifyAsync(LedgerHead? expected = null)
    {
        using var reader = new LedgerReader(_folder["ledger.db"]);
        return await reader.VerifyAsync(expected, default);
    }

    private void Edit(params string[] statements)
    {
        using var connection = new SqliteConnection($"Data Source={_folder["ledger.db"]};Pooling=false");
        connection.Open();
        foreach (var statement in statements)
        {
            using var command = connection.CreateCommand();
            command.CommandText = statement;
            command.ExecuteNonQuery();
        }
    }
}
