// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Policy;

/// <summary>A scan and whether it counts: with a rejection it does not.</summary>
internal sealed record JudgedScan(ScanEvidence Scan, PlatformManifest? Platform, Rejection? Rejection)
{
    internal bool Counts => Rejection is null;

    internal string Scanner => Scan.Report.Scanner.Name;

    /// <summary>Scanner and platform, for messages.</summary>
    internal string Describe => Printable.Escape(Scan.Report.Scanner.ToString())
        + (Platform is null ? "" : $" for {Platform}");
}

/// <summary>
/// The scans that count: those that the policy's rules accept, and of these, for each scanner and platform, the newest.
/// One that tells no time cannot be older than another, so it always counts beside the newest.
/// </summary>
internal sealed class ScanSelection
{
    private ScanSelection(IReadOnlyList<JudgedScan> all)
    {
        All = all;
        Counted = [.. all.Where(judged => judged.Counts)];
    }

    /// <summary>Every scan, by digest.</summary>
    internal IReadOnlyList<JudgedScan> All { get; }

    /// <summary>Those that count.</summary>
    internal IReadOnlyList<JudgedScan> Counted { get; }

    internal IReadOnlyList<Digest> CountedDigests => [.. Counted.Select(judged => judged.Scan.Digest).Distinct()];

    internal static ScanSelection From(
        EvidenceRules rules, PolicySet policies, EvidenceSet evidence, DateTimeOffset time)
    {
        var acceptance = new ScanAcceptance(rules, policies, time);
        var judged = evidence.Scans
            .Select(scan => Judge(scan, evidence.Subject, acceptance))
            .OrderBy(scan => scan.Scan.Digest.ToString(), StringComparer.Ordinal)
            .ThenBy(scan => scan.Scan.Covers.ToString(), StringComparer.Ordinal)
            .ThenBy(scan => scan.Scan.Source)
            .ThenBy(scan => scan.Scan.SignedBy?.Id.ToString(), StringComparer.Ordinal)
            .ToList();
        var newest = judged.Where(scan => scan is { Counts: true, Scan.Time: not null })
            .GroupBy(scan => (scan.Scanner, scan.Scan.Covers))
            .ToDictionary(group => group.Key, group => group.Max(scan => scan.Scan.Time));
        return new ScanSelection([.. judged.Select(scan =>
            Supersede(scan, newest.GetValueOrDefault((scan.Scanner, scan.Scan.Covers))))]);
    }

    internal IReadOnlyList<DecisionEvidence> Describe(ImageSubject subject) =>
    [
        .. All.Select(judged => new DecisionEvidence
        {
            Digest = judged.Scan.Digest,
            Kind = VouchingRule.Scan,
            Producer = Printable.Escape(judged.Scan.Report.Scanner.ToString()),
            Source = judged.Scan.Source == EvidenceSource.Attested ? "attested" : "submitted",
            SignedBy = judged.Scan.Source == EvidenceSource.Attested ? judged.Scan.SignedBy?.Id : null,
            Binding = judged.Scan.Binding == EvidenceBinding.Proven ? "proven" : "asserted",
            Platform = judged.Platform?.Platform?.ToString(),
            Time = judged.Scan.Time,
            DatabaseTime = judged.Scan.Report.DatabaseTime,
            Used = judged.Counts,
            Note = judged.Rejection?.Message,
        }).Distinct(),
    ];

    private static JudgedScan Judge(ScanEvidence scan, ImageSubject subject, ScanAcceptance acceptance)
    {
        var platform = subject.Platforms.FirstOrDefault(candidate => candidate.Manifest.Digest == scan.Covers);
        var rejection = platform is null
            ? new Rejection(ReasonCode.ReportSubjectMismatch, "the report covers no platform of this image")
            {
                Actual = scan.Covers.ToString(),
            }
            : acceptance.Judge(scan);
        return new JudgedScan(scan, platform, rejection);
    }

    private static JudgedScan Supersede(JudgedScan judged, DateTimeOffset? newest) =>
        judged.Counts && judged.Scan.Time < newest
            ? judged with
            {
                Rejection = new Rejection(
                    ReasonCode.ReportSuperseded,
                    $"a newer report of {judged.Scanner} binds, of {Times.Show(newest.Value)}"),
            }
            : judged;
}
