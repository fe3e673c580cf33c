// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Testing;

namespace SupplyChain.EndToEnd.Components;

/// <summary>Our own programs as users run them: the built executables, in processes of their own.</summary>
public static class Product
{
    /// <summary>The <c>supplychain</c> command, run in <paramref name="folder"/>.</summary>
    public static Tool In(string folder) => Program("SupplyChain.Cli", "supplychain").In(folder);

    /// <summary>An executable of the configuration that these tests were built in.</summary>
    public static Tool Program(string project, string name)
    {
        // artifacts/bin/PROJECT/CONFIGURATION/
        var configuration = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        var path = Path.Combine(SharedFiles.RepositoryRoot, "artifacts", "bin", project, configuration, name);
        Assert.True(File.Exists(path), $"not built: {path}");
        return Tool.At(path);
    }
}
