// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Scanning.Reading;

namespace SupplyChain.Scanning;

/// <summary>
/// Reads scan reports of the accepted formats. The format is told by content; the document has to be strict JSON from its
/// first byte to its last, and a report is had whole or not at all. Memory grows with the findings, not with the size of
/// the report.
/// </summary>
/// <remarks>
/// Formats share names of members, and the order of members is not fixed: a first look finds what the document is to be
/// read as, and the reading then starts at the first byte.
/// </remarks>
public static class ScanReportReader
{
    private const int WindowBytes = 256 * 1024;

    /// <summary>Reads a report from <paramref name="content"/> to its end, also when it is refused early, for its digest.</summary>
    /// <exception cref="IOException">The stream failed.</exception>
    public static async ValueTask<ScanReportResult> ReadAsync(Stream content, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(content);
        using var buffer = new ReportBuffer(content);
        using var reading = new ReportReading(await DetectAsync(buffer, cancellationToken));
        while (true)
        {
            buffer.Consume(reading.Advance(buffer.Window, buffer.IsLast));
            if (buffer.IsLast || reading.IsOver)
                return reading.Finish();
            await buffer.FillAsync(cancellationToken);
        }
    }

    /// <summary>Reads the report that <paramref name="content"/> holds.</summary>
    public static ScanReportResult Read(ReadOnlyMemory<byte> content) => Read(content.Span, WindowBytes);

    /// <summary>Reads a report in windows of <paramref name="step"/> bytes, larger ones only where a token needs it.</summary>
    internal static ScanReportResult Read(ReadOnlySpan<byte> content, int step)
    {
        using var reading = new ReportReading(FormatDetection.Find(content));
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

    // Nothing is consumed: what was looked at is read again.
    private static async ValueTask<ReportFormat?> DetectAsync(ReportBuffer buffer, CancellationToken cancellationToken)
    {
        var detection = new FormatDetection();
        for (var seen = 0; ;)
        {
            await buffer.FillAsync(cancellationToken);
            var looked = Math.Min(buffer.Window.Length, Limits.ReportMarkBytes);
            seen += detection.Read(buffer.Window[seen..looked], isLast: buffer.IsLast && looked == buffer.Window.Length);
            if (detection.IsOver || buffer.IsLast || looked == Limits.ReportMarkBytes)
                return detection.Format;
        }
    }
}
