// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Evidence;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Policy;

namespace SupplyChain.Attestor;

/// <summary>
/// The reports of a post as the policies see them that let it be posted. A report that no policy would count for the image is refused
/// with its own reason, and with it the whole post.
/// </summary>
internal static class PostedReports
{
    /// <summary>The scans, or the first reason why there are none.</summary>
    public static (IReadOnlyList<ScanEvidence> Scans, EvidenceAnswer.Rejected? No) Bind(
        IReadOnlyList<ReadReport> reports, EvidenceSet gathered, IReadOnlyList<SigningPolicy> policies, DateTimeOffset now)
    {
        foreach (var (report, result) in reports)
        {
            if (result.Problem is { } unread)
                return ([], new EvidenceAnswer.Rejected(unread.Reason, $"{Printable.Escape(report.Name)}: {unread.Message}"));
            if (gathered.Problems.FirstOrDefault(problem => problem.Evidence == result.Digest) is { } unbound)
                return ([], new EvidenceAnswer.Rejected(unbound.Reason, Explain(unbound.Message, unbound.Expected, unbound.Actual)));
        }

        var sent = reports.Select(report => report.Result.Digest).ToHashSet();
        IReadOnlyList<ScanEvidence> scans =
        [
            .. gathered.Scans.Where(scan => scan.Source == EvidenceSource.Submitted && sent.Contains(scan.Report.Digest))
                .OrderBy(scan => scan.Digest.Hex, StringComparer.Ordinal).ThenBy(scan => scan.Covers.Hex, StringComparer.Ordinal),
        ];
        return (scans, scans.Select(scan => Judge(scan, policies, now)).FirstOrDefault(no => no is not null));
    }

    private static EvidenceAnswer.Rejected? Judge(ScanEvidence scan, IReadOnlyList<SigningPolicy> policies, DateTimeOffset now)
    {
        var scanner = Printable.Escape(scan.Report.Scanner.Name);
        var rules = policies.SelectMany(policy => policy.Evidence.Scanners)
            .Where(rule => string.Equals(rule.Name, scan.Report.Scanner.Name, StringComparison.Ordinal)).ToList();
        if (rules.Count == 0)
        {
            return new EvidenceAnswer.Rejected(
                ReasonCode.ReportScannerNotAccepted,
                Explain(
                    "no policy that lets this be posted lists the scanner",
                    string.Join(", ", policies.SelectMany(policy => policy.Evidence.Scanners).Select(rule => rule.Name).Distinct(StringComparer.Ordinal)),
                    scanner));
        }

        if (scan.Binding != EvidenceBinding.Proven && !rules.Exists(rule => rule.Binding == EvidenceBinding.Asserted))
        {
            return new EvidenceAnswer.Rejected(
                ReasonCode.ReportUnbound,
                Explain($"the report of {scanner} names no image", "the digest of the image or of its configuration", "none"));
        }

        // Counted as of now, an old report that hides its age would win over every newer one.
        if (scan.Time is null && policies.All(policy => policy.Evidence.MaximumScanAge.WhenMissing == MissingRule.Refuse))
        {
            return new EvidenceAnswer.Rejected(
                ReasonCode.ReportStale, Explain($"the report of {scanner} does not tell when it was made", "a time", "none"))
            {
                Remedy = FreshnessRemedy.Undated,
            };
        }

        return scan.Time > now + Limits.ClockSkew
            ? new EvidenceAnswer.Rejected(
                ReasonCode.ReportStale,
                Explain($"the report of {scanner} is dated ahead of the clock", $"at most {now:yyyy-MM-dd'T'HH:mm:ss'Z'}", $"{scan.Time.Value.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}"))
            {
                Remedy = FreshnessRemedy.Ahead,
            }
            : null;
    }

    private static string Explain(string message, string? expected, string? actual) =>
        expected is null && actual is null ? message : $"{message}; expected {expected ?? "another one"}, found {actual ?? "this one"}";
}
