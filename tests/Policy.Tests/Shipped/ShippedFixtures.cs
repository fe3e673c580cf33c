// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Policy.Testing;
using SupplyChain.Testing;

namespace SupplyChain.Policy.Tests.Shipped;

/// <summary>The shipped policies and the fixtures that lie beside them.</summary>
internal static class ShippedFixtures
{
    private static readonly string Root = Path.Combine(SharedFiles.RepositoryRoot, "policies");

    public static IReadOnlyList<string> Sets { get; } =
        [.. Directory.GetDirectories(Path.Combine(Root, "baseline")).Select(Path.GetFileName).OfType<string>().Order(StringComparer.Ordinal)];

    public static IReadOnlyList<PolicyFile> Policies(string set) =>
        [.. Directory.GetFiles(Path.Combine(Root, "baseline", set), "*.yaml").Order(StringComparer.Ordinal).Select(Read)];

    public static IReadOnlyList<PolicyTestResult> Run(string set, string fixture, IReadOnlyList<PolicyFile> policies)
    {
        var loaded = PolicyLoader.Load(policies);
        Assert.True(loaded.IsUsable, string.Join('\n', loaded.Problems));
        var path = Path.Combine(Root, "tests", set, fixture);
        var read = PolicyTest.Read(Read(path));
        Assert.True(read.Test is not null, string.Join('\n', read.Problems));
        Assert.Equal([$"../../baseline/{set}"], read.Test.Policies, StringComparer.Ordinal);
        var files = read.Test.Files.ToDictionary(
            file => file.Path, file => (ReadOnlyMemory<byte>)File.ReadAllBytes(Path.Combine(Root, "tests", set, file.Path)), StringComparer.Ordinal);
        return PolicyTestRun.Run(read.Test, loaded.Set, files);
    }

    private static PolicyFile Read(string path) => new(path, File.ReadAllBytes(path));
}
