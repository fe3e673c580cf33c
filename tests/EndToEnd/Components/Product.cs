// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Testing;

namespace SupplyChain.EndToEnd.Components;

/// <summary>Our own command as users run it: the built executable, in a process of its own.</summary>
public static class Product
{
    /// <summary>The executable, of the configuration that these tests were built in; run in <paramref name="folder"/>.</summary>
    public static Tool In(string folder)
    {
        // artifacts/bin/PROJECT/CONFIGURATION/
        var configuration = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        var path = Path.Combine(SharedFiles.RepositoryRoot, "artifacts", "bin", "SupplyChain.Cli", configuration, "supplychain");
        Assert.True(File.Exists(path), $"not built: {path}");
        return Tool.At(path).In(folder);
    }
}
