// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Policy;
using SupplyChain.Sigstore;

namespace SupplyChain.Cli.Tests.Keys;

/// <summary>A member that names no public key, whose service shows another one now than the ledger kept on first use.</summary>
public sealed class PinnedHalfTests : IDisposable
{
    private const string Shop = "registry.local/demo/shop";

    private readonly KeyFolder _keys = new();
    private readonly PublicKey _first;
    private readonly PublicKey _now;

    public PinnedHalfTests()
    {
        (_first, _now) = (_keys.Make("first"), _keys.Make("now"));
        _keys.Make("next");
        _keys.Write($"""
                - key: {_keys.Uri("now")}
                  state: signing
                - key: {_keys.Uri("next")}
                  state: announced
            """);
    }

    public void Dispose() => _keys.Dispose();

    public static TheoryData<string> Changing => ["revoke", "rotate"];

    [Theory, MemberData(nameof(Changing))]
    public async Task Two_halves_stop_the_change_and_both_are_named(string command)
    {
        await _keys.RecordAsync(_keys.Uri("now"), _first, Shop, "a", isWhole: true);
        var before = await File.ReadAllTextAsync(_keys.Policy);

        var run = await RunAsync(command);

        Assert.True(run.ExitCode == ExitCodes.Of(ReasonCode.KeyChanged), run.Out + run.Error);
        Assert.Contains(
            $"KEY_CHANGED: {_keys.Uri("now")} is {_now.Id} now and was {_first.Id} when release first used it at 2026-11-22T10:00:00Z; "
            + "say which is meant with --public-key", run.Error, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllTextAsync(_keys.Policy));
    }

    [Theory, MemberData(nameof(Changing))]
    public async Task The_half_that_was_first_used_is_written_down_from_the_ledger_where_the_user_means_it(string command)
    {
        await _keys.RecordAsync(_keys.Uri("now"), _first, Shop, "a", isWhole: true);

        var run = await RunAsync(command, "--public-key", _first.Id.Hex[..12]);

        Assert.True(run.ExitCode == ExitCodes.Done, run.Error);
        Assert.Equal((_first, true), (Load().Members[0].PublicKey!, Load().Members[0].NamesPublicKey));
    }

    [Fact]
    public async Task What_depends_on_a_key_is_asked_of_the_half_that_is_meant()
    {
        var a = await _keys.RecordAsync(_keys.Uri("now"), _now, Shop, "a");
        var b = await _keys.RecordAsync(_keys.Uri("now"), _first, Shop, "b", isWhole: true);

        var ofFirst = await RunAsync("revoke", "--public-key", _first.Id.ToString(), "--dry-run");
        var ofNow = await RunAsync("revoke", "--public-key", _now.Id.ToString());

        Assert.Contains(b, ofFirst.Out, StringComparison.Ordinal);
        Assert.DoesNotContain(a, ofFirst.Out, StringComparison.Ordinal);
        Assert.Contains(a, ofNow.Out, StringComparison.Ordinal);
        Assert.DoesNotContain(b, ofNow.Out, StringComparison.Ordinal);
        Assert.Equal(_now, Load().Members[0].PublicKey);
    }

    [Fact]
    public async Task A_ledger_that_kept_only_the_id_asks_for_the_file()
    {
        await _keys.RecordAsync(_keys.Uri("now"), _first, Shop, "a");

        var byId = await RunAsync("revoke", "--public-key", _first.Id.Hex[..12]);
        var byFile = await RunAsync("revoke", "--public-key", _keys["first.pub"]);

        Assert.Equal(ExitCodes.BadInput, byId.ExitCode);
        Assert.Contains($"the ledger has only the id of {_first.Id}; name the file", byId.Error, StringComparison.Ordinal);
        Assert.True(byFile.ExitCode == ExitCodes.Done, byFile.Error);
        Assert.Equal(_first, Load().Members[0].PublicKey);
    }

    public static TheoryData<string> Others => ["next.pub", "0123456789ab", "0"];

    [Theory, MemberData(nameof(Others))]
    public async Task Another_key_than_either_is_refused(string named)
    {
        await _keys.RecordAsync(_keys.Uri("now"), _first, Shop, "a", isWhole: true);
        var before = await File.ReadAllTextAsync(_keys.Policy);

        var run = await RunAsync("revoke", "--public-key", named.EndsWith(".pub", StringComparison.Ordinal) ? _keys[named] : named);

        Assert.Equal(ExitCodes.BadInput, run.ExitCode);
        Assert.Contains($"fits no key of {_keys.Uri("now")}, which is {_now.Id} now and was {_first.Id}", run.Error, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllTextAsync(_keys.Policy));
    }

    [Fact]
    public async Task A_key_that_is_gone_from_its_service_is_written_down_from_the_ledger()
    {
        await _keys.RecordAsync(_keys.Uri("now"), _now, Shop, "a", isWhole: true);
        File.Delete(_keys["now.pub"]);
        File.Delete(_keys["now"]);

        var run = await RunAsync("revoke");

        Assert.True(run.ExitCode == ExitCodes.Done, run.Error);
        Assert.Equal((MemberState.Revoked, _now), (Load().Members[0].State, Load().Members[0].PublicKey!));
        Assert.DoesNotContain("does not name the publicKey", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_half_on_both_sides_needs_no_option()
    {
        await _keys.RecordAsync(_keys.Uri("now"), _now, Shop, "a");

        var run = await RunAsync("rotate");

        Assert.True(run.ExitCode == ExitCodes.Done, run.Error);
        Assert.Equal(_now, Load().Members[0].PublicKey);
        Assert.DoesNotContain("--ledger FILE", run.Error, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Changing))]
    public async Task A_half_that_is_named_has_to_be_of_a_key_that_is_changed(string command)
    {
        await _keys.RecordAsync(_keys.Uri("now"), _now, Shop, "a");

        var other = await RunAsync(command, "--public-key", _first.Id.Hex[..12]);
        var same = await RunAsync(command, "--public-key", _now.Id.Hex[..12]);

        Assert.Equal((ExitCodes.BadInput, ExitCodes.Done), (other.ExitCode, same.ExitCode));
        Assert.Contains(
            $"--public-key '{_first.Id.Hex[..12]}' is no key that this changes: {_keys.Uri("now")} ({_now.Id.Hex[..12]})", other.Error,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_half_that_the_policy_names_itself_is_not_asked_about()
    {
        await _keys.RecordAsync(_keys.Uri("now"), _first, Shop, "a", isWhole: true);
        _keys.Write($"""
                - key: {_keys.Uri("now")}
                  state: signing
                  publicKey: "{_now.ToPem().Replace("\n", "\\n", StringComparison.Ordinal)}"
            """);

        var run = await RunAsync("revoke");

        Assert.True(run.ExitCode == ExitCodes.Done, run.Error);
        Assert.Equal(_now, Load().Members[0].PublicKey);
    }

    [Fact]
    public async Task Without_a_ledger_it_is_said_that_nothing_was_compared()
    {
        var run = await _keys.EditAsync("revoke", _keys.Uri("now"), "--at", "2026-11-20");

        Assert.True(run.ExitCode == ExitCodes.Done, run.Error);
        Assert.Contains(
            $"warning: the publicKey of {_keys.Uri("now")} is what is shown there now; with --ledger FILE it is compared", run.Error,
            StringComparison.Ordinal);
    }

    private Task<Invoked> RunAsync(string command, params string[] options) => _keys.EditAsync(
    [
        command, .. command is "revoke" ? [_keys.Uri("now"), "--at", "2026-11-20"] : (string[])[], "--ledger", _keys.Ledger, .. options,
    ]);

    private AttestorDefinition Load() => PolicyLoader.Load([new PolicyFile(_keys.Policy, File.ReadAllBytes(_keys.Policy))])
        .Set!.FindAttestor("release")!;
}
