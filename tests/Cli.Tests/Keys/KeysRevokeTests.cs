// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using SupplyChain.Model;
using SupplyChain.Policy;
using SupplyChain.Sigstore;

namespace SupplyChain.Cli.Tests.Keys;

/// <summary>A key that is in other hands: what becomes of the policy, and which images it concerns.</summary>
public sealed class KeysRevokeTests : IDisposable
{
    private const string Shop = "registry.local/demo/shop";

    private readonly KeyFolder _keys = new();
    private readonly PublicKey _lost;

    public KeysRevokeTests()
    {
        _lost = _keys.Make("lost");
        _keys.Make("other");
        _keys.Write($"""
                - key: {_keys.Uri("other")}
                  state: announced
                - key: {_keys.Uri("lost")}   # on somebody's laptop
                  state: signing
            """);
    }

    public void Dispose() => _keys.Dispose();

    [Fact]
    public async Task A_revoked_member_says_since_when_and_keeps_its_public_key()
    {
        var run = await RevokeAsync("2026-11-20T08:00:00Z");

        Assert.True(run.ExitCode == ExitCodes.Done, run.Error);
        Assert.Contains(
            "\n-      state: signing\n+      state: revoked\n+      revokedAt: 2026-11-20T08:00:00Z\n", run.Out, StringComparison.Ordinal);
        Assert.Contains("nothing signs for release now: go on with another key, supplychain keys rotate\n", run.Out, StringComparison.Ordinal);
        Assert.Contains("With --ledger FILE the images", run.Out, StringComparison.Ordinal);
        var member = Load().Members[1];
        Assert.Equal(
            (MemberState.Revoked, DateTimeOffset.Parse("2026-11-20T08:00:00Z", System.Globalization.CultureInfo.InvariantCulture), _lost, true),
            (member.State, member.RevokedAt!.Value, member.PublicKey!, member.NamesPublicKey));
        Assert.Contains("# on somebody's laptop\n", await File.ReadAllTextAsync(_keys.Policy), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_can_be_revoked_from_an_earlier_time_on()
    {
        await RevokeAsync("2026-11-20");
        var run = await RevokeAsync("2026-11-18");

        Assert.Contains(
            "-      revokedAt: 2026-11-20T00:00:00Z\n+      revokedAt: 2026-11-18T00:00:00Z\n", run.Out, StringComparison.Ordinal);
        Assert.Equal(18, Load().Members[1].RevokedAt!.Value.Day);
    }

    [Fact]
    public async Task But_never_from_a_later_one()
    {
        await RevokeAsync("2026-11-18");
        var run = await RevokeAsync("2026-11-20");

        Assert.Equal(ExitCodes.BadInput, run.ExitCode);
        Assert.Contains("is revoked at 2026-11-18T00:00:00Z already; --at may name an earlier time, never a later one", run.Error, StringComparison.Ordinal);
        Assert.Equal(18, Load().Members[1].RevokedAt!.Value.Day);
    }

    [Fact]
    public async Task A_key_that_several_attestors_of_a_folder_have_is_revoked_in_all_of_them()
    {
        var folder = WriteShared();

        var run = await _keys.RunAsync(
            "revoke", _keys.Uri("lost"), "--at", "2026-11-20", "--attestor", "release", "--policy", folder, "--output", "json");

        Assert.True(run.ExitCode == ExitCodes.Done, run.Error);
        using var json = JsonDocument.Parse(run.Out);
        Assert.Equal(
            ["by-key", "by-uri"],
            json.RootElement.GetProperty("others").EnumerateArray().Select(other => other.GetProperty("attestor").GetString()!));
        var set = PolicyLoader.Load([.. Directory.GetFiles(folder).Select(path => new PolicyFile(path, File.ReadAllBytes(path)))]);
        Assert.True(set.IsUsable);
        Assert.Empty(set.Problems);
        Assert.All(
            set.Set.Attestors.Where(attestor => attestor.Name is not "unconcerned"),
            attestor => Assert.Equal(MemberState.Revoked, attestor.Members[0].State));
        Assert.Equal(MemberState.Signing, set.Set.FindAttestor("unconcerned")!.Members[0].State);
    }

    [Fact]
    public async Task A_half_that_is_done_is_completed_by_the_same_command()
    {
        var folder = WriteShared();
        var release = Path.Combine(folder, "release.yaml");
        var half = await _keys.RunAsync("revoke", _keys.Uri("lost"), "--at", "2026-11-20", "--attestor", "release", "--policy", release);
        Assert.Contains("other attestors may have the key too: with --policy FOLDER", half.Out, StringComparison.Ordinal);
        var list = await _keys.RunAsync("list", "--policy", folder);

        var run = await _keys.RunAsync("revoke", _keys.Uri("lost"), "--at", "2026-11-20", "--attestor", "release", "--policy", folder);

        Assert.Contains("KEY_REVOKED: it is revoked in release, so that it counts here no more either", list.Out, StringComparison.Ordinal);
        Assert.Contains("is revoked at 2026-11-20T00:00:00Z already", run.Out, StringComparison.Ordinal);
        Assert.Contains($"It was a key of by-uri too, and is revoked there as well ({Path.Combine(folder, "by-uri.yaml")}).", run.Out, StringComparison.Ordinal);
        Assert.Contains("nothing signs for by-uri now", run.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("with --policy FOLDER", run.Out, StringComparison.Ordinal);
        Assert.Contains("revokedAt: 2026-11-20", await File.ReadAllTextAsync(Path.Combine(folder, "by-uri.yaml")), StringComparison.Ordinal);
        Assert.Contains("revokedAt: 2026-11-20", await File.ReadAllTextAsync(Path.Combine(folder, "by-key.yaml")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_again_changes_nothing_and_lists_the_images_again()
    {
        var request = await _keys.RecordAsync(_keys.Uri("lost"), _lost, Shop, "a");
        await RevokeAsync("2026-11-20");
        var before = await File.ReadAllTextAsync(_keys.Policy);

        var run = await RevokeAsync("2026-11-20", "--ledger", _keys.Ledger);

        Assert.Contains("is revoked at 2026-11-20T00:00:00Z already", run.Out, StringComparison.Ordinal);
        Assert.Contains($"{Shop}@{Digest.Compute("a"u8)}  {request}", run.Out, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllTextAsync(_keys.Policy));
    }

    [Fact]
    public async Task Images_of_the_key_are_listed_before_and_after_the_time_and_others_are_not()
    {
        var a = await _keys.RecordAsync(_keys.Uri("lost"), _lost, Shop, "a");
        await _keys.RecordAsync("file:elsewhere", _keys.Make("else"), Shop, "b");
        _keys.Clock.Advance(TimeSpan.FromHours(5));
        var c = await _keys.RecordAsync(_keys.Uri("lost"), _lost, Shop, "c", isPublished: false);

        var run = await RevokeAsync("2026-11-22T12:00:00Z", "--ledger", _keys.Ledger, "--output", "json", "--dry-run");

        Assert.True(run.ExitCode == ExitCodes.Done, run.Error);
        using var json = JsonDocument.Parse(run.Out);
        Assert.False(json.RootElement.GetProperty("written").GetBoolean());
        Assert.Equal(_lost.Id.ToString(), json.RootElement.GetProperty("publicKeyId").GetString());
        Assert.Equal(
            [a, c],
            json.RootElement.GetProperty("images").EnumerateArray().Select(image => image.GetProperty("decision").GetString()!));
        Assert.Equal(MemberState.Signing, Load().Members[1].State);
    }

    [Fact]
    public async Task A_key_that_is_gone_from_its_service_is_revoked_all_the_same()
    {
        var request = await _keys.RecordAsync(_keys.Uri("lost"), _lost, Shop, "a");
        File.Delete(_keys["lost.pub"]);
        File.Delete(_keys["lost"]);

        var run = await RevokeAsync("2026-11-20", "--ledger", _keys.Ledger);

        Assert.True(run.ExitCode == ExitCodes.Done, run.Error);
        Assert.Equal(MemberState.Revoked, Load().Members[1].State);
        Assert.Contains(request, run.Out, StringComparison.Ordinal);
        Assert.Contains("warning: the policy does not name the publicKey of", run.Error, StringComparison.Ordinal);
    }

    public static TheoryData<string, string, string, string> Refused => new()
    {
        { "a time to come", "LOST", "2026-11-23", "is still to come" },
        { "a time that is none", "LOST", "yesterday", "--at is a time such as" },
        { "a time without zone is not guessed", "LOST", "2026-11-20 10:00", "--at is a time such as" },
        { "a key of nobody", "file:/nowhere/key", "2026-11-20", "it does not exist" },
        { "several keys", "release", "2026-11-20", "means 2 keys of release" },
    };

    [Theory, MemberData(nameof(Refused))]
    public async Task A_revocation_that_makes_no_sense_ends_with_2(string because, string key, string at, string expected)
    {
        var before = await File.ReadAllTextAsync(_keys.Policy);

        var run = await _keys.EditAsync(
            "revoke", key.Replace("LOST", _keys.Uri("lost"), StringComparison.Ordinal), "--at", at);

        Assert.True(run.ExitCode == ExitCodes.BadInput, because + run.Out);
        Assert.True(run.Error.Contains(expected, StringComparison.Ordinal), because + run.Error);
        Assert.Equal(before, await File.ReadAllTextAsync(_keys.Policy));
    }

    private Task<Invoked> RevokeAsync(string at, params string[] options) =>
        _keys.EditAsync(["revoke", _keys.Uri("lost"), "--at", at, .. options]);

    // One that names the file by another path, and one that has the public half alone.
    private string WriteShared()
    {
        var folder = Directory.CreateDirectory(_keys["policies"]).FullName;
        File.Copy(_keys["lost"], _keys["copy"]);
        File.Copy(_keys["lost.pub"], _keys["copy.pub"]);
        Write("release", $"key: {_keys.Uri("lost")}");
        Write("by-uri", $"key: {_keys.Uri("copy")}");
        Write("by-key", "publicKey: |\n        " + _lost.ToPem().TrimEnd().Replace("\n", "\n        ", StringComparison.Ordinal));
        Write("unconcerned", $"key: {_keys.Uri("other")}");
        return folder;

        void Write(string name, string member) => File.WriteAllText(
            Path.Combine(folder, $"{name}.yaml"),
            $$"""
            apiVersion: supplychain/v1
            kind: Attestor
            metadata: { name: {{name}} }
            spec:
              purpose: approval
              members:
                - {{member}}
            """);
    }

    private AttestorDefinition Load() => PolicyLoader.Load([new PolicyFile(_keys.Policy, File.ReadAllBytes(_keys.Policy))])
        .Set!.FindAttestor("release")!;
}
