// SPDX-License-Identifier: Apache-2.0

using Xunit;

namespace SupplyChain.Testing;

/// <summary>
/// Third-party vectors and recordings that lie beside the checkout on some machines. A test that needs them asks here:
/// where they are absent it is skipped, and says what was missing.
/// </summary>
public static class SharedFiles
{
    /// <summary>The checkout's root: the folder that holds the solution.</summary>
    public static string RepositoryRoot { get; } = FindRoot();

    /// <summary>The path of a shared file or folder; skips the running test where it is absent.</summary>
    public static string Require(string path)
    {
        var full = Path.GetFullPath(Path.Combine(RepositoryRoot, "..", "shared", path));
        Assert.SkipUnless(File.Exists(full) || Directory.Exists(full), $"third-party vectors are not here: shared/{path}");
        return full;
    }

    /// <summary>The path of a shared file or folder, or null where it is absent; for data sources, which cannot skip.</summary>
    public static string? Find(string path)
    {
        var full = Path.GetFullPath(Path.Combine(RepositoryRoot, "..", "shared", path));
        return File.Exists(full) || Directory.Exists(full) ? full : null;
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "SupplyChain.sln")))
                return folder.FullName;
        }

        throw new InvalidOperationException($"SupplyChain.sln is not above {AppContext.BaseDirectory}");
    }
}
