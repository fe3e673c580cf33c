// SPDX-License-Identifier: Apache-2.0

using System.Runtime.Versioning;
using SupplyChain.Model;

namespace SupplyChain.Kms.Pkcs11;

/// <summary>
/// Which files a URI may name as those of PINs. URIs are written by authors of policies, and what such a file holds is offered to a
/// token, which locks itself after a few wrong ones: which files there are is the operator's to say.
/// </summary>
[UnsupportedOSPlatform("windows")]
internal static class Pkcs11PinFiles
{
    // As many as Linux follows on the way to a file.
    private const int MostLinks = 40;

    /// <summary>
    /// The file with the PIN of a key: the one its URI names, if that is the configured file or lies in the configured folder also when
    /// all links are followed; the configured file, if it names none.
    /// </summary>
    /// <param name="uri">The key.</param>
    /// <param name="file">The configured file.</param>
    /// <param name="folder">The configured folder.</param>
    /// <exception cref="KmsException">KEY_UNUSABLE: the URI names another file; nothing was asked of it.</exception>
    public static string? Find(Pkcs11KeyUri uri, string? file, string? folder)
    {
        if (uri.PinFile is not { } named || string.Equals(named, file, StringComparison.Ordinal))
            return file;
        if (folder is null)
        {
            throw Refuse(
                uri, named, $"which the configuration does not allow: set pinFolder of kms.pkcs11 or {Pkcs11Options.PinFolderVariable} "
                + "to the folder of such files");
        }

        if (!Path.IsPathFullyQualified(folder))
            throw KmsException.Unusable($"{uri.Text} cannot be opened: {Printable.Escape(folder)} is not the whole path of a folder of PIN files");
        if (!string.Equals(named, Path.GetFullPath(named), StringComparison.Ordinal) || !IsBelow(named, Path.GetFullPath(folder)))
            throw Refuse(uri, named, $"expected a file below the configured pinFolder {Printable.Escape(folder)}, without . and .. in its path");

        var followed = Follow(named, uri);
        return IsBelow(followed, Follow(Path.GetFullPath(folder), uri))
            ? followed
            : throw Refuse(uri, named, $"whose links lead out of the configured pinFolder {Printable.Escape(folder)}");
    }

    private static bool IsBelow(string path, string folder) =>
        path.StartsWith(Path.TrimEndingDirectorySeparator(folder).TrimEnd('/') + "/", StringComparison.Ordinal);

    // The path without links; what does not exist is left as it is.
    private static string Follow(string path, Pkcs11KeyUri uri)
    {
        var followed = "/";
        var left = new Stack<string>();
        Add(path);
        for (var links = 0; left.TryPop(out var name);)
        {
            var next = name is ".." ? Path.GetDirectoryName(followed) ?? "/" : Path.Combine(followed, name);
            if (name is ".." || new FileInfo(next).LinkTarget is not { } target)
            {
                followed = next;
                continue;
            }

            if (++links > MostLinks)
                throw Refuse(uri, path, $"which has more than {MostLinks} links on its way");
            if (target.StartsWith('/'))
                followed = "/";
            Add(target);
        }

        return followed;

        void Add(string parts)
        {
            foreach (var part in parts.Split('/').Reverse().Where(part => part is not ("" or ".")))
                left.Push(part);
        }
    }

    private static KmsException Refuse(Pkcs11KeyUri uri, string named, string why) =>
        KmsException.Unusable($"{uri.Text} cannot be opened: its pin-source names {Printable.Escape(named)}, {why}");
}
