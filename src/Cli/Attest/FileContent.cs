// SPDX-License-Identifier: Apache-2.0

using System.Buffers;
using System.Net;

namespace SupplyChain.Cli.Attest;

/// <summary>A file as a request's part: copied through one small buffer, whatever its length.</summary>
internal sealed class FileContent(SentFile sentFile, Action<long> sent) : HttpContent
{
    private const int BufferBytes = 64 * 1024;

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(
        Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            await using var file = new FileStream(
                sentFile.Path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.Asynchronous);
            int count;
            while ((count = await file.ReadAsync(buffer, cancellationToken)) > 0)
            {
                await stream.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
                sent(count);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = sentFile.Length;
        return true;
    }
}
