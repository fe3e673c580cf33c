// SPDX-License-Identifier: Apache-2.0

using System.Buffers;
using SupplyChain.Scanning.Reading;

namespace SupplyChain.Scanning;

/// <summary>
/// Reads scan reports of the accepted formats, Trivy JSON and Grype JSON. The format is told by content; the document has
/// to be strict JSON from its first byte to its last, and a report is had whole or not at all. Memory grows with the
/// findings, not with the size of the report.
/// </summary>
public static class ScanReportReader
{
    private const int BufferBytes = 64 * 1024;

    /// <summary>Reads a report from <paramref name="content"/> to its end, also when it is refused early, for its digest.</summary>
    /// <exception cref="IOException">The stream failed.</exception>
    public static async ValueTask<ScanReportResult> ReadAsync(Stream content, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(content);
        using var reading = new ReportReading();
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            var filled = 0;
            for (var isLast = false; !isLast && !reading.IsOver;)
            {
                // Always filled to the brim: a long token is then looked at again only when there is twice as much of it.
                filled += await content.ReadAtLeastAsync(
                    buffer.AsMemory(filled), buffer.Length - filled, throwOnEndOfStream: false, cancellationToken);
                isLast = filled < buffer.Length;
                var consumed = reading.Advance(buffer.AsSpan(0, filled), isLast);
                buffer.AsSpan(consumed, filled - consumed).CopyTo(buffer);
                filled -= consumed;
                if (filled == buffer.Length)
                    buffer = Grow(buffer);
            }

            return reading.Finish();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Reads the report that <paramref name="content"/> holds.</summary>
    public static ScanReportResult Read(ReadOnlyMemory<byte> content) => Read(content.Span, 4 * BufferBytes);

    /// <summary>Reads a report in windows of <paramref name="step"/> bytes, larger ones only where a token needs it.</summary>
    internal static ScanReportResult Read(ReadOnlySpan<byte> content, int step)
    {
        using var reading = new ReportReading();
        var start = 0;
        var size = step;
        for (var isLast = false; !isLast && !reading.IsOver;)
        {
            var length = Math.Min(size, content.Length - start);
            isLast = start + length == content.Length;
            var consumed = reading.Advance(content.Slice(start, length), isLast);
            start += consumed;

            // What is left of the window has been hashed and checked: the next one must hold it and more.
            size = consumed == 0 ? size * 2 : length - consumed + step;
        }

        return reading.Finish();
    }

    private static byte[] Grow(byte[] buffer)
    {
        var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
        buffer.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }
}
