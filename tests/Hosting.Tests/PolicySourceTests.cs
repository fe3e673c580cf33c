// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Kms;
using SupplyChain.Model;
using SupplyChain.Policy;
using SupplyChain.Testing;

namespace SupplyChain.Hosting.Tests;

public sealed class PolicySourceTests : IAsyncLifetime
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly TempFolder _folder = new();
    private readonly ManualClock _clock = new();
    private readonly RecordedLog<PolicySource> _log = new();
    private PolicySource _source = null!;

    public ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(_folder["policies"]);
        Directory.CreateDirectory(_folder["keys"]);
        _source = new PolicySource([_folder["policies"]], _folder.Path, PublicKeys.OfFiles, _clock, _log);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Before_the_first_good_set_there_is_none()
    {
        Assert.Null(_source.Current);
        Write("release", "purpose: approvals");

        Assert.False((await _source.RefreshAsync(default)).IsUsable);

        Assert.Null(_source.Current);
    }

    [Fact]
    public async Task A_key_named_in_a_policy_is_resolved_from_the_key_folder()
    {
        var key = Generate("release");
        Write("release");

        await _source.RefreshAsync(default);

        Assert.Equal(key, _source.Current!.FindAttestor("release")!.Members[0].PublicKey!.ToPem());
        Assert.Contains(_source.Current.Revision.ToString(), _log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_cannot_be_opened_makes_no_set_and_says_why()
    {
        Write("release");

        var found = await _source.RefreshAsync(default);

        Assert.False(found.IsUsable);
        Assert.Contains("keys/release.pub", Assert.Single(found.KeyProblems), StringComparison.Ordinal);
        Assert.Contains("could not be had", found.Result.Problems[0].Message, StringComparison.Ordinal);
        Assert.Contains("keys/release.pub", _log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_of_a_service_that_is_not_configured_is_named()
    {
        Write("release", key: "awskms:///alias/release");

        Assert.Contains("no key service of scheme awskms is configured", Assert.Single((await _source.RefreshAsync(default)).KeyProblems), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_that_does_not_tell_a_key_takes_that_member_alone_out_of_force()
    {
        var key = Generate("release");
        Write("release");
        Write("remote", key: "awskms:///alias/release");
        await using var source = new PolicySource(
            [_folder["policies"]], _folder.Path, new PublicKeys([new FileKeys(password: null), new SilentService()], _clock), _clock, _log);

        var found = await source.RefreshAsync(default);

        Assert.True(found.IsUsable, string.Join('\n', found.Result.Problems));
        Assert.Equal(key, source.Current!.FindAttestor("release")!.Members[0].PublicKey!.ToPem());
        Assert.Null(source.Current.FindAttestor("remote")!.Members[0].PublicKey);
        Assert.Contains("the service is silent", _log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Services_that_hang_delay_a_revocation_by_one_look_together()
    {
        Generate("release");
        Write("release");
        var service = new HangingService();
        await using var source = new PolicySource(
            [_folder["policies"]], _folder.Path, new PublicKeys([new FileKeys(password: null), service], _clock), _clock, _log);
        await source.RefreshAsync(default);
        foreach (var name in (string[])["one", "two", "three", "four"])
            Write(name, key: $"awskms:///alias/{name}");
        File.AppendAllText(_folder["policies/release.yaml"], "\n      state: revoked\n      revokedAt: 2026-11-22T00:00:00Z\n");

        var refreshing = source.RefreshAsync(default).AsTask();
        for (var i = 0; i < 4; i++)
            await service.Asked.WaitAsync(TestContext.Current.CancellationToken);
        Assert.False(refreshing.IsCompleted);
        _clock.Advance(Limits.KmsLook);
        var found = await refreshing;

        Assert.True(found.IsUsable, string.Join('\n', found.Result.Problems));
        Assert.Equal(MemberState.Revoked, source.Current!.FindAttestor("release")!.Members[0].State);
        Assert.Equal(4, found.KeyProblems.Count(problem => problem.EndsWith("did not answer within 5 s", StringComparison.Ordinal)));
        Assert.Equal(0, service.Asked.CurrentCount);
    }

    [Fact]
    public async Task A_key_of_a_service_that_the_policy_does_not_pin_is_warned_of_once()
    {
        Generate("release");
        Write("release");
        Write("remote", key: "awskms:///alias/release");
        await using var source = new PolicySource(
            [_folder["policies"]], _folder.Path, new PublicKeys([new FileKeys(password: null), new SilentService()], _clock), _clock, _log);
        await source.RefreshAsync(default);
        await source.RefreshAsync(default);
        Write("another", key: "awskms:///alias/another");
        await source.RefreshAsync(default);

        var warnings = _log.Lines.Where(line => line.StartsWith("1207 Warning ", StringComparison.Ordinal)).ToList();
        Assert.Equal(2, warnings.Count);
        Assert.Contains("The key awskms:///alias/release of remote has no publicKey", warnings[0], StringComparison.Ordinal);
        Assert.Contains("The key awskms:///alias/another of another has no publicKey", warnings[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_service_answers_after_a_look_is_known_to_the_next_one()
    {
        Write("remote", key: "awskms:///alias/release");
        var service = new HangingService();
        await using var source = new PolicySource([_folder["policies"]], _folder.Path, new PublicKeys([service], _clock), _clock, _log);
        var refreshing = source.RefreshAsync(default).AsTask();
        await service.Asked.WaitAsync(TestContext.Current.CancellationToken);
        _clock.Advance(Limits.KmsLook);
        await refreshing;
        Assert.Null(source.Current!.FindAttestor("remote")!.Members[0].PublicKey);

        Generate("answer");
        var key = await PublicKeys.OfFiles.OpenAsync(KeyUri.Parse($"file:{_folder["keys/answer.key"]}"), default);
        service.Answer.SetResult(key);
        await source.RefreshAsync(default);

        Assert.Equal(key, source.Current!.FindAttestor("remote")!.Members[0].PublicKey);
    }

    [Fact]
    public async Task A_broken_change_leaves_the_last_good_set_in_force()
    {
        Generate("release");
        Write("release");
        await _source.RefreshAsync(default);
        var good = _source.Current;

        Write("release", "purpose: approvals");
        var found = await _source.RefreshAsync(default);

        Assert.False(found.IsUsable);
        Assert.Same(good, _source.Current);
        Assert.Contains("cannot be used", _log.Text, StringComparison.Ordinal);
        Assert.Contains("release.yaml:", _log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_did_not_change_stays_the_same_set_and_is_told_once()
    {
        Generate("release");
        Write("release");
        await _source.RefreshAsync(default);
        var set = _source.Current;

        await _source.RefreshAsync(default);

        Assert.Same(set, _source.Current);
        Assert.Single(_log.Lines);
    }

    [Fact]
    public async Task A_key_that_two_attestors_have_is_revoked_for_both_by_one_of_them()
    {
        Generate("shared");
        Write("a", key: "file:keys/shared.key");
        Write("b", key: "file:keys/shared.key");
        await _source.RefreshAsync(default);
        Assert.Equal(Policy.MemberState.Signing, _source.Current!.FindAttestor("b")!.Members[0].State);

        Write("a", key: "file:keys/shared.key\n      state: revoked\n      revokedAt: 2026-11-01");
        var found = await _source.RefreshAsync(default);

        Assert.True(found.IsUsable);
        Assert.Null(_source.Failure);
        var member = _source.Current!.FindAttestor("b")!.Members[0];
        Assert.Equal("KEY_REVOKED", member.RefusalAt(_clock.GetUtcNow())?.Name);
        Assert.Contains($"is revoked in a ({_folder["policies/a.yaml"]}:", _log.Text, StringComparison.Ordinal);
        Assert.Contains("counts no more in b either", _log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_new_public_key_is_a_change_although_no_policy_changed()
    {
        Generate("release");
        Write("release");
        await _source.RefreshAsync(default);
        File.Delete(_folder["keys/release.key"]);
        File.Delete(_folder["keys/release.pub"]);
        var key = Generate("release");

        await _source.RefreshAsync(default);

        Assert.Equal(key, _source.Current!.FindAttestor("release")!.Members[0].PublicKey!.ToPem());
    }

    [Fact]
    public async Task A_mixture_of_old_and_new_is_never_in_force()
    {
        Generate("release");
        Generate("second");
        Write("release");
        var readings = 0;
        _source.OnReading = () =>
        {
            if (++readings == 2)
                Write("second");
        };

        await _source.RefreshAsync(default);

        Assert.Equal(3, readings);
        Assert.NotNull(_source.Current!.FindAttestor("second"));
        Assert.Single(_log.Lines);
    }

    [Fact]
    public async Task Files_that_never_settle_are_not_put_in_force()
    {
        Generate("release");
        var readings = 0;
        _source.OnReading = () => Write("release", $"description: reading {++readings}\n  purpose: approval");

        var problem = await Assert.ThrowsAsync<ConfigurationException>(() => _source.RefreshAsync(default).AsTask());

        Assert.Contains("keep changing", problem.Message, StringComparison.Ordinal);
        Assert.Null(_source.Current);
    }

    [Fact]
    public async Task Changes_are_noticed_while_watching_and_an_unreadable_folder_changes_nothing()
    {
        Generate("release");
        Write("release");
        await _source.RefreshAsync(default);
        var first = _source.Current!.Revision;
        _source.Watch(Interval);

        Generate("second");
        Write("second");
        await TickUntilAsync(() => _source.Current.Revision != first);

        Directory.Move(_folder["policies"], _folder["gone"]);
        await TickUntilAsync(() => _log.Text.Contains("cannot be read", StringComparison.Ordinal));
        Assert.NotNull(_source.Current.FindAttestor("second"));
    }

    private async Task TickUntilAsync(Func<bool> condition)
    {
        for (var i = 0; i < 500 && !condition(); i++)
        {
            _clock.Advance(Interval);
            await Task.Delay(10);
        }

        Assert.True(condition(), _log.Text);
    }

    private string Generate(string name)
    {
        using var password = KeyPassword.From("password of a test");
        return FileKey.Generate(_folder[$"keys/{name}.key"], KeyType.EcdsaP256, password).ToPem();
    }

    private void Write(string name, string purpose = "purpose: approval", string? key = null) => File.WriteAllText(
        _folder[$"policies/{name}.yaml"],
        $$"""
        apiVersion: supplychain/v1
        kind: Attestor
        metadata: { name: {{name}} }
        spec:
          {{purpose}}
          members:
            - key: {{key ?? $"file:keys/{name}.key"}}
        """);

    private sealed class HangingService : IPublicKeySource
    {
        public SemaphoreSlim Asked { get; } = new(0);

        public TaskCompletionSource<Sigstore.PublicKey> Answer { get; } = new();

        public string Scheme => "awskms";

        public ValueTask<Sigstore.PublicKey> ReadPublicKeyAsync(KeyUri uri, CancellationToken cancellationToken)
        {
            Asked.Release();
            return new ValueTask<Sigstore.PublicKey>(Answer.Task);
        }
    }

    private sealed class SilentService : IPublicKeySource
    {
        public string Scheme => "awskms";

        public ValueTask<Sigstore.PublicKey> ReadPublicKeyAsync(KeyUri uri, CancellationToken cancellationToken) =>
            ValueTask.FromException<Sigstore.PublicKey>(KmsException.Unavailable("the service is silent"));
    }
}
