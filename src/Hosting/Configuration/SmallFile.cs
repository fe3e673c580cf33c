// SPDX-License-Identifier: Apache-2.0

using System.Text;
using SupplyChain.Model;

namespace SupplyChain.Hosting;

/// <summary>Reads files whose size is bounded by what they are.</summary>
internal static class SmallFile
{
    private const int SecretBytes = 64 * 1024;

    /// <summary>Reads a file of at most <paramref name="limit"/> bytes.</summary>
    internal static async ValueTask<byte[]> ReadAsync(string path, int limit, CancellationToken cancellationToken)
    {
        var content = await ReadPrefixAsync(path, limit, cancellationToken);
        return content.Length <= limit
            ? content
            : throw new ConfigurationException($"{path}: the file has more than {limit} bytes");
    }

    /// <summary>
    /// Reads at most one byte more than <paramref name="limit"/>, so that the reader of the content can say it is too long.
    /// </summary>
    internal static async ValueTask<byte[]> ReadPrefixAsync(string path, int limit, CancellationToken cancellationToken)
    {
        try
        {
            await using var file = File.OpenRead(path);
            var buffer = new byte[Math.Min(limit, file.CanSeek ? file.Length : limit) + 1];
            var length = await file.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
            return buffer[..length];
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw ConfigurationException.Unreadable(path, unreadable);
        }
    }

    /// <summary>Reads a secret: text without the line end that editors add.</summary>
    internal static async ValueTask<string> ReadSecretAsync(string path, CancellationToken cancellationToken)
    {
        var content = await ReadAsync(path, SecretBytes, cancellationToken);
        var text = Encoding.UTF8.GetString(content);
        return text.EndsWith("\r\n", StringComparison.Ordinal) ? text[..^2] : text.EndsWith('\n') ? text[..^1] : text;
    }
}
