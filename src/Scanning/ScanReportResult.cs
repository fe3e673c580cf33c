// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Scanning;

/// <summary>What reading a report gave: the whole report, or why there is none. Never a part of it.</summary>
public sealed record ScanReportResult
{
    internal ScanReportResult(ScanReport report)
    {
        Report = report;
        Digest = report.Digest;
    }

    internal ScanReportResult(ReportProblem problem, Digest? digest)
    {
        Problem = problem;
        Digest = digest;
    }

    /// <summary>The report, when it could be read.</summary>
    public ScanReport? Report { get; }

    /// <summary>Why it was refused, otherwise.</summary>
    public ReportProblem? Problem { get; }

    /// <summary>The SHA-256 digest of the bytes, also of a refused report; null when there were too many to read.</summary>
    public Digest? Digest { get; }

    /// <summary>Whether there is a report.</summary>
    [MemberNotNullWhen(true, nameof(Report), nameof(Digest))]
    [MemberNotNullWhen(false, nameof(Problem))]
    public bool IsReport => Report is not null;
}

/// <summary>Why a report was refused.</summary>
/// <param name="Reason">The code, one of the <c>REPORT_…</c> ones.</param>
/// <param name="Message">One sentence, safe to show.</param>
/// <param name="Offset">The byte the reader had come to: the start of the token that was refused, or the end.</param>
public sealed record ReportProblem(ReasonCode Reason, string Message, long Offset);
