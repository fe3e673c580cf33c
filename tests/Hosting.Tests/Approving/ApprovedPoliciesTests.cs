// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using SupplyChain.Testing;

namespace SupplyChain.Hosting.Tests.Approving;

/// <summary>Policies that are in force only if they are approved: hot reload, and what operators see.</summary>
public sealed class ApprovedPoliciesTests : IAsyncLifetime
{
    private readonly ApprovedFolder _folder = new();
    private readonly ManualClock _clock = new();
    private readonly RecordedLog<PolicySource> _log = new();
    private PolicySource _source = null!;

    public ValueTask InitializeAsync()
    {
        _source = _folder.Open(_clock, _log);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Before_anybody_approves_nothing_is_in_force()
    {
        var found = await _source.RefreshAsync(default);

        Assert.False(found.IsUsable);
        Assert.Null(_source.Current);
        Assert.Equal(["policies.dsse.json:1:1 POLICY_UNAPPROVED"], _source.Failure!.Problems);
        Assert.Contains("there is no such file, so that nobody approves these policies; expected 1 of the keys of managers", _log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_approved_set_is_in_force_and_the_log_names_version_and_approvers()
    {
        _folder.Approve(4, _folder.First, _folder.Second);

        var found = await _source.RefreshAsync(default);

        Assert.True(found.IsUsable, _log.Text);
        Assert.NotNull(_source.Current!.FindAttestor("release"));
        Assert.Null(_source.Failure);
        var ids = string.Join(", ", found.Approval!.Approvers.Select(key => key.Id));
        Assert.Contains($"1209 Information Policy set production version 4 is in force, approved by {ids}", _log.Text, StringComparison.Ordinal);
        Assert.Contains("1214 Information Version 4 is the first since the start", _log.Text, StringComparison.Ordinal);
        Assert.Equal(4, Version());
    }

    [Fact]
    public async Task A_change_that_nobody_approved_leaves_the_last_good_set_in_force()
    {
        _folder.Approve(1, _folder.First);
        await _source.RefreshAsync(default);
        var good = _source.Current;

        _folder.WritePolicy("changed");
        await _source.RefreshAsync(default);
        var changed = _source.Failure;
        _folder.Approve(2, _folder.First);
        await _source.RefreshAsync(default);

        Assert.Equal(["release.yaml:1:1 POLICY_UNAPPROVED"], changed!.Problems);
        Assert.Equal("changed", _source.Current!.FindAttestor("release")!.Description);
        Assert.NotSame(good, _source.Current);
        Assert.Null(_source.Failure);
        Assert.Equal(2, Version());
    }

    [Fact]
    public async Task The_log_says_what_a_new_version_changes_the_laxer_first_and_with_a_bound()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        for (var i = 0; i < Model.Limits.LoggedPolicyChanges; i++)
            _folder.WritePolicy("one", $"attestor-{i:000}", key);
        var until = "\n      validUntil: 2027-01-01T00:00:00Z\n";
        var release = _folder["policies/release.yaml"];
        var text = await File.ReadAllTextAsync(release);
        await File.WriteAllTextAsync(release, text + until);
        _folder.Approve(1, _folder.First);
        await _source.RefreshAsync(default);

        for (var i = 0; i < Model.Limits.LoggedPolicyChanges; i++)
            _folder.WritePolicy("two", $"attestor-{i:000}", key);
        await File.WriteAllTextAsync(release, text + until.Replace("2027", "2028", StringComparison.Ordinal));
        _folder.Approve(2, _folder.First);
        await _source.RefreshAsync(default);

        var lines = _log.Lines.Where(line => line.StartsWith("1210 ", StringComparison.Ordinal)).ToList();
        Assert.Equal(Model.Limits.LoggedPolicyChanges, lines.Count);
        Assert.Matches("^1210 Warning laxer: Attestor release spec.members.*validUntil: 2027-01-01T00:00:00Z → 2028-01-01T00:00:00Z", lines[0]);
        Assert.Contains("1210 Information changed: Attestor attestor-000 metadata.description: one → two", _log.Text, StringComparison.Ordinal);
        Assert.Contains(
            $"1213 Information Version 2 differs from version 1 in {Model.Limits.LoggedPolicyChanges + 1} places: 1 laxer, 0 stricter; 1 of them are not shown",
            _log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_earlier_version_is_refused_while_the_process_lives_and_after_a_restart()
    {
        _folder.Approve(1, _folder.First);
        var first = await File.ReadAllBytesAsync(_folder.Envelope);
        await _source.RefreshAsync(default);
        _folder.WritePolicy("changed");
        _folder.Approve(2, _folder.First);
        await _source.RefreshAsync(default);
        Assert.Equal(2, Version());

        _folder.WritePolicy("24h");
        await File.WriteAllBytesAsync(_folder.Envelope, first);
        await _source.RefreshAsync(default);
        await using var restarted = _folder.Open(_clock, _log);
        var found = await restarted.RefreshAsync(default);

        Assert.Equal("changed", _source.Current!.FindAttestor("release")!.Description);
        Assert.Equal(["policies.dsse.json:1:1 POLICY_UNAPPROVED"], _source.Failure!.Problems);
        Assert.False(found.IsUsable);
        Assert.Null(restarted.Current);
        Assert.Contains("version 1 was put in the place of a later one; expected at least 2", Assert.Single(found.Result.Problems).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_version_with_other_content_is_refused_and_after_a_restart_too()
    {
        _folder.Approve(5, _folder.First);
        await _source.RefreshAsync(default);

        _folder.WritePolicy("changed");
        _folder.Approve(5, _folder.First, _folder.Second);
        var found = await _source.RefreshAsync(default);
        await using var restarted = _folder.Open(_clock, _log);
        var again = await restarted.RefreshAsync(default);

        Assert.Contains("version 5 was in force with other content; expected sha256:", Assert.Single(found.Result.Problems).Message, StringComparison.Ordinal);
        Assert.Contains("version 5 was in force with other content", Assert.Single(again.Result.Problems).Message, StringComparison.Ordinal);
        Assert.Equal("24h", _source.Current!.FindAttestor("release")!.Description);
    }

    [Fact]
    public async Task A_second_signature_under_the_version_in_force_changes_nothing_but_who_approved()
    {
        _folder.Approve(1, _folder.First);
        await _source.RefreshAsync(default);

        _folder.Approve(1, _folder.First, _folder.Second);
        var found = await _source.RefreshAsync(default);

        Assert.True(found.IsUsable, _log.Text);
        Assert.Equal(2, found.Approval!.Approvers.Count);
        Assert.Null(_source.Failure);
    }

    [Fact]
    public async Task With_two_approvals_required_nobody_approves_alone()
    {
        await using var source = _folder.Open(_clock, _log, _folder.Configuration with { Approvals = 2 });
        _folder.Approve(1, _folder.First, _folder.First);
        var alone = await source.RefreshAsync(default);
        _folder.Approve(1, _folder.First, _folder.Second);
        var together = await source.RefreshAsync(default);

        Assert.Contains("expected 2 of the keys of managers, each counted once; found 1", Assert.Single(alone.Result.Problems).Message, StringComparison.Ordinal);
        Assert.True(together.IsUsable, _log.Text);
    }

    [Fact]
    public async Task One_key_under_two_names_is_one_member()
    {
        await File.WriteAllTextAsync(_folder["one.pub"], _folder.First.ExportSubjectPublicKeyInfoPem());
        await File.WriteAllTextAsync(_folder["two.pub"], "\n" + _folder.First.ExportSubjectPublicKeyInfoPem().Replace("\n", "\r\n", StringComparison.Ordinal) + "\n");
        _folder.WriteManagers("    - key: file:one.pub\n      state: verifying", "    - key: file:two.pub\n      state: verifying");
        await using var source = _folder.Open(_clock, _log, _folder.Configuration with { Approvals = 2 });
        _folder.Approve(1, _folder.First, _folder.First);

        var found = await source.RefreshAsync(default);

        var problem = Assert.Single(found.Result.Problems);
        Assert.Contains("the attestor managers has the key sha256:", problem.Message, StringComparison.Ordinal);
        Assert.EndsWith(" twice", problem.Message, StringComparison.Ordinal);
        Assert.Equal("POLICY_UNAPPROVED", problem.Reason?.Name);
    }

    [Fact]
    public async Task More_approvals_than_there_are_members_are_refused()
    {
        await using var source = _folder.Open(_clock, _log, _folder.Configuration with { Approvals = 3 });
        _folder.Approve(1, _folder.First, _folder.Second);

        var found = await source.RefreshAsync(default);

        Assert.Contains("3 approvals are required, but managers has 2 members", Assert.Single(found.Result.Problems).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_approver_who_is_revoked_while_the_service_runs_approves_no_more()
    {
        _folder.Approve(1, _folder.First);
        await _source.RefreshAsync(default);

        _folder.WriteManagers(ApprovedFolder.Member(_folder.First, "\n      state: revoked\n      revokedAt: 2026-11-22T00:00:00Z"), ApprovedFolder.Member(_folder.Second));
        var found = await _source.RefreshAsync(default);
        var stale = _source.Failure;
        _folder.Approve(2, _folder.Second);
        await _source.RefreshAsync(default);

        Assert.Contains("found 0; sha256:", Assert.Single(found.Result.Problems).Message, StringComparison.Ordinal);
        Assert.EndsWith("does not count: KEY_REVOKED", found.Result.Problems[0].Message, StringComparison.Ordinal);
        Assert.NotNull(stale);
        Assert.Null(_source.Failure);
        Assert.Equal(2, Version());
    }

    [Fact]
    public async Task An_approval_that_ends_shows_and_what_was_in_force_stays()
    {
        _folder.Approve(approval => approval with { Expires = _clock.GetUtcNow().AddMinutes(1) }, _folder.First);
        await _source.RefreshAsync(default);
        Assert.Null(_source.Failure);

        _clock.Advance(TimeSpan.FromMinutes(1));
        await _source.RefreshAsync(default);

        Assert.NotNull(_source.Current);
        Assert.Equal(["policies.dsse.json:1:1 POLICY_UNAPPROVED"], _source.Failure!.Problems);
        Assert.Contains("the approval ended at ", _log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_refused_comes_into_force_when_its_time_has_come_although_no_file_changed()
    {
        _folder.WriteManagers(ApprovedFolder.Member(_folder.First, $"\n      validFrom: {_clock.GetUtcNow().AddMinutes(1):yyyy-MM-dd'T'HH:mm:ss'Z'}"));
        _folder.Approve(1, _folder.First);
        Assert.False((await _source.RefreshAsync(default)).IsUsable);

        _clock.Advance(TimeSpan.FromMinutes(1));
        await _source.RefreshAsync(default);

        Assert.NotNull(_source.Current);
        Assert.Null(_source.Failure);
    }

    [Fact]
    public async Task An_approved_set_that_does_not_load_is_not_in_force_and_its_version_is_still_free()
    {
        await File.WriteAllTextAsync(_folder["policies/broken.yaml"], "kind: Nonsense\n");
        _folder.Approve(1, _folder.First);
        var found = await _source.RefreshAsync(default);
        File.Delete(_folder["policies/broken.yaml"]);
        _folder.Approve(1, _folder.First);
        await _source.RefreshAsync(default);

        Assert.False(found.IsUsable);
        Assert.Null(found.Approval);
        Assert.All(found.Result.Problems, problem => Assert.Null(problem.Reason));
        Assert.NotNull(_source.Current);
    }

    [Fact]
    public async Task A_key_that_approves_images_too_approves_no_policies()
    {
        _folder.WritePolicy("shared", "other", _folder.First);
        _folder.Approve(1, _folder.First);

        var found = await _source.RefreshAsync(default);

        var problem = Assert.Single(found.Result.Problems);
        Assert.EndsWith("of other also approves policies, as a member of managers; a key has one purpose", problem.Message, StringComparison.Ordinal);
        Assert.Equal("POLICY_UNAPPROVED", problem.Reason?.Name);
        Assert.Null(_source.Current);
    }

    [Fact]
    public async Task A_key_behind_a_name_that_others_can_move_is_not_approved()
    {
        var policy = _folder["policies/release.yaml"];
        await File.WriteAllTextAsync(_folder["release.pub"], _folder.Second.ExportSubjectPublicKeyInfoPem());
        await File.WriteAllTextAsync(policy, $"{(await File.ReadAllTextAsync(policy)).Split("    - publicKey")[0]}    - key: file:release.pub\n");
        _folder.WriteManagers(ApprovedFolder.Member(_folder.First));
        _folder.Approve(1, _folder.First);

        var found = await _source.RefreshAsync(default);

        var problem = Assert.Single(found.Result.Problems);
        Assert.Contains("the key file:release.pub of release has no publicKey", problem.Message, StringComparison.Ordinal);
        Assert.Equal("POLICY_UNAPPROVED", problem.Reason?.Name);
        Assert.Null(_source.Current);
    }

    [Fact]
    public async Task What_changes_between_two_readings_is_not_in_force_half_approved()
    {
        _folder.Approve(1, _folder.First);
        var readings = 0;
        _source.OnReading = () =>
        {
            if (++readings == 2)
                _folder.WritePolicy("changed");
        };

        await _source.RefreshAsync(default);

        Assert.Null(_source.Current);
        Assert.Equal(["release.yaml:1:1 POLICY_UNAPPROVED"], _source.Failure!.Problems);
    }

    [Fact]
    public async Task A_file_that_changes_after_it_was_read_is_judged_by_what_was_read()
    {
        _folder.Approve(1, _folder.First);
        await _source.RefreshAsync(default);
        var files = 0;
        _folder.WritePolicy("approved");
        _folder.Approve(2, _folder.First);
        // Whatever moment the file changes at, its words are in force only if they are approved.
        _source.OnReadingFile = _ => _folder.WritePolicy(++files % 2 == 0 ? "approved" : "changed");

        for (var look = 0; look < 4; look++)
        {
            await IgnoreUnsettledAsync();
            Assert.Contains(_source.Current!.FindAttestor("release")!.Description, (string[])["24h", "approved"]);
        }
    }

    private async Task IgnoreUnsettledAsync()
    {
        try
        {
            await _source.RefreshAsync(default);
        }
        catch (ConfigurationException unsettled)
        {
            Assert.Contains("keep changing", unsettled.Message, StringComparison.Ordinal);
        }
    }

    private long Version()
    {
        var version = -1L;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, found) =>
        {
            if (ReferenceEquals(instrument.Meter, _source.Meter) && instrument.Name is "policy.version")
                found.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => version = value);
        listener.Start();
        listener.RecordObservableInstruments();
        return version;
    }
}
