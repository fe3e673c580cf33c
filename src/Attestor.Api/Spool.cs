// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Evidence;

namespace SupplyChain.Attestor.Api;

/// <summary>
/// Where the reports of one request wait on disk, so that memory does not grow with what is sent. Gone with the
/// request.
/// </summary>
internal sealed class Spool : IDisposable
{
    private const int BufferSize = 64 * 1024;

    private DirectoryInfo? _folder;
    private int _count;

    /// <summary>Takes a report or document from the wire, unchanged.</summary>
    /// <exception cref="SpoolException">The disk does not take it.</exception>
    public async ValueTask<ISubmittedReport> TakeAsync(string name, Stream content, CancellationToken cancellationToken)
    {
        var (path, file) = Create();
        await using (file)
        {
            var buffer = new byte[BufferSize];
            while (await content.ReadAsync(buffer, cancellationToken) is var count and > 0)
                await WriteAsync(file, buffer.AsMemory(0, count), cancellationToken);
            return new SpooledReport(name, path, file.Length);
        }
    }

    public void Dispose() => _folder?.Delete(recursive: true);

    private (string Path, FileStream File) Create()
    {
        try
        {
            // Readable by nobody else: a report tells where an image is weak.
            _folder ??= Directory.CreateTempSubdirectory("supplychain-reports-");
            var path = Path.Combine(_folder.FullName, $"{_count++}");
            return (path, new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new SpoolException(fault);
        }
    }

    private static async ValueTask WriteAsync(
        FileStream file, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        try
        {
            await file.WriteAsync(bytes, cancellationToken);
        }
        catch (IOException fault)
        {
            throw new SpoolException(fault);
        }
    }

    private sealed class SpooledReport(string name, string path, long size) : ISubmittedReport
    {
        public string Name => name;

        public long Size => size;

        public Stream Open() => new FileStream(
            path, FileMode.Open, FileAccess.Read, FileShare.Read, BufferSize, useAsync: true);
    }
}

/// <summary>Reports cannot be kept on disk: a fault of this machine, never of the request.</summary>
internal sealed class SpoolException(Exception cause) : Exception(
    "a report cannot be kept in the folder for temporary files", cause);
