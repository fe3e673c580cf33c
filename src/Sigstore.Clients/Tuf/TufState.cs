// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Sigstore.Clients;

/// <summary>
/// What updates keep in a folder between each other: one archive, replaced as a whole. A crash leaves the one before or the one after, and
/// at worst a stray file whose name begins with a dot. Who reads it verifies it again.
/// </summary>
public sealed class TufState(string folder)
{
    private const string File = "repository.json";

    // EWOULDBLOCK of Linux and of macOS, or the sharing violation where files are locked by opening them.
    private static readonly int[] Taken = [11, 35, unchecked((int)0x80070020)];

    /// <summary>The path of the archive.</summary>
    public string Path { get; } = System.IO.Path.GetFullPath(System.IO.Path.Combine(folder, File));

    private string Folder => System.IO.Path.GetDirectoryName(Path)!;

    /// <summary>Reads what is kept; an empty archive where nothing is yet.</summary>
    /// <exception cref="IOException">It is there and cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public bool TryRead([NotNullWhen(true)] out TufArchive? archive, [NotNullWhen(false)] out TufProblem? problem)
    {
        (archive, problem) = (TufArchive.Empty, null);
        using var file = Open();
        if (file is null)
            return true;
        if (file.Length > Limits.TufArchiveBytes)
        {
            problem = Damaged($"it has more than {Limits.TufArchiveBytes} bytes");
            return false;
        }

        var content = new byte[file.Length];
        file.ReadExactly(content);
        if (!TufArchive.TryRead(content, out archive, out var unreadable))
            problem = Damaged(unreadable);
        else if (archive.IsEmpty)
            problem = Damaged("it holds no files");
        return problem is null;
    }

    /// <summary>Lets nobody else update until it is disposed; null while somebody else does.</summary>
    /// <exception cref="IOException">The folder cannot be made or written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    internal IDisposable? Lock()
    {
        Directory.CreateDirectory(Folder);
        try
        {
            return new FileStream(System.IO.Path.Combine(Folder, ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException taken) when (Taken.Contains(taken.HResult))
        {
            return null;
        }
    }

    internal async ValueTask<TufProblem?> SaveAsync(TufArchive archive, CancellationToken cancellationToken)
    {
        var content = archive.Write();
        if (content.Length > Limits.TufArchiveBytes)
        {
            return new TufProblem(
                ReasonCode.TrustRootInvalid, "5.3.8", $"what is to be kept has {content.Length} bytes; expected at most {Limits.TufArchiveBytes}");
        }

        var draft = System.IO.Path.Combine(Folder, $".{File}.{Guid.NewGuid():N}");
        try
        {
            await using (var stream = new FileStream(draft, FileMode.CreateNew, FileAccess.Write))
            {
                await stream.WriteAsync(content, cancellationToken);
                stream.Flush(flushToDisk: true);
            }

            System.IO.File.Move(draft, Path, overwrite: true);
            return null;
        }
        finally
        {
            System.IO.File.Delete(draft);
        }
    }

    // Asking whether the file exists would take one that may not be seen for none.
    private FileStream? Open()
    {
        try
        {
            return new FileStream(Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception absent) when (absent is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    internal TufProblem Damaged(string why) => new(
        ReasonCode.TrustRootInvalid, "5.2",
        $"{Path} cannot be used: {why}. Without it, trust begins again at the root that is given, and earlier versions are no longer noticed");
}
