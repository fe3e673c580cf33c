// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Verifier.Kubernetes;

namespace SupplyChain.Cli.Verify;

/// <summary>
/// Finds files of Kubernetes objects: a named file whatever it is called; of a folder all <c>.yaml</c>, <c>.yml</c> and
/// <c>.json</c> files in it and below, in ordinal order. Names that start with a dot are left out.
/// </summary>
internal static class ManifestFolder
{
    private static readonly string[] Extensions = [".yaml", ".yml", ".json"];

    /// <exception cref="CommandFailure">There is no such path, it holds no file, or one cannot be read.</exception>
    public static IReadOnlyList<ManifestFile> Read(IReadOnlyList<string> paths)
    {
        var files = paths.SelectMany(Find).Distinct(StringComparer.Ordinal)
            .Select(path => new ManifestFile(path, SmallFile.Read(path, Limits.ManifestFileBytes, "manifest")))
            .ToList();
        return files.Count > 0
            ? files
            : throw CommandFailure.BadInput("no manifest was found: no .yaml, .yml or .json file");
    }

    private static IEnumerable<string> Find(string path)
    {
        if (File.Exists(path))
            return [path];
        if (!Directory.Exists(path))
            throw CommandFailure.BadInput($"there is no manifest file or folder '{path}'");

        return new DirectoryInfo(path).EnumerateFileSystemInfos("*", new EnumerationOptions { AttributesToSkip = 0 })
            .Where(entry => !entry.Name.StartsWith('.'))
            .OrderBy(entry => entry.Name, StringComparer.Ordinal)
            .SelectMany(entry => Find(path, entry));
    }

    private static IEnumerable<string> Find(string folder, FileSystemInfo entry)
    {
        var path = Path.Combine(folder, entry.Name);
        var isFolder = Directory.Exists(path);
        if (!isFolder && !Extensions.Contains(entry.Extension, StringComparer.OrdinalIgnoreCase))
            return [];

        // A merge request could link to any file of the machine that judges it; left out, it would go unjudged.
        if (entry.LinkTarget is not null)
            throw CommandFailure.BadInput($"manifest '{path}' is a symbolic link; links are not followed");
        return isFolder ? Find(path) : [path];
    }
}
