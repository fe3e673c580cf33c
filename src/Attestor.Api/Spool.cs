// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Evidence;

namespace SupplyChain.Attestor.Api;

/// <summary>
/// Where the reports of one request wait on disk, so that memory does not grow with what is sent. Gone with the request.
/// </summary>
internal sealed class Spool : IDisposable
{
    private DirectoryInfo? _folder;
    private int _count;

    /// <summary>Takes a report from the wire, unchanged.</summary>
    public async ValueTask<ISubmittedReport> TakeAsync(string name, Stream content, CancellationToken cancellationToken)
    {
        var (path, file) = Create();
        await using (file)
            await content.CopyToAsync(file, cancellationToken);
        return new SpooledReport(name, path, new FileInfo(path).Length);
    }

    public void Dispose() => _folder?.Delete(recursive: true);

    private (string Path, FileStream File) Create()
    {
        // Readable by nobody else: a report tells where an image is weak.
        _folder ??= Directory.CreateTempSubdirectory("supplychain-reports-");
        var path = Path.Combine(_folder.FullName, $"{_count++}");
        return (path, new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None));
    }

    private sealed class SpooledReport(string name, string path, long size) : ISubmittedReport
    {
        public string Name => name;

        public long Size => size;

        public Stream Open() => new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 64 * 1024, useAsync: true);
    }
}
