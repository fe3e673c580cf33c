// SPDX-License-Identifier: Apache-2.0

using System.Buffers;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Scanning.Reading;

/// <summary>
/// A report that stands inside another document, read as if it had come alone. Its bytes come in pieces; they are kept only
/// until it is known what they are to be read as.
/// </summary>
internal sealed class InnerReading : IDisposable
{
    private const int InitialBytes = 64 * 1024;

    private readonly FormatDetection _detection = new();
    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(InitialBytes);
    private int _filled;
    private int _looked;
    private ReportReading? _reading;

    /// <summary>What was taken from the report; null before its format is known.</summary>
    public ReportDraft? Draft => _reading?.Draft;

    /// <summary>How many bytes there is room for.</summary>
    public int Held => _bytes.Length;

    /// <summary>Whether it is a list.</summary>
    public bool IsList { get; private set; }

    /// <summary>Reads on.</summary>
    /// <param name="bytes">The bytes that follow those that came before.</param>
    /// <param name="isLast">Whether the report ends with them.</param>
    public void Add(ReadOnlySpan<byte> bytes, bool isLast)
    {
        IsList |= _reading is null && _filled == 0 && bytes is [(byte)'[', ..];
        while (_bytes.Length - _filled < bytes.Length)
            Grow();
        bytes.CopyTo(_bytes.AsSpan(_filled));
        _filled += bytes.Length;

        _reading ??= Detect(isLast);
        if (_reading is null)
            return;
        var consumed = _reading.Advance(_bytes.AsSpan(0, _filled), isLast);
        _bytes.AsSpan(consumed, _filled - consumed).CopyTo(_bytes);
        _filled -= consumed;
    }

    /// <summary>The outcome, once the last bytes came.</summary>
    public ScanReportResult Finish() => _detection.Format is { IsWrapper: true } wrapper
        ? new ScanReportResult(
            new ReportProblem(ReasonCode.ReportFormat, $"this is {wrapper.Name} again, inside of which nothing is read", 0), digest: null)
        : _reading!.Finish();

    /// <inheritdoc/>
    public void Dispose()
    {
        _reading?.Dispose();
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
    }

    private ReportReading? Detect(bool isLast)
    {
        var looked = Math.Min(_filled, Limits.ReportMarkBytes);
        _looked += _detection.Read(_bytes.AsSpan(_looked, looked - _looked), isLast: isLast && looked == _filled);
        if (!_detection.IsOver && !isLast && looked < Limits.ReportMarkBytes)
            return null;

        // Without a format nothing is taken: that ends what would go on for ever.
        return new ReportReading(_detection.Format is { IsWrapper: true } ? null : _detection.Format);
    }

    private void Grow()
    {
        var larger = ArrayPool<byte>.Shared.Rent(_bytes.Length * 2);
        _bytes.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
