// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Hosting;

/// <summary>Writes small files whole or not at all.</summary>
public static class WholeFile
{
    /// <summary>
    /// Puts a file in the place of whatever is there. A crash leaves the old content or the new, and at worst a stray file whose name
    /// begins with a dot. Its folder is made. Where the name is a link, the file behind it is replaced and the link stays.
    /// </summary>
    /// <exception cref="IOException">It cannot be written; the old content stays.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written; the old content stays.</exception>
    public static async ValueTask ReplaceAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var real = RealPath.Of(path);
        var folder = Path.GetDirectoryName(real)!;
        Directory.CreateDirectory(folder);
        var draft = Path.Combine(folder, $".{Path.GetFileName(real)}.{Guid.NewGuid():N}");
        try
        {
            await using (var stream = new FileStream(draft, FileMode.CreateNew, FileAccess.Write))
            {
                await stream.WriteAsync(content, cancellationToken);
                stream.Flush(flushToDisk: true);
            }

            File.Move(draft, real, overwrite: true);
        }
        finally
        {
            File.Delete(draft);
        }
    }
}
