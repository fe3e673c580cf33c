// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using SupplyChain.Ledger;
using SupplyChain.Ledger.Requests;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Testing;

namespace SupplyChain.Cli.Tests.LedgerCommands;

public sealed class LedgerTests : IDisposable
{
    private static readonly DecisionRequester Requester = new("urn:supplychain:local", "pipeline");
    private readonly TempFolder _folder = new();
    private readonly ManualClock _clock = new();

    private string Ledger => _folder["ledger.db"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_whole_ledger_is_intact_and_its_head_can_be_expected_later()
    {
        await RecordAsync();

        var first = await Invoked.RunAsync("ledger", "verify", Ledger);
        var line = first.Out.Split('\n').Single(line => line.StartsWith("Head ", StringComparison.Ordinal));
        var head = line["Head ".Length..];
        var second = await Invoked.RunAsync("ledger", "verify", Ledger, "--expect-head", head);

        Assert.StartsWith($"INTACT  {Ledger}   3 entries\nHead 3:sha256:", first.Out, StringComparison.Ordinal);
        Assert.Equal((ExitCodes.Done, ExitCodes.Done), (first.ExitCode, second.ExitCode));
    }

    [Fact]
    public async Task A_head_that_the_ledger_does_not_hold_ends_with_1()
    {
        await RecordAsync();

        var run = await Invoked.RunAsync("ledger", "verify", Ledger, "--expect-head", $"9:{Digest.Compute("x"u8)}");

        Assert.Equal(ExitCodes.Refused, run.ExitCode);
        Assert.StartsWith("BROKEN", run.Out, StringComparison.Ordinal);
        Assert.Contains("the ledger was cut", run.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("Head ", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_check_as_json_names_every_problem()
    {
        await RecordAsync();

        var run = await Invoked.RunAsync(
            "ledger", "verify", Ledger, "--expect-head", $"9:{Digest.Compute("x"u8)}", "--output", "json");

        using var json = JsonDocument.Parse(run.Out);
        Assert.False(json.RootElement.GetProperty("intact").GetBoolean());
        Assert.Equal(3, json.RootElement.GetProperty("entries").GetInt64());
        Assert.StartsWith("3:sha256:", json.RootElement.GetProperty("head").GetString(), StringComparison.Ordinal);
        var problem = Assert.Single(json.RootElement.GetProperty("problems").EnumerateArray());
        Assert.Contains("cut", problem.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Entries_are_shown_one_a_line()
    {
        var request = await RecordAsync();

        var run = await Invoked.RunAsync("ledger", "show", Ledger);

        Assert.Equal(ExitCodes.Done, run.ExitCode);
        // The id of a rejection is of the ledger's own making.
        var lines = run.Out.Split('\n').Select(
            (line, i) => i is 2 ? line[..line.LastIndexOf("  ", StringComparison.Ordinal)] : line);
        Assert.Equal(
            string.Join('\n', [
                $"     1  2026-11-22T10:00:00Z  evidence     trivy report {Decisions.Report} for {Decisions.Image}",
                $"     2  2026-11-22T11:00:00Z  refusal      refused {Decisions.Reference}  FINDING_OVER_LIMIT"
                    + $"  {request}",
                "     3  2026-11-22T12:00:00Z  rejected     BAD_REFERENCE nginx:latest\\u{1b}[2J",
                "",
            ]),
            string.Join('\n', lines));
    }

    [Fact]
    public async Task What_a_decision_rests_on_and_that_an_image_no_longer_passes_are_shown()
    {
        var root = new LedgerDocument("basis", "{}"u8.ToArray());
        await using (var ledger = await DecisionLedger.OpenAsync(
            new LedgerOptions { Path = Ledger }, _clock, TestContext.Current.CancellationToken))
        {
            await ledger.RecordReviewAsync(
                Decisions.Refused with { Id = "reviewed" }, new DecisionBasis(root.Digest, [root]), TestContext.Current.CancellationToken);
        }

        var run = await Invoked.RunAsync("ledger", "show", Ledger);
        var reviews = await Invoked.RunAsync("ledger", "show", Ledger, "--kind", "review", "--output", "json");

        Assert.Equal(
            $"     1  2026-11-22T10:00:00Z  document     basis {root.Digest}\n"
            + $"     2  2026-11-22T10:00:00Z  review       refused {Decisions.Reference}  FINDING_OVER_LIMIT  reviewed\n",
            run.Out);
        using var json = JsonDocument.Parse(reviews.Out);
        Assert.Equal(root.Digest.ToString(), json.RootElement.GetProperty("body").GetProperty("basis").GetString());
    }

    [Fact]
    public async Task Entries_as_json_are_one_a_line_with_all_that_was_recorded()
    {
        await RecordAsync();

        var run = await Invoked.RunAsync("ledger", "show", Ledger, "--output", "json");

        var lines = run.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, lines.Length);
        using var second = JsonDocument.Parse(lines[1]);
        Assert.Equal("refusal", second.RootElement.GetProperty("kind").GetString());
        Assert.Equal(
            Decisions.Refused.Checks.Count,
            second.RootElement.GetProperty("body").GetProperty("decision").GetProperty("checks").GetArrayLength());
    }

    public static TheoryData<string, string[], int> Filters => new()
    {
        { "an image by digest", ["--image", Decisions.Image.ToString()], 2 },
        { "an image by name", ["--image", Decisions.Reference], 2 },
        { "another image", ["--image", Decisions.Report.ToString()], 0 },
        { "a time", ["--since", "2026-11-22T11:30:00Z"], 1 },
        { "a kind", ["--kind", "refusal"], 1 },
        { "two kinds", ["--kind", "refusal", "--kind", "evidence"], 2 },
        { "an unknown request", ["--request", "none"], 0 },
    };

    [Theory, MemberData(nameof(Filters))]
    public async Task Entries_are_filtered_by(string because, string[] options, int expected)
    {
        await RecordAsync();

        var run = await Invoked.RunAsync(["ledger", "show", Ledger, .. options]);

        Assert.True(run.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length == expected, because);
    }

    public static TheoryData<string, string[], string> Misuse => new()
    {
        {
            "no ledger to check", ["ledger", "verify", "/nowhere/ledger.db"],
            "there is no ledger at '/nowhere/ledger.db'"
        },
        { "no ledger to show", ["ledger", "show", "/nowhere/ledger.db"], "there is no ledger at '/nowhere/ledger.db'" },
        { "a head without digest", ["ledger", "verify", "LEDGER", "--expect-head", "7"], "is not a ledger head" },
        {
            "a head without number", ["ledger", "verify", "LEDGER", "--expect-head", "sha256:00"],
            "is not a ledger head"
        },
        { "a time that is none", ["ledger", "show", "LEDGER", "--since", "yesterday"], "--since is a time" },
        { "an image by tag", ["ledger", "show", "LEDGER", "--image", "nginx:latest"], "names no digest" },
        { "an unknown kind", ["ledger", "show", "LEDGER", "--kind", "secret"], "--kind is one of intent," },
    };

    [Theory, MemberData(nameof(Misuse))]
    public async Task Misuse_ends_with_2(string because, string[] arguments, string expected)
    {
        await RecordAsync();

        var run = await Invoked.RunAsync([.. arguments.Select(argument => argument == "LEDGER" ? Ledger : argument)]);

        Assert.True(run.ExitCode == ExitCodes.BadInput, because);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }

    private async Task<string> RecordAsync()
    {
        await using var ledger = await DecisionLedger.OpenAsync(
            new LedgerOptions { Path = Ledger }, _clock, TestContext.Current.CancellationToken);
        var content = new RequestContent(Repository.Parse(Decisions.Name), Decisions.Image, null, [Decisions.Report]);
        await ledger.RecordEvidenceAsync(
            new KnownEvidence(Decisions.Image, Decisions.Image, "trivy", _clock.GetUtcNow(), Decisions.Report),
            TestContext.Current.CancellationToken);
        _clock.Advance(TimeSpan.FromHours(1));
        var begun = await ledger.BeginAsync(
            RequestIdentity.ForContent(Requester, content, Decisions.Revision), TestContext.Current.CancellationToken);
        var lease = Assert.IsType<BeginResult.Started>(begun).Lease;
        await ledger.RefuseAsync(
            lease, Decisions.Refused with { Id = lease.Request }, TestContext.Current.CancellationToken);
        _clock.Advance(TimeSpan.FromHours(1));
        await ledger.RecordRejectionAsync(
            new Rejection(ReasonCode.BadReference, "no digest") { Image = "nginx:latest\u001b[2J" },
            TestContext.Current.CancellationToken);
        return lease.Request;
    }
}
