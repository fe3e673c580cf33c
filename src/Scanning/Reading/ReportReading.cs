// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Scanning.Reading;

/// <summary>One pass over a report's bytes: digest, text encoding, JSON, content. Bytes come in windows of any size.</summary>
internal sealed class ReportReading : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly ReportDraft _draft = new();
    private readonly ReportFormat? _format;
    private readonly ReportParser _parser;
    private ReportProblem? _problem;
    private long _start;
    private long _hashed;
    private long _checked;

    /// <summary>A reading of a document of <paramref name="format"/>; of none, only to say why it is refused.</summary>
    public ReportReading(ReportFormat? format)
    {
        _format = format;
        _parser = new ReportParser(ReportFormats.RootOf(format), _draft);
    }

    /// <summary>What was taken so far.</summary>
    public ReportDraft Draft => _draft;

    /// <summary>Whether there is no need to offer more bytes: the report is larger than is read at all.</summary>
    public bool IsOver => _hashed > Limits.ReportBytes;

    /// <summary>Reads on.</summary>
    /// <param name="window">The bytes that were not consumed yet, and new ones after them.</param>
    /// <param name="isLast">Whether the report ends with the window.</param>
    /// <returns>How many bytes of the window are done with.</returns>
    public int Advance(ReadOnlySpan<byte> window, bool isLast)
    {
        var fresh = window[(int)(_hashed - _start)..];
        _hash.AppendData(fresh);
        _hashed += fresh.Length;
        if (IsOver)
            _problem ??= new ReportProblem(ReasonCode.ReportLimit, $"the report is larger than {Limits.ReportBytes} bytes", _start);

        // What is refused is read on only for its digest.
        var consumed = _problem is null ? Parse(window, isLast) : window.Length;
        _start += consumed;
        return consumed;
    }

    /// <summary>The outcome, once the last window was read.</summary>
    public ScanReportResult Finish()
    {
        if (IsOver)
            return new ScanReportResult(_problem!, digest: null);

        var digest = Digest.FromSha256(_hash.GetHashAndReset());
        if (_problem is not null)
            return new ScanReportResult(_problem, digest);

        var refusal = _draft.Formats.Judge(_format);
        var report = refusal is null ? _format!.Complete(_draft.Close(digest, _hashed)) : null;
        refusal ??= _draft.Refusal;
        return refusal is null
            ? new ScanReportResult(report!)
            : new ScanReportResult(new ReportProblem(refusal.Reason, refusal.Message, _hashed), digest);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _parser.Dispose();
        _draft.Inner?.Dispose();
        _hash.Dispose();
    }

    private int Parse(ReadOnlySpan<byte> window, bool isLast)
    {
        var from = (int)(_checked - _start);
        var valid = from + Utf8Check.CountValid(window[from..], isLast, out var isInvalid);
        _checked = _start + valid;

        // The parser sees nothing of the bytes that are no text, so that what comes first is what is reported.
        var consumed = _parser.Read(window[..valid], _start, isLast && !isInvalid);
        _problem = _parser.Problem ?? (isInvalid ? DescribeInvalid(window[valid..]) : DescribeLength(window.Length - consumed));
        return _problem is null ? consumed : window.Length;
    }

    private ReportProblem DescribeInvalid(ReadOnlySpan<byte> rest) => new(
        ReasonCode.ReportMalformed,
        _checked == 0 && rest is [0xFF or 0xFE, ..]
            ? "the report is not UTF-8 but looks like UTF-16"
            : $"the report is not valid UTF-8 at byte {_checked + 1}",
        _checked);

    // A token that has not ended within the limit will not be read to its end, however long it is.
    private ReportProblem? DescribeLength(int waiting) => waiting > Limits.ReportTokenBytes + 2
        ? new ReportProblem(ReasonCode.ReportLimit, $"a text or number is longer than {Limits.ReportTokenBytes} bytes", _start)
        : null;
}
