// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Policy;
using SupplyChain.Policy.Approving;

namespace SupplyChain.Hosting;

/// <summary>
/// Finds policy files. A file that is named is read whatever it is called; of a folder, all <c>.yaml</c>, <c>.yml</c>
/// and <c>.json</c> files in it and its subfolders are, in ordinal order of their paths. Names that start with a dot
/// are not policies: editors and mounted volumes keep their own things there. Neither is what approves a folder,
/// <see cref="PolicyApproval.FileName"/>.
/// </summary>
public static class PolicyFolders
{
    private static readonly string[] Extensions = [".yaml", ".yml", ".json"];

    /// <summary>Reads the files that <paramref name="paths"/> name.</summary>
    /// <exception cref="ConfigurationException">
    /// A path is missing or unreadable, a symbolic link leads out of its folder, or there are too many files.
    /// </exception>
    public static ValueTask<IReadOnlyList<PolicyFile>> ReadAsync(
        IReadOnlyList<string> paths, CancellationToken cancellationToken) => ReadAsync(paths, onFile: null, cancellationToken);

    /// <summary>Reads a folder with what approves it.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="ConfigurationException">
    /// It is no folder, or unreadable, a symbolic link leads out of it, or there are too many files.
    /// </exception>
    public static ValueTask<PolicyFolder> ReadFolderAsync(string path, CancellationToken cancellationToken) =>
        ReadFolderAsync(path, onFile: null, cancellationToken);

    internal static async ValueTask<PolicyFolder> ReadFolderAsync(
        string path, Action<string>? onFile, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(path))
            throw Refused(path, "there is no such folder; what is approved is the whole of one");

        var envelope = Path.Combine(path, PolicyApproval.FileName);
        ReadOnlyMemory<byte>? content = null;
        if (new FileInfo(envelope) is { LinkTarget: var target } file && (file.Exists || target is not null))
        {
            CheckLink(envelope, target is not null, path);
            onFile?.Invoke(envelope);
            content = await SmallFile.ReadPrefixAsync(envelope, Limits.JointEnvelopeBytes, cancellationToken);
        }

        return new PolicyFolder(path, await ReadAsync([path], onFile, cancellationToken), content);
    }

    internal static async ValueTask<IReadOnlyList<PolicyFile>> ReadAsync(
        IReadOnlyList<string> paths, Action<string>? onFile, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(paths);
        var found = new List<string>();
        foreach (var path in paths)
            Find(path, found);

        var files = new List<PolicyFile>(found.Count);
        foreach (var path in found)
        {
            onFile?.Invoke(path);
            files.Add(new PolicyFile(path, await SmallFile.ReadPrefixAsync(path, Limits.PolicyBytes, cancellationToken)));
        }

        return files;
    }

    private static void Find(string path, List<string> found)
    {
        try
        {
            if (File.Exists(path))
                Add(path, found);
            else if (Directory.Exists(path))
                Search(path, path, found);
            else
                throw Refused(path, "there is no such policy file or folder");
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw ConfigurationException.Unreadable(path, unreadable);
        }
    }

    private static void Search(string folder, string root, List<string> found)
    {
        var everything = new EnumerationOptions { AttributesToSkip = FileAttributes.None };
        var entries = new DirectoryInfo(folder).EnumerateFileSystemInfos("*", everything)
            .Where(entry => !entry.Name.StartsWith('.'))
            .OrderBy(entry => entry.Name, StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            var path = Path.Combine(folder, entry.Name);
            var isLink = entry.LinkTarget is not null;
            if (Directory.Exists(path))
            {
                if (isLink)
                    throw Refused(path, "a symbolic link to a folder is not followed; name the folder itself");
                Search(path, root, found);
            }
            else if (Extensions.Contains(entry.Extension, StringComparer.OrdinalIgnoreCase)
                && !string.Equals(entry.Name, PolicyApproval.FileName, StringComparison.Ordinal))
            {
                CheckLink(path, isLink, root);
                Add(path, found);
            }
        }
    }

    private static void CheckLink(string path, bool isLink, string root)
    {
        if (isLink && !RealPath.IsBelow(path, root))
            throw Refused(path, $"the symbolic link leads out of {Printable.Escape(root)}");
    }

    private static void Add(string path, List<string> found)
    {
        if (found.Count == Limits.PolicyDocuments)
            throw Refused(path, $"more than {Limits.PolicyDocuments} policy files");
        found.Add(path);
    }

    private static ConfigurationException Refused(string path, string why) => new($"{Printable.Escape(path)}: {why}");
}
