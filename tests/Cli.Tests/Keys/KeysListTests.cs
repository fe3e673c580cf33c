// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using SupplyChain.Model.Decisions;
using SupplyChain.Testing.Kms;

namespace SupplyChain.Cli.Tests.Keys;

/// <summary>What is known of keys: <c>keys list</c> and <c>keys show</c>.</summary>
public sealed class KeysListTests : IDisposable
{
    private const string Shop = "registry.local/demo/shop";

    private readonly KeyFolder _keys = new();

    public void Dispose() => _keys.Dispose();

    [Fact]
    public async Task A_list_shows_every_member_with_state_window_and_key()
    {
        var (old, now) = (_keys.Make("old"), _keys.Make("now", Kms.KeyType.EcdsaP384));
        _keys.Write($"""
                - key: {_keys.Uri("now")}
                  validUntil: 2027-01-01T00:00:00Z
                - publicKey: "{old.ToPem().Replace("\n", "\\n", StringComparison.Ordinal)}"
                  state: revoked
                  revokedAt: 2026-11-01
            """);

        var run = await _keys.RunAsync("list", "--policy", _keys.Policy);

        Assert.True(run.ExitCode == ExitCodes.Done, run.Error);
        Assert.Equal(
            [
                "ATTESTOR PURPOSE STATE WINDOW ALGORITHM KEY ID KEY",
                $"release approval signing until 2027-01-01T00:00:00Z ecdsa-p384-sha384 {now.Id.Hex[..12]} {_keys.Uri("now")}",
                $"release approval revoked revoked at 2026-11-01T00:00:00Z ecdsa-p256-sha256 {old.Id.Hex[..12]} (public key in the policy)",
            ],
            Lines(run.Out));
    }

    [Fact]
    public async Task A_list_with_a_ledger_says_how_much_each_key_was_used()
    {
        var key = _keys.Make("now");
        _keys.Write($"    - key: {_keys.Uri("now")}");
        await _keys.RecordAsync(_keys.Uri("now"), key, Shop, "a");
        _keys.Clock.Advance(TimeSpan.FromHours(2));
        await _keys.RecordAsync(_keys.Uri("now"), key, Shop, "b");
        await _keys.RecordAsync(_keys.Uri("now"), key, "registry.local/demo/copy", "b");

        var run = await _keys.RunAsync("list", "--policy", _keys.Policy, "--ledger", _keys.Ledger);

        Assert.Contains(
            $"{key.Id.Hex[..12]} 2026-11-22T10:00:00Z 2026-11-22T12:00:00Z 2 {_keys.Uri("now")}", Lines(run.Out)[1],
            StringComparison.Ordinal);
        Assert.Equal(2, Lines(run.Out).Length);
    }

    [Fact]
    public async Task A_key_that_only_the_ledger_knows_is_listed_as_in_no_policy()
    {
        var (gone, now) = (_keys.Make("gone"), _keys.Make("now"));
        _keys.Write($"    - key: {_keys.Uri("now")}");
        await _keys.RecordAsync(_keys.Uri("now"), now, Shop, "a");
        await _keys.RecordAsync("awskms:///alias/gone", gone, Shop, "b");

        var run = await _keys.RunAsync("list", "--policy", _keys.Policy, "--ledger", _keys.Ledger);

        Assert.Contains($"release - not in policy - - {gone.Id.Hex[..12]}", Lines(run.Out)[2], StringComparison.Ordinal);
        Assert.Contains(
            "! release awskms:///alias/gone: no policy names this key: nothing it signed counts", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_silently_changed_is_a_warning_with_its_reason()
    {
        var (first, now) = (_keys.Make("first"), _keys.Make("now"));
        _keys.Write($"    - key: {_keys.Uri("now")}");
        await _keys.RecordAsync(_keys.Uri("now"), first, Shop, "a");

        var run = await _keys.RunAsync("list", "--policy", _keys.Policy, "--ledger", _keys.Ledger, "--output", "json");

        using var json = JsonDocument.Parse(run.Out);
        var warning = Assert.Single(json.RootElement[0].GetProperty("warnings").EnumerateArray());
        Assert.Equal(ReasonCode.KeyChanged.Name, warning.GetProperty("reason").GetString());
        Assert.Contains(first.Id.ToString(), warning.GetProperty("message").GetString()!, StringComparison.Ordinal);
        Assert.Contains(now.Id.ToString(), warning.GetProperty("message").GetString()!, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Done, run.ExitCode);
    }

    [Fact]
    public async Task A_signing_key_that_no_ledger_has_seen_is_a_remark()
    {
        var used = _keys.Make("used");
        _keys.Make("now");
        _keys.Write($"    - key: {_keys.Uri("now")}\n    - {{ key: {_keys.Uri("used")}, state: verifying }}");
        await _keys.RecordAsync(_keys.Uri("used"), used, Shop, "a");

        var run = await _keys.RunAsync("list", "--policy", _keys.Policy, "--ledger", _keys.Ledger);

        Assert.Contains(
            $"! release {_keys.Uri("now")}: it signs, but this ledger has no use of it yet", run.Out, StringComparison.Ordinal);
        Assert.Single(run.Out.Split('\n'), line => line.StartsWith('!'));
    }

    [Fact]
    public async Task A_key_that_cannot_be_read_hides_no_other_and_is_told_apart_by_the_ledger()
    {
        var (lost, now) = (_keys.Make("lost"), _keys.Make("now"));
        await _keys.RecordAsync(_keys.Uri("lost"), lost, Shop, "a");
        File.Delete(_keys["lost.pub"]);
        _keys.Write($"    - key: {_keys.Uri("now")}\n    - {{ key: {_keys.Uri("lost")}, state: verifying }}");

        var run = await _keys.RunAsync("list", "--policy", _keys.Policy, "--ledger", _keys.Ledger);

        Assert.Contains(now.Id.Hex[..12], run.Out, StringComparison.Ordinal);
        Assert.Contains($"release approval verifying always - {lost.Id.Hex[..12]}", Lines(run.Out)[2], StringComparison.Ordinal);
        Assert.Contains("KEY_UNUSABLE: the public key file", run.Out, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Done, run.ExitCode);
    }

    [Fact]
    public async Task A_list_that_lacks_the_answer_of_a_key_service_ends_with_3()
    {
        await using var vault = await VaultSimulator.StartAsync();
        var now = _keys.Make("now");
        _keys.Write($"    - key: {vault.UriOf("p256")}\n    - {{ key: {_keys.Uri("now")}, state: verifying }}");
        string[] arguments = ["list", "--policy", _keys.Policy, "--config", _keys.WriteConfiguration(vault)];

        var whole = await _keys.RunAsync(arguments);
        vault.Break(KmsFault.ServerError);
        var partly = await _keys.RunAsync(arguments);

        Assert.Equal((ExitCodes.Done, ExitCodes.Unreachable), (whole.ExitCode, partly.ExitCode));
        Assert.Contains("! release hashivault://p256: KMS_UNAVAILABLE: ", partly.Out, StringComparison.Ordinal);
        Assert.Contains(now.Id.Hex[..12], partly.Out, StringComparison.Ordinal);
    }

    public static TheoryData<string, string> Names => new()
    {
        { "its URI", "URI" },
        { "the version behind it", "URI#1" },
        { "the first digits of its id", "PREFIX" },
        { "its whole id", "ID" },
        { "the private key's file", "FILE" },
        { "the public key's file", "FILE.pub" },
        { "its attestor", "release" },
    };

    [Theory, MemberData(nameof(Names))]
    public async Task A_key_is_shown_by(string because, string name)
    {
        var (key, other) = (_keys.Make("now"), _keys.Make("other"));
        _keys.Write($"    - key: {_keys.Uri("now")}");
        var request = await _keys.RecordAsync(_keys.Uri("now"), key, Shop, "a");
        await _keys.RecordAsync("file:elsewhere", other, Shop, "c");
        var argument = name switch
        {
            "PREFIX" => key.Id.Hex[..8],
            "ID" => key.Id.ToString(),
            _ => name.Replace("URI", _keys.Uri("now"), StringComparison.Ordinal)
                .Replace("FILE", _keys["now"], StringComparison.Ordinal),
        };

        var run = await _keys.RunAsync("show", argument, "--policy", _keys.Policy, "--ledger", _keys.Ledger);

        Assert.True(run.ExitCode == ExitCodes.Done, because + run.Error);
        Assert.Contains($"  Key         {_keys.Uri("now")}\n", run.Out, StringComparison.Ordinal);
        Assert.Contains($"  Public key  {key}\n", run.Out, StringComparison.Ordinal);
        Assert.Contains($"{Shop}@{Model.Digest.Compute("a"u8)}  {request}  2026-11-22T10:00:00Z  published\n", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_depends_on_a_key_is_all_that_was_signed_with_it_and_nothing_else()
    {
        var (key, other) = (_keys.Make("now"), _keys.Make("other"));
        var a = await _keys.RecordAsync(_keys.Uri("now"), key, Shop, "a");
        await _keys.RecordAsync(_keys.Uri("other"), other, Shop, "b");
        var c = await _keys.RecordAsync(_keys.Uri("now"), key, Shop, "c", isPublished: false);

        var run = await _keys.RunAsync("show", _keys["now.pub"], "--ledger", _keys.Ledger, "--output", "json");

        using var json = JsonDocument.Parse(run.Out);
        var images = Assert.Single(json.RootElement.EnumerateArray()).GetProperty("images").EnumerateArray().ToList();
        Assert.Equal(
            [(Shop, a, true), (Shop, c, false)],
            images.Select(image => (
                image.GetProperty("repository").GetString()!, image.GetProperty("decision").GetString()!,
                image.GetProperty("published").GetBoolean())));
    }

    [Fact]
    public async Task Evidence_whose_key_was_not_recorded_is_told_of_in_words_for_every_key_it_may_have_been()
    {
        var (release, scanner) = (_keys.Make("release"), _keys.Make("scanner"));
        _keys.Write($"    - key: {_keys.Uri("scanner")}");
        await File.WriteAllTextAsync(
            _keys.Policy,
            (await File.ReadAllTextAsync(_keys.Policy)).Replace("purpose: approval", "purpose: evidence", StringComparison.Ordinal));
        var line = new Model.Decisions.DecisionEvidence
        {
            Digest = Model.Digest.Compute("a report"u8), Kind = "scan", Source = "attested", Used = true,
        };
        var old = await _keys.RecordAsync(_keys.Uri("release"), release, Shop, "old", evidence: line);
        var named = await _keys.RecordAsync(
            _keys.Uri("release"), release, Shop, "new", evidence: line with { SignedBy = scanner.Id });

        var list = await _keys.RunAsync("list", "--policy", _keys.Policy, "--ledger", _keys.Ledger);
        var show = await _keys.RunAsync("show", _keys.Uri("scanner"), "--policy", _keys.Policy, "--ledger", _keys.Ledger);

        Assert.Contains("1 more decision counted evidence whose key was not recorded, and may depend on it too", list.Out, StringComparison.Ordinal);
        Assert.Contains("1 image was approved on evidence that it vouched for, by 1 decision:\n", show.Out, StringComparison.Ordinal);
        Assert.Contains(
            "1 image was approved on evidence whose key was not recorded, and may depend on it too, by 1 decision:\n", show.Out,
            StringComparison.Ordinal);
        Assert.True(show.Out.IndexOf(named, StringComparison.Ordinal) < show.Out.IndexOf(old, StringComparison.Ordinal), show.Out);
        Assert.DoesNotContain("Nothing", show.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("No image", show.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_whole_id_that_no_policy_names_any_more_shows_what_the_key_vouched_for()
    {
        var (release, scanner, stranger) = (_keys.Make("release"), _keys.Make("scanner"), _keys.Make("stranger"));
        _keys.Write($"    - key: {_keys.Uri("release")}");
        var request = await _keys.RecordAsync(_keys.Uri("release"), release, Shop, "a", evidence: new Model.Decisions.DecisionEvidence
        {
            Digest = Model.Digest.Compute("an SBOM"u8), Kind = "attestation", Source = "attested", Used = true, SignedBy = scanner.Id,
        });

        var show = await _keys.RunAsync("show", scanner.Id.ToString(), "--policy", _keys.Policy, "--ledger", _keys.Ledger);
        var bare = await _keys.RunAsync("show", scanner.Id.Hex, "--ledger", _keys.Ledger);
        var unknown = await _keys.RunAsync("show", stranger.Id.Hex, "--ledger", _keys.Ledger);

        Assert.True(show.ExitCode == ExitCodes.Done, show.Error);
        Assert.Contains("not in policy", show.Out, StringComparison.Ordinal);
        Assert.Contains("no policy names this key", show.Out, StringComparison.Ordinal);
        Assert.Contains("1 image was approved on evidence that it vouched for, by 1 decision:\n", show.Out, StringComparison.Ordinal);
        Assert.Contains($"{Shop}@{Model.Digest.Compute("a"u8)}  {request}", show.Out, StringComparison.Ordinal);
        Assert.Contains(request, bare.Out, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.BadInput, unknown.ExitCode);
        Assert.Contains("neither policies nor ledger know the key", unknown.Error, StringComparison.Ordinal);
    }

    public static TheoryData<string, string[], string> Misuse => new()
    {
        { "nowhere to look", ["show", "file:x"], "say where to look with --policy, --ledger or both" },
        { "no policy to list", ["list"], "say which attestors with --policy" },
        { "an attestor that is not there", ["show", "security", "--policy", "POLICY"], "know the key 'security'" },
        { "digits of no key", ["show", "0123456789", "--policy", "POLICY"], "know the key '0123456789'" },
        { "too few digits", ["show", "0", "--policy", "POLICY"], "8 or more digits" },
        { "no ledger", ["list", "--policy", "POLICY", "--ledger", "/nowhere/ledger.db"], "there is no ledger" },
    };

    [Theory, MemberData(nameof(Misuse))]
    public async Task Misuse_ends_with_2(string because, string[] arguments, string expected)
    {
        _keys.Make("now");
        _keys.Write($"    - key: {_keys.Uri("now")}");

        var run = await _keys.RunAsync(
            [.. arguments.Select(argument => argument == "POLICY" ? _keys.Policy : argument)]);

        Assert.True(run.ExitCode == ExitCodes.BadInput, because + run.Out);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }

    // Columns are as wide as they have to be; what counts is what stands in them.
    private static string[] Lines(string text) =>
        [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line =>
            string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries)))];
}
