// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Policy;

/// <summary>Whether every platform that needs a report has one of every scanner that has to report.</summary>
internal static class ReportsCheck
{
    private const string CheckName = "reports";
    private const string Type = "evidence";

    internal static IEnumerable<CheckResult> Evaluate(EvidenceRules rules, ImageSubject subject, ScanSelection scans)
    {
        var platforms = rules.Judged(subject);
        if (platforms.Count == 0)
            return [NoPlatform(rules, subject)];

        var gaps = FindGaps(rules, platforms, scans);
        return gaps.Count == 0
            ? [Pass(scans)]
            : gaps.GroupBy(gap => gap.Why.Reason)
                .OrderBy(group => group.Key.Name, StringComparer.Ordinal)
                .Select(group => Fail(group.Key, [.. group], scans));
    }

    private static List<Gap> FindGaps(EvidenceRules rules, IReadOnlyList<PlatformManifest> platforms, ScanSelection scans)
    {
        // Under "any" and "atLeast" the scanners are one slot, which whoever reports fills.
        IReadOnlyList<string[]> slots = rules.Combine == CombineRule.Union
            ? [.. rules.Scanners.Select(rule => new[] { rule.Name })]
            : [[.. rules.Scanners.Select(rule => rule.Name)]];
        var needed = rules.Combine == CombineRule.AtLeast ? rules.AtLeast : 1;
        return
        [
            .. from platform in platforms
               from slot in slots
               let missing = slot.Except(Reporting(platform, scans), StringComparer.Ordinal).ToArray()
               where slot.Length - missing.Length < needed
               select new Gap(Name(missing, needed - slot.Length + missing.Length), platform, Explain(missing, platform, platforms, scans)),
        ];
    }

    private static IEnumerable<string> Reporting(PlatformManifest platform, ScanSelection scans) =>
        scans.Counted.Where(scan => Covers(scan, platform)).Select(scan => scan.Scanner);

    private static string Name(string[] scanners, int needed) =>
        needed == 1 ? string.Join(" or ", scanners) : $"{needed.ToString(CultureInfo.InvariantCulture)} of {string.Join(", ", scanners)}";

    private static Rejection Explain(
        string[] slot, PlatformManifest platform, IReadOnlyList<PlatformManifest> platforms, ScanSelection scans)
    {
        var here = scans.All.Where(scan => Covers(scan, platform)).ToList();
        var rejected = here.Find(scan => slot.Contains(scan.Scanner, StringComparer.Ordinal))
            ?? here.Find(scan => scan.Rejection?.Reason == ReasonCode.ReportScannerNotAccepted && !scan.Counts)
            ?? scans.All.FirstOrDefault(scan => scan.Platform is null
                && slot.Contains(scan.Scanner, StringComparer.Ordinal));
        if (rejected?.Rejection is { } rejection)
            return rejection;

        var elsewhere = scans.Counted.Any(scan => slot.Contains(scan.Scanner, StringComparer.Ordinal)
            && platforms.Any(other => Covers(scan, other)));
        return elsewhere
            ? new Rejection(ReasonCode.ReportPlatformGap, $"{platform} has no report of {string.Join(" or ", slot)}")
            : new Rejection(ReasonCode.EvidenceMissing, $"there is no report of {string.Join(" or ", slot)}");
    }

    private static bool Covers(JudgedScan scan, PlatformManifest platform) =>
        scan.Scan.Covers == platform.Manifest.Digest;

    private static CheckResult Pass(ScanSelection scans) =>
        CheckResult.Pass(CheckName, Type,
            string.Join(", ", scans.Counted.Select(scan => scan.Describe).Distinct(StringComparer.Ordinal))) with
        {
            Evidence = scans.CountedDigests,
        };

    private static CheckResult Fail(ReasonCode reason, IReadOnlyList<Gap> gaps, ScanSelection scans) =>
        CheckResult.Fail(CheckName, Type, reason,
            string.Join("; ", gaps.Select(gap => gap.Why.Message).Distinct(StringComparer.Ordinal))) with
        {
            Expected = gaps[0].Why.Expected
                ?? string.Join(", ", gaps.Select(gap => $"{gap.Scanners} for {gap.Platform}")),
            Actual = gaps[0].Why.Actual ?? (scans.Counted.Count == 0
                ? "no report that counts"
                : string.Join(", ", scans.Counted.Select(scan => scan.Describe).Distinct(StringComparer.Ordinal))),
            Remedy = reason.Remedy,
            Evidence =
            [
                .. scans.All.Where(scan => scan.Rejection?.Reason == reason).Select(scan => scan.Scan.Digest).Distinct(),
            ],
        };

    private static CheckResult NoPlatform(EvidenceRules rules, ImageSubject subject) =>
        CheckResult.Fail(CheckName, Type, ReasonCode.ReportPlatformGap,
            "the image has no platform that the policy judges") with
        {
            Expected = rules.Platforms is null ? "a runnable platform" : string.Join(", ", rules.Platforms),
            Actual = subject.Platforms.Count == 0 ? "none" : string.Join(", ", subject.Platforms),
            Remedy = "list one of the image's platforms in the policy",
        };

    /// <summary>A report that is not there.</summary>
    private sealed record Gap(string Scanners, PlatformManifest Platform, Rejection Why);
}
