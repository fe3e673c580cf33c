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
                var sent = evidence.Scans
                    .Where(scan => scan.Covers == platform.Manifest.Digest
                        && string.Equals(scan.Report.Scanner.Name, scanner, StringComparison.Ordinal)
                        && (scan.Binding == EvidenceBinding.Proven || rule.Binding == EvidenceBinding.Asserted)
                        && (scan.Source == EvidenceSource.Submitted || SigningEvaluation.IsVouched(policy, policies, scan, now)))
                    .OrderByDescending(scan => scan.Time ?? now)
                    .ThenBy(scan => scan.Digest.Hex, StringComparer.Ordinal)
                    .ToList();
                var known = await ledger.Reader.FindNewestEvidenceAsync(config, scanner, cancellationToken);
                problems.AddRange(Compare(scanner, sent, known, now));
                if (sent.Count > 0)
                    await RememberAsync(evidence.Subject.Digest, config, sent[0], known, now, ledger, cancellationToken);
            }
        }

        return problems.Count == 0 ? evidence : evidence with { Problems = [.. evidence.Problems, .. problems] };
    }

    private static IEnumerable<EvidenceProblem> Compare(
        string scanner, List<ScanEvidence> sent, KnownEvidence? known, DateTimeOffset now)
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

        foreach (var older in sent.Skip(1).Where(scan => scan.Report.Digest != sent[0].Report.Digest))
            yield return Superseded(older, $"{sent[0].Report.Digest} of {Text(sent[0].Time ?? now)}, sent with it", now);

        if (sent.Count > 0 && known is not null && known.Report != sent[0].Report.Digest && known.ScanTime >= (sent[0].Time ?? now))
            yield return Superseded(sent[0], $"{known.Report} of {Text(known.ScanTime)}", now);
    }

    private static EvidenceProblem Superseded(ScanEvidence older, string newer, DateTimeOffset now) => new(
        ReasonCode.ReportSuperseded,
        $"another report of {older.Report.Scanner.Name} for this image is known, and this one is no newer",
        IsError: false)
    {
        Evidence = older.Digest,
        Expected = $"report {newer} or a newer one",
        Actual = $"report {older.Report.Digest} of {Text(older.Time ?? now)}",
    };

    // A report dated further ahead of the clock fails as stale; remembered, it would bind for ever.
    private static async ValueTask RememberAsync(
        Digest image, Digest config, ScanEvidence newest, KnownEvidence? known, DateTimeOffset now, DecisionLedger ledger,
        CancellationToken cancellationToken)
    {
        var time = newest.Time ?? now;
        if (time > now + Limits.ClockSkew || known?.Report == newest.Report.Digest || known?.ScanTime >= time)
            return;

        await ledger.RecordEvidenceAsync(
            new KnownEvidence(image, config, newest.Report.Scanner.Name, time, newest.Report.Digest), cancellationToken);
    }

    private static string Text(DateTimeOffset time) =>
        time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
