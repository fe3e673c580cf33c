// SPDX-License-Identifier: Apache-2.0

using System.Text;
using SupplyChain.Model;
using SupplyChain.Testing;

namespace SupplyChain.Hosting.Tests;

public sealed class PolicyFoldersTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public PolicyFoldersTests() => Directory.CreateDirectory(_folder["policies"]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Files_of_a_folder_are_read_in_ordinal_order_whatever_else_lies_there()
    {
        Write("policies/b.yaml", "b");
        Write("policies/B.yml", "B");
        Write("policies/a.json", "a");
        Write("policies/a.YAML", "aa");
        Write("policies/README.md", "not a policy");
        Write("policies/.hidden.yaml", "an editor's");
        Write("policies/sub/c.yaml", "c");
        Write("policies/.git/d.yaml", "not a policy");

        var files = await PolicyFolders.ReadAsync([_folder["policies"]], default);

        Assert.Equal(
            [("policies/B.yml", "B"), ("policies/a.YAML", "aa"), ("policies/a.json", "a"), ("policies/b.yaml", "b"), ("policies/sub/c.yaml", "c")],
            files.Select(file => (Path.GetRelativePath(_folder.Path, file.Path), Encoding.UTF8.GetString(file.Content.Span))));
    }

    [Fact]
    public async Task Paths_are_read_in_the_order_given_and_a_named_file_is_read_whatever_it_is_called()
    {
        Write("policies/a.yaml", "a");
        Write("policy.txt", "named");

        var files = await PolicyFolders.ReadAsync([_folder["policy.txt"], _folder["policies"]], default);

        Assert.Equal(["policy.txt", "a.yaml"], files.Select(file => Path.GetFileName(file.Path)));
    }

    [Fact]
    public async Task A_volume_as_orchestrators_mount_it_is_read()
    {
        Write("policies/..2026_11_22/a.yaml", "mounted");
        File.CreateSymbolicLink(_folder["policies/..data"], "..2026_11_22");
        File.CreateSymbolicLink(_folder["policies/a.yaml"], "..data/a.yaml");

        var file = Assert.Single(await PolicyFolders.ReadAsync([_folder["policies"]], default));

        Assert.Equal("mounted", Encoding.UTF8.GetString(file.Content.Span));
    }

    [Fact]
    public async Task A_folder_may_itself_be_a_link()
    {
        Write("real/a.yaml", "a");
        File.CreateSymbolicLink(_folder["link"], "real");

        Assert.Single(await PolicyFolders.ReadAsync([_folder["link"]], default));
    }

    public static TheoryData<string, string> Escapes => new()
    {
        { "to a file outside", "../secret.yaml" },
        { "to a sibling whose name begins alike", "../policies-other/secret.yaml" },
        { "through a folder link", "inner/secret.yaml" },
        { "to another link that leads out", "hop.yaml" },
    };

    [Theory, MemberData(nameof(Escapes))]
    public async Task A_link_out_of_the_folder_is_refused(string because, string target)
    {
        Write("secret.yaml", "secret");
        Write("policies-other/secret.yaml", "secret");
        Write("outer/secret.yaml", "secret");
        Directory.CreateDirectory(_folder["policies/.links"]);
        File.CreateSymbolicLink(_folder["policies/.links/inner"], "../../outer");
        File.CreateSymbolicLink(_folder["policies/.links/hop.yaml"], "../../secret.yaml");
        File.CreateSymbolicLink(_folder["policies/a.yaml"], target.StartsWith("..", StringComparison.Ordinal) ? target : ".links/" + target);

        var problem = await Assert.ThrowsAsync<ConfigurationException>(() => PolicyFolders.ReadAsync([_folder["policies"]], default).AsTask());

        Assert.True(problem.Message.Contains("leads out of", StringComparison.Ordinal), $"{because}: {problem.Message}");
    }

    [Fact]
    public async Task An_absolute_link_inside_is_followed()
    {
        Write("policies/.real/a.yaml", "a");
        File.CreateSymbolicLink(_folder["policies/a.yaml"], _folder["policies/.real/a.yaml"]);

        Assert.Single(await PolicyFolders.ReadAsync([_folder["policies"]], default));
    }

    [Fact]
    public async Task A_linked_folder_inside_is_refused_rather_than_left_out()
    {
        Write("elsewhere/a.yaml", "a");
        File.CreateSymbolicLink(_folder["policies/linked"], "../elsewhere");

        await AssertRefusedAsync("is not followed", _folder["policies"]);
    }

    [Theory, InlineData("loop.yaml"), InlineData("absent.yaml")]
    public async Task A_link_to_nowhere_is_refused(string target)
    {
        File.CreateSymbolicLink(_folder["policies/loop.yaml"], target);

        await AssertRefusedAsync("loop.yaml", _folder["policies"]);
    }

    [Fact]
    public async Task A_path_that_is_not_there_is_refused() => await AssertRefusedAsync("no such policy file or folder", _folder["absent"]);

    [Fact]
    public async Task Too_many_files_are_refused()
    {
        for (var i = 0; i <= Limits.PolicyDocuments; i++)
            Write($"policies/{i:d4}.yaml", "");

        await AssertRefusedAsync($"more than {Limits.PolicyDocuments} policy files", _folder["policies"]);
    }

    [Fact]
    public async Task A_file_too_large_is_read_far_enough_to_be_refused_by_the_loader()
    {
        Write("policies/a.yaml", new string('#', Limits.PolicyBytes * 2));

        var file = Assert.Single(await PolicyFolders.ReadAsync([_folder["policies"]], default));

        Assert.Equal(Limits.PolicyBytes + 1, file.Content.Length);
    }

    [Theory]
    [InlineData("/a/b", "/a", true)]
    [InlineData("/a", "/a", false)]
    [InlineData("/ab", "/a", false)]
    [InlineData("/a/../b", "/a", false)]
    [InlineData("/a/b", "/", true)]
    public void Below_means_inside(string path, string folder, bool expected) => Assert.Equal(expected, RealPath.IsBelow(path, folder));

    private async Task AssertRefusedAsync(string expected, string path)
    {
        var problem = await Assert.ThrowsAsync<ConfigurationException>(() => PolicyFolders.ReadAsync([path], default).AsTask());
        Assert.Contains(expected, problem.Message, StringComparison.Ordinal);
    }

    private void Write(string name, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder[name])!);
        File.WriteAllText(_folder[name], content);
    }

    [Fact]
    public async Task What_approves_a_folder_is_no_policy_and_is_read_beside_them()
    {
        Directory.CreateDirectory(_folder["policies/sub"]);
        await File.WriteAllTextAsync(_folder["policies/a.yaml"], "a");
        await File.WriteAllTextAsync(_folder["policies/policies.dsse.json"], "{}");
        await File.WriteAllTextAsync(_folder["policies/sub/policies.dsse.json"], "{}");
        await File.WriteAllTextAsync(_folder["policies/POLICIES.dsse.json"], "b");

        var folder = await PolicyFolders.ReadFolderAsync(_folder["policies"], default);

        Assert.Equal(["POLICIES.dsse.json", "a.yaml"], folder.Documents.Select(document => document.Path));
        Assert.Equal("{}"u8, folder.Envelope!.Value.Span);
        Assert.Equal(folder.Files.Select(file => file.Path), (await PolicyFolders.ReadAsync([_folder["policies"]], default)).Select(file => file.Path));
    }

    [Fact]
    public async Task A_file_is_no_folder_that_could_be_approved()
    {
        await File.WriteAllTextAsync(_folder["a.yaml"], "a");

        var problem = await Assert.ThrowsAsync<ConfigurationException>(() => PolicyFolders.ReadFolderAsync(_folder["a.yaml"], default).AsTask());

        Assert.Contains("there is no such folder", problem.Message, StringComparison.Ordinal);
    }
}
