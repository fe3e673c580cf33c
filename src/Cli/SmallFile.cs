// SPDX-License-Identifier: Apache-2.0

using System.Text;

namespace SupplyChain.Cli;

/// <summary>Reads files that a user names and that are expected to be small.</summary>
internal static class SmallFile
{
    /// <summary>Reads a whole file of at most <paramref name="limit"/> bytes.</summary>
    /// <exception cref="CommandFailure">It cannot be read, or is longer.</exception>
    public static byte[] Read(string path, int limit, string what)
    {
        try
        {
            using var file = File.OpenRead(path);
            using var content = new MemoryStream();
            var buffer = new byte[8 * 1024];
            int count;
            while ((count = file.Read(buffer)) > 0)
            {
                if (content.Length + count > limit)
                    throw CommandFailure.BadInput($"{what} '{path}' is longer than {limit} bytes");
                content.Write(buffer, 0, count);
            }

            return content.ToArray();
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw CommandFailure.BadInput($"{what} '{path}' cannot be read: {Reason(unreadable)}");
        }
    }

    private static string Reason(Exception unreadable) => unreadable switch
    {
        FileNotFoundException or DirectoryNotFoundException => "there is no such file",
        UnauthorizedAccessException => "access is denied, or it is a folder",
        _ => "it is no readable file",
    };

    /// <summary>Reads a whole UTF-8 file of at most <paramref name="limit"/> bytes.</summary>
    /// <exception cref="CommandFailure">It cannot be read, is longer, or is not UTF-8.</exception>
    public static string ReadText(string path, int limit, string what)
    {
        try
        {
            return new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true)
                .GetString(Read(path, limit, what));
        }
        catch (DecoderFallbackException)
        {
            throw CommandFailure.BadInput($"{what} '{path}' is not UTF-8 text");
        }
    }
}
