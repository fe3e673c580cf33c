// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using SupplyChain.Ledger;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Policy;

namespace SupplyChain.Attestor;

/// <summary>
/// No shopping for a nicer report: for each image configuration and scanner the newest report ever seen binds every later request,
/// whether it is sent again, replaced by an older one, or left out, and whether the image comes alone, inside an index or under
/// another manifest. A report that the policy would not count for the image at all, because it names none or because a key that the
/// policy does not trust for the scanner attested it, binds nobody.
/// </summary>
internal static class KnownReports
{
    /// <summary>Adds a problem for every report that a newer one supersedes, and remembers the others.</summary>
    public static async ValueTask<EvidenceSet> BindAsync(
        EvidenceSet evidence, SigningPolicy policy, PolicySet policies, DecisionLedger ledger, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var problems = new List<EvidenceProblem>();
        foreach (var platform in evidence.Subject.Platforms)
        {
            var config = platform.Config ?? platform.Manifest.Digest;
            foreach (var rule in policy.Evidence.Scanners.DistinctBy(rule => rule.Name, StringComparer.Ordinal))
            {
                var scanner = rule.Name;
                var candidates = evidence.Scans
                    .Where(scan => scan.Covers == platform.Manifest.Digest
                        && string.Equals(scan.Report.Scanner.Name, scanner, StringComparison.Ordinal)
                        && (scan.Binding == EvidenceBinding.Proven || rule.Binding == EvidenceBinding.Asserted)
                        && (scan.Source == EvidenceSource.Submitted || SigningEvaluation.IsVouched(policy, policies, scan, now)));
                var sent = new List<SentScan>();
                foreach (var scan in candidates)
                    sent.Add(new SentScan(scan, await TimeOfAsync(scan, config, ledger, now, cancellationToken)));
                sent = [.. sent.OrderByDescending(scan => scan.Time).ThenBy(scan => scan.Scan.Digest.Hex, StringComparer.Ordinal)];
                var known = await ledger.Reader.FindNewestEvidenceAsync(config, scanner, cancellationToken);
                problems.AddRange(Compare(scanner, sent, known));
                if (sent.Count > 0)
                    await RememberAsync(evidence.Subject.Digest, config, sent[0], known, now, ledger, cancellationToken);
            }
        }

        return problems.Count == 0 ? evidence : evidence with { Problems = [.. evidence.Problems, .. problems] };
    }

    /// <summary>A report that became known since the image was judged, and binds; null when there is none.</summary>
    public static async ValueTask<KnownEvidence?> FindNewerAsync(
        Judged judged, ImageSubject subject, SigningPolicy policy, DecisionLedger ledger, CancellationToken cancellationToken)
    {
        foreach (var platform in subject.Platforms)
        {
            foreach (var scanner in policy.Evidence.Scanners.Select(rule => rule.Name).Distinct(StringComparer.Ordinal))
            {
                var known = await ledger.Reader.FindNewestEvidenceAsync(platform.Config ?? platform.Manifest.Digest, scanner, cancellationToken);
                if (known is not null && !judged.Scans.Any(scan => scan.Covers == platform.Manifest.Digest && scan.Report.Digest == known.Report))
                    return known;
            }
        }

        return null;
    }

    // A report that tells no time is as old as when it was first seen: sent again, it must not outlast what was found since.
    private static async ValueTask<DateTimeOffset> TimeOfAsync(
        ScanEvidence scan, Digest config, DecisionLedger ledger, DateTimeOffset now, CancellationToken cancellationToken) =>
        scan.Time
        ?? (await ledger.Reader.FindEvidenceAsync(config, scan.Report.Scanner.Name, scan.Report.Digest, cancellationToken))?.ScanTime
        ?? now;

    private static IEnumerable<EvidenceProblem> Compare(string scanner, List<SentScan> sent, KnownEvidence? known)
    {
        if (sent.Count == 0 && known is not null)
        {
            yield return new EvidenceProblem(
                ReasonCode.EvidenceMissing, $"a report of {scanner} is known for this image and binds: send it or a newer one",
                IsError: false)
            {
                Expected = $"{scanner} report {known.Report} of {Text(known.ScanTime)} or a newer one",
                Actual = $"no report of {scanner}",
            };
        }

        foreach (var older in sent.Skip(1).Where(older => older.Report != sent[0].Report))
            yield return Superseded(older, $"{sent[0].Report} of {Text(sent[0].Time)}, sent with it");

        if (sent.Count > 0 && known is not null && known.Report != sent[0].Report && known.ScanTime >= sent[0].Time)
            yield return Superseded(sent[0], $"{known.Report} of {Text(known.ScanTime)}");
    }

    private static EvidenceProblem Superseded(SentScan older, string newer) => new(
        ReasonCode.ReportSuperseded,
        $"another report of {older.Scan.Report.Scanner.Name} for this image is known, and this one is no newer",
        IsError: false)
    {
        Evidence = older.Scan.Digest,
        Expected = $"report {newer} or a newer one",
        Actual = $"report {older.Report} of {Text(older.Time)}",
    };

    // A report dated further ahead of the clock fails as stale; remembered, it would bind for ever.
    private static async ValueTask RememberAsync(
        Digest image, Digest config, SentScan newest, KnownEvidence? known, DateTimeOffset now, DecisionLedger ledger,
        CancellationToken cancellationToken)
    {
        if (newest.Time > now + Limits.ClockSkew || known?.Report == newest.Report || known?.ScanTime >= newest.Time)
            return;

        await ledger.RecordEvidenceAsync(
            new KnownEvidence(image, config, newest.Scan.Report.Scanner.Name, newest.Time, newest.Report), cancellationToken);
    }

    private static string Text(DateTimeOffset time) =>
        time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>A scan, and when it was made or first seen.</summary>
    private sealed record SentScan(ScanEvidence Scan, DateTimeOffset Time)
    {
        public Digest Report => Scan.Report.Digest;
    }
}
