// SPDX-License-Identifier: Apache-2.0

using System.Buffers;
using SupplyChain.Model;
using SupplyChain.Sigstore;

namespace SupplyChain.Cli.Bundles;

/// <summary>
/// An artifact as command lines name it: a digest, or a file; a file that is called like a digest is named by its path. Small files are held; of large ones only
/// digests are kept, which do for all keys but those that sign the bytes themselves.
/// </summary>
internal static class ArtifactArgument
{
    private const int BufferBytes = 128 * 1024;

    /// <summary>Reads the artifact.</summary>
    /// <exception cref="CommandFailure">There is none, or it cannot be read.</exception>
    public static async Task<Artifact> ReadAsync(string text, CancellationToken cancellationToken)
    {
        // A file of that name could be anybody's, and what is asked is whether this digest was signed.
        if (!IsDigest(text))
            return await ReadFileAsync(text, cancellationToken);

        return Digest.TryParse(text, out var digest, out var problem)
            ? Artifact.FromDigest(digest)
            : throw CommandFailure.BadInput($"the artifact '{Printable.Escape(text)}' is no digest: {problem}; a file of that name is ./{Printable.Escape(text)}");
    }

    private static bool IsDigest(string text) =>
        text.StartsWith("sha256:", StringComparison.Ordinal) || text.StartsWith("sha512:", StringComparison.Ordinal);

    private static async Task<Artifact> ReadFileAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.Asynchronous);
            // Devices have no length and no end.
            var longest = file.CanSeek ? file.Length : Limits.HeldArtifactBytes;
            return await ReadAsync(file, longest, cancellationToken)
                ?? throw CommandFailure.BadInput(
                    $"the artifact '{path}' has more than {longest} bytes, which is " + (file.CanSeek ? "what its length is" : "what is read of a pipe"));
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            throw CommandFailure.BadInput($"the artifact '{path}' cannot be read: {Reason(path, unreadable)}");
        }
    }

    private static async Task<Artifact?> ReadAsync(Stream file, long longest, CancellationToken cancellationToken)
    {
        using var digests = new ArtifactDigests();
        using var held = new MemoryStream();
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            long length = 0;
            int count;
            while ((count = await file.ReadAsync(buffer, cancellationToken)) > 0)
            {
                length += count;
                if (length > longest)
                    return null;
                if (length <= Limits.HeldArtifactBytes)
                    held.Write(buffer, 0, count);
                digests.Append(buffer.AsSpan(0, count));
            }

            return length <= Limits.HeldArtifactBytes ? Artifact.FromBytes(held.ToArray()) : digests.Finish();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static string Reason(string path, Exception unreadable) => unreadable switch
    {
        _ when Directory.Exists(path) => "it is a folder",
        FileNotFoundException or DirectoryNotFoundException => "there is no such file, and it is no digest, which starts with sha256: or sha512:",
        UnauthorizedAccessException => "access is denied",
        _ => "it is no readable file",
    };
}
