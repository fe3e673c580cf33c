// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Policy;

/// <summary>
/// Whether the reports that count, and the databases behind them, are young enough, and not from the future.
/// </summary>
internal static class FreshnessCheck
{
    private const string Name = "freshness";
    private const string Type = "evidence";

    internal static CheckResult Evaluate(EvidenceRules rules, ScanSelection scans, DateTimeOffset time)
    {
        if (scans.Counted.Count == 0)
            return CheckResult.Skipped(Name, Type, ReasonCode.EvidenceMissing, "there is no report that counts");

        var stale = scans.Counted.SelectMany(scan => Judge(rules, scan, time)).ToList();
        if (stale.Count == 0)
            return CheckResult.Pass(Name, Type, Summarise(scans, time)) with { Evidence = scans.CountedDigests };

        return CheckResult.Fail(
            Name, Type, ReasonCode.ReportStale,
            string.Join("; ", stale.Select(found => found.Message).Distinct(StringComparer.Ordinal))) with
        {
            Expected = string.Join(", ", stale.Select(found => found.Expected).Distinct(StringComparer.Ordinal)),
            Actual = string.Join(", ", stale.Select(found => found.Actual).Distinct(StringComparer.Ordinal)),
            Remedy = string.Join(" ", stale.Select(found => found.Remedy).Distinct(StringComparer.Ordinal)),
            Evidence = [.. stale.Select(found => found.Digest).Distinct()],
        };
    }

    private static IEnumerable<Stale> Judge(EvidenceRules rules, JudgedScan scan, DateTimeOffset time)
    {
        if (Judge("the scan", scan.Scan.Time, rules.MaximumScanAge, scan, time) is { } scanned)
            yield return scanned;
        if (Judge("its database", scan.Scan.Report.DatabaseTime, rules.MaximumDatabaseAge, scan, time) is { } database)
            yield return database;
    }

    private static Stale? Judge(string what, DateTimeOffset? made, AgeLimit limit, JudgedScan scan, DateTimeOffset time)
    {
        var expected = $"{what} at most {Times.Show(limit.Limit)} old";
        if (made is not { } known)
        {
            return limit.WhenMissing == MissingRule.Accept
                ? null
                : new Stale(scan.Scan.Digest, $"{scan.Describe}: {what} tells no time", expected,
                    $"{what} of unknown age", FreshnessRemedy.Undated);
        }

        if (known - time > Limits.ClockSkew)
        {
            return new Stale(
                scan.Scan.Digest, $"{scan.Describe}: {what} is dated {Times.Show(known)}, ahead of the clock",
                expected, Times.Show(known), FreshnessRemedy.Ahead);
        }

        return time - known > limit.Limit
            ? new Stale(
                scan.Scan.Digest, $"{scan.Describe}: {what} is {Times.ShowAge(time - known)} old, of {Times.Show(known)}",
                expected, $"{what} {Times.ShowAge(time - known)} old", ReasonCode.ReportStale.Remedy)
            : null;
    }

    private static string Summarise(ScanSelection scans, DateTimeOffset time)
    {
        var oldest = scans.Counted.Min(scan => scan.Scan.Time);
        return oldest is { } known && known <= time
            ? $"the oldest scan is {Times.ShowAge(time - known)} old"
            : "every scan is fresh";
    }

    private sealed record Stale(Digest Digest, string Message, string Expected, string Actual, string Remedy);
}
