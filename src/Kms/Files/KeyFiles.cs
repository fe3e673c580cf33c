// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using SupplyChain.Model;

namespace SupplyChain.Kms;

/// <summary>Reads and creates the small files that hold keys and passwords.</summary>
internal static class KeyFiles
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>Reads a whole file that only its owner may read; the caller wipes what it gets.</summary>
    /// <exception cref="KmsException">KEY_UNUSABLE: it is missing, open to others or too long.</exception>
    public static ValueTask<byte[]> ReadSecretAsync(string path, string what, int limit, CancellationToken ct) =>
        ReadAsync(path, what, limit, isSecret: true, ct);

    /// <summary>The same for a thread that may block.</summary>
    /// <exception cref="KmsException">KEY_UNUSABLE: it is missing, open to others or too long.</exception>
    public static byte[] ReadSecret(string path, string what, int limit)
    {
        try
        {
            using var file = Open(path, what, isSecret: true);
            // One byte more than allowed tells a file that is too long from one that just fits.
            var buffer = new byte[limit + 1];
            try
            {
                return Take(buffer, file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false), path, what);
            }
            finally
            {
                CryptographicOperations.ZeroMemory(buffer);
            }
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw Unreadable(path, what, unreadable);
        }
    }

    /// <summary>Reads a whole file that everybody may read.</summary>
    /// <exception cref="KmsException">KEY_UNUSABLE: it is missing or too long.</exception>
    public static ValueTask<byte[]> ReadPublicAsync(string path, string what, int limit, CancellationToken ct) =>
        ReadAsync(path, what, limit, isSecret: false, ct);

    /// <summary>Creates a file, with mode 0600 for a secret; one that exists is never replaced.</summary>
    /// <exception cref="IOException">It exists, or its folder does not.</exception>
    public static void Create(string path, ReadOnlySpan<byte> content, bool isSecret)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Share = FileShare.None,
        };
        if (isSecret && !OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly;

        using var file = new FileStream(path, options);
        file.Write(content);
        file.Flush(flushToDisk: true);
    }

    private static async ValueTask<byte[]> ReadAsync(
        string path, string what, int limit, bool isSecret, CancellationToken ct)
    {
        try
        {
            await using var file = Open(path, what, isSecret);
            // One byte more than allowed tells a file that is too long from one that just fits.
            var buffer = new byte[limit + 1];
            try
            {
                return Take(buffer, await file.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, ct), path, what);
            }
            finally
            {
                CryptographicOperations.ZeroMemory(buffer);
            }
        }
        catch (Exception unreadable)
            when (unreadable is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw Unreadable(path, what, unreadable);
        }
    }

    private static FileStream Open(string path, string what, bool isSecret)
    {
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        // Asked of the open file, so that nobody can swap it between the question and the reading.
        if (!isSecret || OperatingSystem.IsWindows() || (File.GetUnixFileMode(file.SafeFileHandle) & Others) is UnixFileMode.None)
            return file;

        file.Dispose();
        throw KmsException.Unusable(
            $"the {what} {Printable.Escape(path)} is open to other users of this machine; run chmod 600 on it");
    }

    private static byte[] Take(byte[] buffer, int length, string path, string what) => length < buffer.Length
        ? buffer[..length]
        : throw KmsException.Unusable($"the {what} {Printable.Escape(path)} has more than {buffer.Length - 1} bytes");

    private static KmsException Unreadable(string path, string what, Exception unreadable) =>
        KmsException.Unusable($"the {what} {Printable.Escape(path)} cannot be read: {Reason(unreadable)}", unreadable);

    private static string Reason(Exception unreadable) => unreadable switch
    {
        FileNotFoundException or DirectoryNotFoundException => "it does not exist",
        UnauthorizedAccessException => "access is denied, or it is a folder",
        _ => "it is no readable file",
    };
}
