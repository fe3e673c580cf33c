// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Sigstore.Clients;

/// <summary>A copy of a repository in a folder, with the names that the repository serves.</summary>
public sealed class FolderSource(string folder) : ITufSource
{
    /// <inheritdoc/>
    public async ValueTask<TufFetched> FetchAsync(TufPath path, int most, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(path);

        // The segments of a path are safe by its type.
        var file = Path.Combine([folder, .. path.Served.Split('/')]);
        try
        {
            if (IsEmptyOrSpecial(file))
                return TufFetched.Failed($"{path.Served} is empty or no regular file; expected metadata");

            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return await BoundedContent.ReadAsync(stream, most, cancellationToken) is { } content
                ? TufFetched.Found(content)
                : TufFetched.TooLong(path, most);
        }
        catch (Exception absent) when (absent is FileNotFoundException or DirectoryNotFoundException)
        {
            return TufFetched.Absent;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return TufFetched.Failed($"{path.Served} cannot be read: {unreadable.Message}");
        }
    }

    // Opening a pipe waits for whoever writes to it, so that it is known by what it shares with devices and sockets: it has no length.
    private static bool IsEmptyOrSpecial(string file)
    {
        var final = new FileInfo(File.ResolveLinkTarget(file, returnFinalTarget: true)?.FullName ?? file);
        return final.Exists && final.Length == 0;
    }
}
