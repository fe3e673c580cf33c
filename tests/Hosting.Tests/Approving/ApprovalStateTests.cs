// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Testing;

namespace SupplyChain.Hosting.Tests.Approving;

/// <summary>The highest version that was in force, from one process to the next, and files that lie where they must not.</summary>
public sealed class ApprovalStateTests : IDisposable
{
    private readonly ApprovedFolder _folder = new();
    private readonly ManualClock _clock = new();
    private readonly RecordedLog<PolicySource> _log = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_state_names_set_version_and_content_and_a_restart_takes_the_same_again()
    {
        _folder.Approve(7, _folder.First);
        var found = await LookAsync();

        Assert.Equal(
            $$"""{"name":"production","version":7,"content":"{{found.Approval!.Content}}"}""" + "\n", await File.ReadAllTextAsync(_folder.State));
        Assert.Contains("1215 Warning There was no state file", _log.Text, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(_folder.State)!, ".*"));

        Assert.True((await LookAsync(_folder.Configuration with { MinimumVersion = null })).IsUsable, _log.Text);
        Assert.Single(_log.Lines, line => line.StartsWith("1215 ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_a_state_file_nothing_is_in_force_unless_a_minimum_says_where_to_begin()
    {
        _folder.Approve(7, _folder.First);

        AssertRefused(await LookAsync(_folder.Configuration with { MinimumVersion = null }), "so that nobody knows which version was in force");

        Assert.False(File.Exists(_folder.State));
        Assert.True((await LookAsync(_folder.Configuration with { MinimumVersion = 7 })).IsUsable, _log.Text);
    }

    public static TheoryData<string, string, string> Malformed => new()
    {
        { "empty", "", "is malformed" },
        { "no JSON", "version 1", "is malformed" },
        { "an array", "[]", "is malformed" },
        { "no version", """{ "name": "production", "content": "CONTENT" }""", "is malformed" },
        { "a version of nothing", """{ "name": "production", "version": 0, "content": "CONTENT" }""", "is malformed" },
        { "a version as text", """{ "name": "production", "version": "1", "content": "CONTENT" }""", "is malformed" },
        { "no content", """{ "name": "production", "version": 1 }""", "is malformed" },
        { "content that is no digest", """{ "name": "production", "version": 1, "content": "x" }""", "is malformed" },
        { "a member more", """{ "name": "production", "version": 1, "content": "CONTENT", "x": 1 }""", "is malformed" },
        { "a name that is a number", """{ "name": 1, "version": 1, "content": "CONTENT" }""", "is malformed" },
        { "another set", """{ "name": "staging", "version": 1, "content": "CONTENT" }""", "is of the set staging; expected production" },
        { "too long", "LONG", "has more than 4096 bytes" },
    };

    [Theory, MemberData(nameof(Malformed))]
    public async Task A_state_that_cannot_be_read_is_no_beginning(string because, string text, string expected)
    {
        _folder.Approve(7, _folder.First);
        Directory.CreateDirectory(Path.GetDirectoryName(_folder.State)!);
        var content = text.Replace("CONTENT", $"sha256:{new string('0', 64)}", StringComparison.Ordinal).Replace("LONG", new string(' ', 5000), StringComparison.Ordinal);
        await File.WriteAllTextAsync(_folder.State, content);

        AssertRefused(await LookAsync(), expected);

        Assert.True(content == await File.ReadAllTextAsync(_folder.State), because);
    }

    [Fact]
    public async Task A_folder_or_a_dead_link_in_the_place_of_the_state_is_no_absence()
    {
        _folder.Approve(7, _folder.First);
        Directory.CreateDirectory(_folder.State);
        AssertRefused(await LookAsync(), "the state file is of no use");

        Directory.Delete(_folder.State);
        File.CreateSymbolicLink(_folder.State, "nowhere");
        AssertRefused(await LookAsync(), "the state file is of no use");
    }

    [Fact]
    public async Task A_state_that_cannot_be_written_puts_nothing_in_force()
    {
        _folder.Approve(7, _folder.First);
        await File.WriteAllTextAsync(Path.GetDirectoryName(_folder.State)!, "a file where the folder has to be");

        AssertRefused(await LookAsync(), "cannot be written");
    }

    [Theory]
    [InlineData(7, true)]
    [InlineData(8, false)]
    public async Task No_version_below_the_minimum_is_in_force(long minimum, bool isUsable)
    {
        _folder.Approve(7, _folder.First);

        var found = await LookAsync(_folder.Configuration with { State = null, MinimumVersion = minimum });

        Assert.Equal(isUsable, found.IsUsable);
        if (!isUsable)
            AssertRefused(found, "version 7 is below policyApproval.minimumVersion; expected at least 8");
    }

    [Fact]
    public async Task The_minimum_holds_beside_a_lower_state()
    {
        _folder.Approve(7, _folder.First);
        await LookAsync();

        AssertRefused(await LookAsync(_folder.Configuration with { MinimumVersion = 8 }), "expected at least 8");
    }

    [Fact]
    public async Task Without_a_state_file_versions_still_only_go_up_while_the_process_lives()
    {
        await using var source = _folder.Open(_clock, _log, _folder.Configuration with { State = null });
        _folder.Approve(8, _folder.First);
        await source.RefreshAsync(default);
        _folder.Approve(7, _folder.First);

        AssertRefused(await source.RefreshAsync(default), "version 7 was put in the place of a later one; expected at least 8");
    }

    [Fact]
    public async Task A_state_that_is_replaced_or_taken_away_lowers_nothing_while_the_process_lives_and_is_put_right()
    {
        await using var source = _folder.Open(_clock, _log);
        _folder.Approve(7, _folder.First);
        await source.RefreshAsync(default);
        var lower = await File.ReadAllTextAsync(_folder.State);
        _folder.Approve(8, _folder.First);
        await source.RefreshAsync(default);
        var good = await File.ReadAllTextAsync(_folder.State);

        await File.WriteAllTextAsync(_folder.State, lower);
        await source.RefreshAsync(default);
        Assert.Equal(good, await File.ReadAllTextAsync(_folder.State));

        File.Delete(_folder.State);
        _folder.Approve(7, _folder.First);
        AssertRefused(await source.RefreshAsync(default), "expected at least 8");

        _folder.Approve(8, _folder.First);
        await source.RefreshAsync(default);
        Assert.Equal(good, await File.ReadAllTextAsync(_folder.State));
    }

    [Fact]
    public async Task A_state_that_another_process_raised_counts_here_too()
    {
        await using var source = _folder.Open(_clock, _log);
        _folder.Approve(7, _folder.First);
        await source.RefreshAsync(default);

        await File.WriteAllTextAsync(_folder.State, (await File.ReadAllTextAsync(_folder.State)).Replace(":7,", ":9,", StringComparison.Ordinal));

        AssertRefused(await source.RefreshAsync(default), "version 7 was put in the place of a later one; expected at least 9");
        Assert.NotNull(source.Current);
    }

    [Fact]
    public async Task Who_may_approve_is_not_for_the_folder_to_say()
    {
        var inside = _folder["policies/managers.yaml"];
        File.Copy(_folder.Managers, inside);
        _folder.Approve(1, _folder.First);
        AssertRefused(await LookAsync(_folder.Configuration with { Attestor = inside }), "lies in the folder that is to be approved");

        File.Delete(_folder.Managers);
        File.CreateSymbolicLink(_folder.Managers, inside);
        AssertRefused(await LookAsync(), "lies in the folder that is to be approved");
    }

    [Fact]
    public async Task Whose_key_an_approver_has_is_not_for_the_folder_to_say()
    {
        await File.WriteAllTextAsync(_folder["policies/manager.pub"], _folder.First.ExportSubjectPublicKeyInfoPem());
        _folder.WriteManagers("    - key: file:policies/manager");
        _folder.Approve(1, _folder.First);
        AssertRefused(await LookAsync(), "policies/manager.pub:1:1: error: POLICY_UNAPPROVED: lies in the folder that is to be approved");

        File.Move(_folder["policies/manager.pub"], _folder["manager.pub"]);
        _folder.WriteManagers("    - key: file:manager");
        Assert.True((await LookAsync()).IsUsable, _log.Text);
    }

    [Fact]
    public async Task The_state_is_not_for_the_folder_to_keep()
    {
        _folder.Approve(1, _folder.First);

        AssertRefused(await LookAsync(_folder.Configuration with { State = _folder["policies/state"] }), "lies in the folder that is to be approved");
    }

    [Theory]
    [InlineData("purpose: approval", "is of another purpose; expected policy")]
    [InlineData("purpose: nonsense", "spec.purpose")]
    public async Task An_attestor_that_approves_no_policies_is_refused(string purpose, string expected)
    {
        await File.WriteAllTextAsync(
            _folder.Managers, (await File.ReadAllTextAsync(_folder.Managers)).Replace("purpose: policy", purpose, StringComparison.Ordinal));
        _folder.Approve(1, _folder.First);

        AssertRefused(await LookAsync(), expected);
    }

    [Fact]
    public async Task A_folder_says_of_nobody_that_they_may_approve_nor_does_a_file_of_anything_else()
    {
        Directory.CreateDirectory(_folder["managers"]);
        File.Copy(_folder.Managers, _folder["managers/managers.yaml"]);
        _folder.Approve(1, _folder.First);
        AssertRefused(await LookAsync(_folder.Configuration with { Attestor = _folder["managers"] }), "is not the file of one Attestor document");

        await File.WriteAllTextAsync(_folder.Managers, """
            apiVersion: supplychain/v1
            kind: AdmissionPolicy
            metadata: { name: production }
            spec:
              registries: [registry.example.com]
              exempt: [{ images: [registry.example.com/**], reason: none }]
            """);
        AssertRefused(await LookAsync(), "POLICY_UNAPPROVED");
    }

    [Fact]
    public async Task A_link_out_of_the_folder_is_not_followed_and_what_was_in_force_stays()
    {
        await using var source = _folder.Open(_clock, _log);
        _folder.Approve(1, _folder.First);
        await source.RefreshAsync(default);
        var policy = _folder["policies/release.yaml"];
        File.Move(policy, _folder["elsewhere.yaml"]);
        File.CreateSymbolicLink(policy, _folder["elsewhere.yaml"]);

        var fault = await Assert.ThrowsAsync<ConfigurationException>(() => source.RefreshAsync(default).AsTask());

        Assert.Contains("release.yaml: the symbolic link leads out of", fault.Message, StringComparison.Ordinal);
        Assert.NotNull(source.Current);
        Assert.NotNull(source.Failure);

        File.Delete(policy);
        File.Move(_folder["elsewhere.yaml"], policy);
        File.Move(_folder.Envelope, _folder["elsewhere.json"]);
        File.CreateSymbolicLink(_folder.Envelope, _folder["elsewhere.json"]);
        fault = await Assert.ThrowsAsync<ConfigurationException>(() => source.RefreshAsync(default).AsTask());
        Assert.Contains("policies.dsse.json: the symbolic link leads out of", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mounted_folder_whose_files_are_links_through_another_is_approved_as_it_is_seen()
    {
        _folder.Approve(1, _folder.First);
        Directory.CreateDirectory(_folder["policies/..version-1"]);
        foreach (var name in (string[])["release.yaml", "policies.dsse.json"])
        {
            File.Move(_folder[$"policies/{name}"], _folder[$"policies/..version-1/{name}"]);
            File.CreateSymbolicLink(_folder[$"policies/{name}"], $"..data/{name}");
        }

        File.CreateSymbolicLink(_folder["policies/..data"], "..version-1");

        Assert.True((await LookAsync()).IsUsable, _log.Text);
    }

    private async Task<LoadedPolicies> LookAsync(PolicyApprovalConfiguration? configuration = null)
    {
        await using var source = _folder.Open(_clock, _log, configuration);
        return await source.RefreshAsync(default);
    }

    private static void AssertRefused(LoadedPolicies found, string expected)
    {
        Assert.False(found.IsUsable);
        Assert.All(found.Result.Problems, problem => Assert.Equal("POLICY_UNAPPROVED", problem.Reason?.Name));
        Assert.Contains(expected, string.Join('\n', found.Result.Problems), StringComparison.Ordinal);
    }
}
