// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Ledger.Storage;

/// <summary>
/// The sign that a process works with a ledger. It is a shared lock on an empty file beside the ledger, which the system
/// takes away when the process ends, however it ends. Whoever gets that lock for himself alone knows that every lease
/// in the ledger belongs to somebody who is gone.
/// </summary>
internal sealed class Presence : IDisposable
{
    private readonly FileStream _sign;

    private Presence(FileStream sign) => _sign = sign;

    /// <summary>
    /// Puts up the sign. The caller holds the ledger's write lock, so nobody else starts at the same moment.
    /// </summary>
    /// <param name="ledger">The ledger's file.</param>
    /// <param name="alone">Whether no other sign was up.</param>
    /// <exception cref="IOException">The file cannot be made.</exception>
    internal static Presence Show(string ledger, out bool alone)
    {
        var path = ledger + "-workers";
        alone = IsAlone(path);
        return new Presence(Open(path, FileShare.ReadWrite));
    }

    public void Dispose() => _sign.Dispose();

    // Where the file system has no locks everybody seems alone. Even then nothing is signed or recorded twice: each write
    // is refused to whoever has lost his lease.
    private static bool IsAlone(string path)
    {
        try
        {
            Open(path, FileShare.None).Dispose();
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static FileStream Open(string path, FileShare share)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = share, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(path, options);
    }
}
