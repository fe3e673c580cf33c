// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Kms;
using SupplyChain.Testing;

namespace SupplyChain.Hosting.Tests;

/// <summary>
/// Folders that are replaced by moving one symbolic link: mounted ConfigMaps (<c>..data</c>) and what git-sync checks out. Wherever in a
/// reading the link moves, what is in force is of one version.
/// </summary>
public sealed class AtomicReloadTests : IAsyncLifetime
{
    private static readonly string[] Names = ["a", "b", "c"];

    private readonly TempFolder _folder = new();
    private int _version;

    public ValueTask InitializeAsync()
    {
        using var password = KeyPassword.From("password of a test");
        foreach (var name in Names)
            FileKey.Generate(_folder[name], KeyType.EcdsaP256, password);
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>How the folder is laid out, and before which file that is read, counted over all readings, its link moves.</summary>
    public static MatrixTheoryData<bool, int> Moments => new([true, false], Enumerable.Range(1, 9));

    [Theory, MemberData(nameof(Moments))]
    public async Task A_link_that_moves_while_files_are_read_mixes_no_versions(bool isConfigMap, int moment)
    {
        var root = isConfigMap ? MountConfigMap() : CheckOut();
        await using var source = new PolicySource(
            [root], _folder.Path, PublicKeys.OfFiles, new ManualClock(), new RecordedLog<PolicySource>());
        var files = 0;
        source.OnReadingFile = _ =>
        {
            if (++files == moment)
                Move(root, isConfigMap);
        };

        await source.RefreshAsync(default);
        AssertOneVersion(source);
        await source.RefreshAsync(default);

        AssertOneVersion(source);
        Assert.Equal($"version {_version}", source.Current!.FindAttestor("a")!.Description);
    }

    [Fact]
    public async Task A_link_that_moves_before_every_file_puts_nothing_in_force()
    {
        var root = MountConfigMap();
        await using var source = new PolicySource(
            [root], _folder.Path, PublicKeys.OfFiles, new ManualClock(), new RecordedLog<PolicySource>());
        await source.RefreshAsync(default);
        var good = source.Current;
        source.OnReadingFile = _ => Move(root, isConfigMap: true);

        var fault = await Assert.ThrowsAsync<ConfigurationException>(() => source.RefreshAsync(default).AsTask());

        Assert.Same(good, source.Current);
        Assert.NotNull(source.Failure);
        Assert.Contains("keep changing", fault.Message, StringComparison.Ordinal);
    }

    private static void AssertOneVersion(PolicySource source) =>
        Assert.Single(Names.Select(name => source.Current!.FindAttestor(name)!.Description).Distinct(StringComparer.Ordinal));

    // As the kubelet does: names that are links through ..data, which points to the version of now.
    private string MountConfigMap()
    {
        var root = _folder["mounted"];
        Directory.CreateDirectory(root);
        Move(root, isConfigMap: true);
        foreach (var name in Names)
            File.CreateSymbolicLink(Path.Combine(root, $"{name}.yaml"), $"..data/{name}.yaml");
        return root;
    }

    // As git-sync does: one link to the folder of a commit.
    private string CheckOut()
    {
        Move(_folder["current"], isConfigMap: false);
        return _folder["current"];
    }

    private void Move(string root, bool isConfigMap)
    {
        var version = $"..version-{++_version}";
        var home = isConfigMap ? root : _folder.Path;
        Directory.CreateDirectory(Path.Combine(home, version));
        foreach (var name in Names)
            Write(Path.Combine(home, version, $"{name}.yaml"), name);

        // Nobody looks in between: the reader waits for this to return.
        var link = isConfigMap ? Path.Combine(root, "..data") : root;
        File.Delete(link);
        File.CreateSymbolicLink(link, version);
    }

    private void Write(string path, string name) => File.WriteAllText(
        path,
        $$"""
        apiVersion: supplychain/v1
        kind: Attestor
        metadata: { name: {{name}}, description: version {{_version}} }
        spec:
          purpose: approval
          members:
            - key: file:{{name}}
        """);
}
