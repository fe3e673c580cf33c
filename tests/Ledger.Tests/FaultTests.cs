// SPDX-License-Identifier: Apache-2.0

using System.Runtime.Versioning;
using Microsoft.Data.Sqlite;
using SupplyChain.Ledger.Storage;
using SupplyChain.Model.Decisions;
using SupplyChain.Testing;

namespace SupplyChain.Ledger.Tests;

public sealed class FaultTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_full_disk_refuses_the_write_keeps_what_was_written_and_shows_in_a_probe()
    {
        var options = new LedgerOptions { Path = _folder["ledger.db"], MaximumPages = 40 };
        await using var ledger = await DecisionLedger.OpenAsync(options, new ManualClock(), default);
        var lease = await ledger.StartAsync(Sample.Plain());
        var intent = await ledger.RecordIntentAsync(lease, Sample.Intent(lease), default);

        await AssertUnavailableAsync("full", () => ledger.RecordSignatureAsync(lease, Sample.Signature(content: new byte[1_000_000]), default).AsTask());

        Assert.Equal(intent.Head, await ledger.Reader.ReadHeadAsync(default));
        Assert.True((await ledger.Reader.VerifyAsync(intent.Head, default)).IsIntact);
    }

    [Fact]
    public async Task A_ledger_works_again_once_there_is_room()
    {
        var options = new LedgerOptions { Path = _folder["ledger.db"], MaximumPages = 40 };
        await using var ledger = await DecisionLedger.OpenAsync(options, new ManualClock(), default);
        var lease = await ledger.StartAsync(Sample.Plain());
        await ledger.RecordIntentAsync(lease, Sample.Intent(lease), default);
        await AssertUnavailableAsync("full", () => ledger.RecordSignatureAsync(lease, Sample.Signature(content: new byte[1_000_000]), default).AsTask());

        await ledger.RecordSignatureAsync(lease, Sample.Signature(), default);

        Assert.Equal(2, (await ledger.ShowAsync()).Count);
    }

    [Fact]
    public async Task A_write_that_fills_the_disk_takes_its_neighbours_along_and_acknowledges_none()
    {
        var options = new LedgerOptions { Path = _folder["ledger.db"], MaximumPages = 60 };
        await using var ledger = await DecisionLedger.OpenAsync(options, new ManualClock(), default);

        var acknowledged = 0;
        await Task.WhenAll(Enumerable.Range(0, 400).Select(async i =>
        {
            try
            {
                await ledger.RecordRejectionAsync(new Rejection(ReasonCode.BadRequest, new string('x', 250)), default);
                Interlocked.Increment(ref acknowledged);
            }
            catch (LedgerException full)
            {
                Assert.Equal(ReasonCode.AuditUnavailable, full.Reason);
            }
        }));

        Assert.InRange(acknowledged, 1, 399);
        Assert.Equal(acknowledged, (await ledger.Reader.ReadHeadAsync(default))!.Sequence);
        Assert.True((await ledger.Reader.VerifyAsync(null, default)).IsIntact);
    }

    [Fact]
    public async Task A_database_that_sqlite_will_only_read_is_refused_at_open_and_can_still_be_read()
    {
        await using (var ledger = await Sample.OpenAsync(_folder))
            await ledger.SignAsync(Sample.Plain());
        SetHeader(offset: 18, 3);

        await AssertUnavailableAsync("only read", () => Sample.OpenAsync(_folder).AsTask());
        using var reader = new LedgerReader(_folder["ledger.db"]);
        Assert.Equal(3, (await reader.ReadHeadAsync(default))!.Sequence);
    }

    [Fact, UnsupportedOSPlatform("windows")]
    public async Task A_file_without_write_permission_is_refused_at_open()
    {
        Assert.SkipWhen(Environment.IsPrivilegedProcess, "permissions do not bind a privileged user");
        await (await Sample.OpenAsync(_folder)).DisposeAsync();
        File.SetUnixFileMode(_folder["ledger.db"], UnixFileMode.UserRead);

        await AssertUnavailableAsync("only read", () => Sample.OpenAsync(_folder).AsTask());
    }

    [Fact]
    public async Task Another_writer_that_does_not_let_go_is_waited_for_a_while()
    {
        await using var ledger = await DecisionLedger.OpenAsync(
            new LedgerOptions { Path = _folder["ledger.db"], BusyTimeout = TimeSpan.FromSeconds(1) }, new ManualClock(), default);
        using var connection = new SqliteConnection($"Data Source={_folder["ledger.db"]};Pooling=False");
        connection.Open();
        using (connection.BeginTransaction(deferred: false))
            await AssertUnavailableAsync("another writer", () => ledger.ProbeAsync(default).AsTask());

        await ledger.ProbeAsync(default);
    }

    [Fact]
    public async Task A_ledger_whose_file_is_gone_is_not_started_anew()
    {
        await using var ledger = await Sample.OpenAsync(_folder);
        await ledger.SignAsync(Sample.Plain());
        File.Delete(_folder["ledger.db"]);

        await AssertUnavailableAsync("gone", () => ledger.ProbeAsync(default).AsTask());

        Assert.False(File.Exists(_folder["ledger.db"]));
    }

    [Theory]
    [InlineData("DELETE FROM entries WHERE sequence = 3")]
    [InlineData("UPDATE entries SET hash = zeroblob(32) WHERE sequence = 3")]
    public async Task A_ledger_cut_or_rewritten_while_in_use_takes_no_more_entries(string statement)
    {
        await using var ledger = await Sample.OpenAsync(_folder);
        await ledger.SignAsync(Sample.Plain());
        using (var connection = new SqliteConnection($"Data Source={_folder["ledger.db"]};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "DROP TRIGGER entries_stay; DROP TRIGGER entries_keep; " + statement;
            command.ExecuteNonQuery();
        }

        await AssertUnavailableAsync("cut or rewritten", () => ledger.ProbeAsync(default).AsTask());
    }

    public static TheoryData<string, string, string> Files => new()
    {
        { "text", "this is not a database, and it is long enough to look like one: " + new string('x', 5_000), "not a ledger" },
        { "a database of somebody else", "", "application id" },
    };

    [Theory, MemberData(nameof(Files))]
    public async Task Another_file_is_left_alone(string because, string content, string expected)
    {
        var path = _folder["ledger.db"];
        if (content.Length > 0)
        {
            await File.WriteAllTextAsync(path, content);
        }
        else
        {
            using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "CREATE TABLE theirs (x)";
            command.ExecuteNonQuery();
        }

        var before = await File.ReadAllBytesAsync(path);
        await AssertUnavailableAsync(expected, () => Sample.OpenAsync(_folder).AsTask());
        var after = await File.ReadAllBytesAsync(path);
        Assert.True(content.Length == 0 || before.AsSpan().SequenceEqual(after), because);
    }

    [Fact]
    public async Task A_place_that_cannot_hold_a_file_is_said_so()
    {
        await AssertUnavailableAsync("cannot be created", () =>
            DecisionLedger.OpenAsync(new LedgerOptions { Path = "/proc/ledger.db" }, new ManualClock(), default).AsTask());
    }

    [Fact]
    public async Task A_ledger_that_is_not_there_is_not_created_by_reading()
    {
        using var reader = new LedgerReader(_folder["absent.db"]);

        await AssertUnavailableAsync("there is no ledger", () => reader.VerifyAsync(null, default).AsTask());

        Assert.False(File.Exists(_folder["absent.db"]));
    }

    [Fact, UnsupportedOSPlatform("windows")]
    public async Task A_new_ledger_is_for_its_owner_alone()
    {
        await using var ledger = await DecisionLedger.OpenAsync(
            new LedgerOptions { Path = _folder["data/ledger.db"] }, new ManualClock(), default);
        await ledger.SignAsync(Sample.Plain());

        foreach (var file in Directory.EnumerateFiles(_folder["data"]))
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    [Fact]
    public async Task A_failed_write_does_not_undo_its_neighbours()
    {
        await using var ledger = await Sample.OpenAsync(_folder);
        var lease = await ledger.StartAsync(Sample.Plain());

        var unsigned = ledger.CompleteAsync(lease, Sample.Approval(lease.Request), default).AsTask();
        var rejected = ledger.RecordRejectionAsync(new Rejection(ReasonCode.BadRequest, "x"), default).AsTask();

        await Assert.ThrowsAsync<InvalidOperationException>(() => unsigned);
        Assert.Equal(1, (await rejected).Sequence);
        Assert.Single(await ledger.ShowAsync());
    }

    [Fact]
    public async Task An_acknowledged_entry_does_not_wait_in_memory_for_the_disk()
    {
        await (await Sample.OpenAsync(_folder)).DisposeAsync();

        using var writer = Sqlite.OpenForWriting(new LedgerOptions { Path = _folder["ledger.db"] });

        Assert.Equal("wal", writer.Scalar("PRAGMA journal_mode"));
        // FULL: the log is flushed with every commit.
        Assert.Equal(2L, writer.Scalar("PRAGMA synchronous"));
    }

    [Fact]
    public async Task A_closed_ledger_says_so()
    {
        var ledger = await Sample.OpenAsync(_folder);
        await ledger.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => ledger.ProbeAsync(default).AsTask());
    }

    [Fact]
    public async Task A_closed_ledger_is_one_file()
    {
        await using (var ledger = await Sample.OpenAsync(_folder))
        {
            await ledger.SignAsync(Sample.Plain());
            Assert.NotNull(await ledger.Reader.ReadHeadAsync(default));
        }

        Assert.False(File.Exists(_folder["ledger.db-wal"]));
        using var copy = new TempFolder();
        File.Copy(_folder["ledger.db"], copy["ledger.db"]);
        using var reader = new LedgerReader(copy["ledger.db"]);
        Assert.Equal(3, (await reader.ReadHeadAsync(default))?.Sequence);
    }

    [Fact]
    public async Task A_copy_without_its_wal_says_what_is_missing()
    {
        await using var ledger = await Sample.OpenAsync(_folder);
        await ledger.SignAsync(Sample.Plain());
        using var copy = new TempFolder();
        File.Copy(_folder["ledger.db"], copy["ledger.db"]);
        using var reader = new LedgerReader(copy["ledger.db"]);

        await AssertUnavailableAsync("copied without ledger.db-wal", async () => await reader.ReadHeadAsync(default));
    }

    private void SetHeader(long offset, byte value)
    {
        using var file = File.OpenWrite(_folder["ledger.db"]);
        file.Position = offset;
        file.WriteByte(value);
    }

    private static async Task AssertUnavailableAsync(string message, Func<Task> use)
    {
        var fault = await Assert.ThrowsAsync<LedgerException>(use);
        Assert.Equal(ReasonCode.AuditUnavailable, fault.Reason);
        Assert.Contains(message, fault.Message, StringComparison.Ordinal);
    }
}
