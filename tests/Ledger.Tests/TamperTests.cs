// SPDX-License-Identifier: Apache-2.0

using System.Text;
using Microsoft.Data.Sqlite;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Testing;

namespace SupplyChain.Ledger.Tests;

/// <summary>A ledger of seven entries (two signed requests and a rejection), changed in one way at a time.</summary>
public sealed class TamperTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, string[], long?, string> Changes => new()
    {
        { "body", ["UPDATE entries SET body = replace(body, 'linux/amd64', 'linux/arm64') WHERE sequence = 3"], 3, "was changed" },
        { "body, by white space alone", ["UPDATE entries SET body = body || ' ' WHERE sequence = 7"], 7, "was changed" },
        { "time", ["UPDATE entries SET time = time + 1 WHERE sequence = 4"], 4, "was changed" },
        { "kind", ["UPDATE entries SET kind = 'rejected' WHERE sequence = 1"], 1, "was changed" },
        { "request", ["UPDATE entries SET request = 'x' WHERE sequence = 7"], 7, "was changed" },
        { "hash", ["UPDATE entries SET hash = zeroblob(32) WHERE sequence = 7"], 7, "was changed" },
        { "hash of another length", ["UPDATE entries SET hash = zeroblob(31) WHERE sequence = 7"], 7, "was changed" },
        { "previous hash", ["UPDATE entries SET previous = zeroblob(32) WHERE sequence = 5"], 5, "does not follow" },
        { "attached content", ["UPDATE contents SET bytes = zeroblob(length(bytes)) WHERE sequence = 2"], 2, "attached content" },
        { "attached content's length", ["UPDATE contents SET bytes = x'00' WHERE sequence = 2"], 2, "attached content" },
        { "attached content removed", ["DELETE FROM contents WHERE sequence = 2"], 2, "attached content" },
        { "attached content added", ["INSERT INTO contents VALUES (7, x'00')"], 7, "attached content" },
        { "an oversized body", [$"UPDATE entries SET body = '\"' || hex(zeroblob({Limits.LedgerBodyBytes / 2})) || '\"' WHERE sequence = 7"], 7, "larger" },
        { "first entry cut off", ["DELETE FROM entries WHERE sequence = 1"], 2, "missing" },
        { "entry removed", ["DELETE FROM entries WHERE sequence = 5"], 6, "missing" },
        { "entry removed and the rest moved up", ["DELETE FROM entries WHERE sequence = 5", "UPDATE entries SET sequence = sequence - 1 WHERE sequence > 5"], 5, "does not follow" },
        { "two entries swapped", ["UPDATE entries SET sequence = 100 WHERE sequence = 4", "UPDATE entries SET sequence = 4 WHERE sequence = 7", "UPDATE entries SET sequence = 7 WHERE sequence = 100"], 4, "does not follow" },
        { "an entry below the first", ["UPDATE entries SET sequence = -1 WHERE sequence = 7"], -1, "impossible" },
        { "a trigger dropped", ["DROP TRIGGER entries_keep"], null, "schema" },
        { "a trigger defused", ["DROP TRIGGER entries_keep", "CREATE TRIGGER entries_keep BEFORE UPDATE ON entries BEGIN SELECT 1; END"], null, "schema" },
        { "an index dropped", ["DROP INDEX evidence"], null, "schema" },
        { "a table added", ["CREATE TABLE more (x)"], null, "schema" },
        { "another version", ["PRAGMA user_version = 9"], null, "another version" },
        { "another application", ["PRAGMA application_id = 2"], null, "not a ledger" },
    };

    [Theory, MemberData(nameof(Changes), DisableDiscoveryEnumeration = true)]
    public async Task A_change_is_found_and_named(string because, string[] statements, long? sequence, string message)
    {
        await FillAsync();
        Edit(statements);

        var problem = (await VerifyAsync()).Problems[0];

        Assert.True(problem.Sequence == sequence, $"{because}: {problem}");
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
        Assert.NotEqual(problem.Expected, problem.Actual, StringComparer.Ordinal);
    }

    [Fact]
    public async Task An_untouched_ledger_is_intact()
    {
        var head = await FillAsync();
        Edit();

        var result = await VerifyAsync(head);

        Assert.Empty(result.Problems);
        Assert.Equal(7, result.Entries);
        Assert.Equal(head, result.Head);
    }

    [Fact]
    public async Task An_edit_with_its_own_hash_mended_shows_at_the_next_entry()
    {
        await FillAsync();
        Edit("UPDATE entries SET time = 0 WHERE sequence = 4");
        Rehash(from: 4, to: 4);

        var problem = Assert.Single((await VerifyAsync()).Problems);

        Assert.Equal((5, "the entry does not follow the one before it"), (problem.Sequence, problem.Message));
    }

    [Fact]
    public async Task A_tail_rewritten_with_all_its_hashes_shows_against_a_remembered_head()
    {
        var head = await FillAsync();
        Edit("UPDATE entries SET time = 0 WHERE sequence = 4");
        Rehash(from: 4, to: 7);

        Assert.Empty((await VerifyAsync()).Problems);
        var problem = Assert.Single((await VerifyAsync(head)).Problems);
        Assert.Equal(7, problem.Sequence);
        Assert.Contains("rewritten", problem.Message, StringComparison.Ordinal);
        Assert.Equal(head.Hash.ToString(), problem.Expected);
    }

    public static TheoryData<string, string, long?> Cuts => new()
    {
        { "the last entry", "DELETE FROM entries WHERE sequence = 7", 6 },
        { "everything after the first", "DELETE FROM entries WHERE sequence > 1", 1 },
        { "everything", "DELETE FROM entries", null },
    };

    [Theory, MemberData(nameof(Cuts))]
    public async Task A_cut_at_the_end_shows_against_a_remembered_head(string because, string statement, long? end)
    {
        var head = await FillAsync();
        Edit(statement);

        Assert.Empty((await VerifyAsync()).Problems);
        var problem = Assert.Single((await VerifyAsync(head)).Problems);
        Assert.True(end == problem.Sequence, because);
        Assert.Contains("cut", problem.Message, StringComparison.Ordinal);
        Assert.Equal(head.ToString(), problem.Expected);
    }

    [Fact]
    public async Task A_head_remembered_earlier_still_fits_a_ledger_that_grew()
    {
        await FillAsync();
        var entries = await ShowAsync();

        Assert.True((await VerifyAsync(entries[3].Head)).IsIntact);
        Assert.False((await VerifyAsync(entries[3].Head with { Hash = entries[4].Hash })).IsIntact);
    }

    [Fact]
    public async Task A_forged_signature_entry_without_intent_shows_although_its_chain_is_whole()
    {
        await FillAsync();
        Edit("UPDATE entries SET body = replace(body, '\"payload\":\"sha256:', '\"payload\":\"sha256:0') WHERE kind = 'intent' AND sequence = 4");
        Rehash(from: 4, to: 7);

        var problem = Assert.Single((await VerifyAsync()).Problems);

        Assert.Equal((5, "something was signed without an intent recorded before"), (problem.Sequence, problem.Message));
    }

    [Fact]
    public async Task A_completion_without_signature_shows_although_its_chain_is_whole()
    {
        await FillAsync();
        Edit("UPDATE entries SET request = 'elsewhere' WHERE sequence = 6");
        Rehash(from: 6, to: 7);

        var problem = Assert.Single((await VerifyAsync()).Problems);

        Assert.Equal((6, "a completion without a recorded signature"), (problem.Sequence, problem.Message));
    }

    [Fact]
    public async Task An_index_that_hides_an_entry_shows()
    {
        await FillAsync();
        Edit(
            "PRAGMA writable_schema = ON",
            "UPDATE sqlite_schema SET sql = replace(sql, 'image IS NOT NULL', 'sequence > 5') WHERE name = 'entries_by_image'");
        Edit("REINDEX entries_by_image");
        Edit(
            "PRAGMA writable_schema = ON",
            "UPDATE sqlite_schema SET sql = replace(sql, 'sequence > 5', 'image IS NOT NULL') WHERE name = 'entries_by_image'");

        var problem = (await VerifyAsync()).Problems[0];

        Assert.Equal("the file's tables and indexes disagree", problem.Message);
        Assert.Contains("entries_by_image", problem.Actual, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_file_is_a_problem_not_a_crash()
    {
        await FillAsync();
        var bytes = await File.ReadAllBytesAsync(_folder["ledger.db"]);
        bytes.AsSpan(4096, bytes.Length - 4096).Fill(0xA5);
        await File.WriteAllBytesAsync(_folder["ledger.db"], bytes);

        Assert.Contains((await VerifyAsync()).Problems, problem => problem.Message == "the file is damaged");
    }

    [Fact]
    public async Task The_list_of_problems_ends()
    {
        await using (var ledger = await Sample.OpenAsync(_folder))
        {
            for (var i = 0; i < 30; i++)
                await ledger.RecordRejectionAsync(new Rejection(ReasonCode.BadRequest, $"{i}"), default);
        }

        Edit("UPDATE entries SET time = 0");

        var result = await VerifyAsync();
        Assert.Equal(LedgerVerification.MostProblems, result.Problems.Count);
        Assert.Equal(LedgerVerification.MostProblems, result.Entries);
    }

    [Theory]
    [InlineData("UPDATE entries SET time = 0")]
    [InlineData("DELETE FROM entries")]
    [InlineData("UPDATE contents SET bytes = x'00'")]
    [InlineData("DELETE FROM contents")]
    [InlineData("INSERT INTO entries (sequence, time, kind, request, body, previous, hash) VALUES (9, 0, 'rejected', '', '{}', (SELECT hash FROM entries WHERE sequence = 7), zeroblob(32))")]
    [InlineData("INSERT INTO entries (sequence, time, kind, request, body, previous, hash) VALUES (8, 0, 'rejected', '', '{}', zeroblob(32), zeroblob(32))")]
    [InlineData("INSERT OR REPLACE INTO entries (sequence, time, kind, request, body, previous, hash) VALUES (7, 0, 'rejected', '', '{}', (SELECT hash FROM entries WHERE sequence = 6), zeroblob(32))")]
    public async Task The_fence_stops_a_mistake(string statement)
    {
        var head = await FillAsync();
        using (var connection = Connect())
        {
            using var command = connection.CreateCommand();
            command.CommandText = statement;
            Assert.Throws<SqliteException>(() => { command.ExecuteNonQuery(); });
        }

        Assert.True((await VerifyAsync(head)).IsIntact);
    }

    private async Task<LedgerHead> FillAsync()
    {
        await using var ledger = await Sample.OpenAsync(_folder);
        await ledger.SignAsync(Sample.Keyed("a"));
        await ledger.SignAsync(Sample.Keyed("b"));
        return (await ledger.RecordRejectionAsync(new Rejection(ReasonCode.BadRequest, "x"), default)).Head;
    }

    private async Task<LedgerVerification> VerifyAsync(LedgerHead? expected = null)
    {
        using var reader = new LedgerReader(_folder["ledger.db"]);
        return await reader.VerifyAsync(expected, default);
    }

    private async Task<List<LedgerEntry>> ShowAsync()
    {
        using var reader = new LedgerReader(_folder["ledger.db"]);
        var entries = new List<LedgerEntry>();
        await foreach (var entry in reader.ShowAsync(new EntryFilter(), default))
            entries.Add(entry);
        return entries;
    }

    private SqliteConnection Connect()
    {
        var connection = new SqliteConnection($"Data Source={_folder["ledger.db"]};Pooling=False");
        connection.Open();
        return connection;
    }

    /// <summary>Changes the file as somebody who can write it would: fence down, edit, fence up again.</summary>
    private void Edit(params string[] statements)
    {
        using var connection = Connect();
        var fence = new List<string>();
        using (var command = connection.CreateCommand())
        {
            command.CommandText = "SELECT sql FROM sqlite_schema WHERE type = 'trigger' ORDER BY name";
            using var row = command.ExecuteReader();
            while (row.Read())
                fence.Add(row.GetString(0));
        }

        Execute(connection, "PRAGMA ignore_check_constraints = ON");
        if (!statements.Any(statement => statement.Contains("TRIGGER", StringComparison.Ordinal)))
        {
            Execute(connection, "DROP TRIGGER entries_follow; DROP TRIGGER entries_stay; DROP TRIGGER entries_keep; DROP TRIGGER contents_stay; DROP TRIGGER contents_keep");
            foreach (var statement in statements)
                Execute(connection, statement);
            foreach (var trigger in fence)
                Execute(connection, trigger);
        }
        else
        {
            foreach (var statement in statements)
                Execute(connection, statement);
        }
    }

    private void Rehash(long from, long to)
    {
        using var connection = Connect();
        Execute(connection, "DROP TRIGGER entries_keep");
        var sql = "CREATE TRIGGER entries_keep BEFORE UPDATE ON entries\nBEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END";
        for (var sequence = from; sequence <= to; sequence++)
        {
            using var read = connection.CreateCommand();
            read.CommandText = $"SELECT time, kind, request, body, (SELECT hash FROM entries WHERE sequence = {sequence - 1}) FROM entries WHERE sequence = {sequence}";
            using var row = read.ExecuteReader();
            Assert.True(row.Read());
            var previous = row.GetFieldValue<byte[]>(4);
            var hash = EntryHash.Compute(
                sequence, row.GetInt64(0), Encoding.UTF8.GetBytes(row.GetString(1)), Encoding.UTF8.GetBytes(row.GetString(2)),
                Encoding.UTF8.GetBytes(row.GetString(3)), previous);
            row.Close();
            Execute(connection, $"UPDATE entries SET previous = x'{Convert.ToHexString(previous)}', hash = x'{hash.Hex}' WHERE sequence = {sequence}");
        }

        Execute(connection, sql);
    }

    private static void Execute(SqliteConnection connection, string statement)
    {
        using var command = connection.CreateCommand();
        command.CommandText = statement;
        command.ExecuteNonQuery();
    }
}
