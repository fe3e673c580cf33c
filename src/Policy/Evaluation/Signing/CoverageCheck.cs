// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Scanning;

namespace SupplyChain.Policy;

/// <summary>Whether the reports that count show that everything was looked at: finding nothing is not enough.</summary>
internal static class CoverageCheck
{
    private const string Name = "coverage";
    private const string Type = "evidence";

    internal static CheckResult Evaluate(ScanSelection scans)
    {
        if (scans.Counted.Count == 0)
            return CheckResult.Skipped(Name, Type, ReasonCode.EvidenceMissing, "there is no report that counts");

        var incomplete = scans.Counted
            .Select(scan => (Scan: scan, Why: Explain(scan.Scan.Report.Coverage)))
            .Where(judged => judged.Why is not null)
            .ToList();
        if (incomplete.Count == 0)
        {
            return CheckResult.Pass(Name, Type, "every report covers what it scanned") with
            {
                Evidence = scans.CountedDigests,
            };
        }


        return CheckResult.Fail(
            Name, Type, ReasonCode.ReportIncomplete,
            string.Join(
                "; ",
                incomplete.Select(judged => $"{judged.Scan.Describe}: {judged.Why}").Distinct(StringComparer.Ordinal))) with
        {
            Expected = "a scan for vulnerabilities of a supported system, without anything left out",
            Actual = incomplete[0].Why,
            Remedy = ReasonCode.ReportIncomplete.Remedy,
            Evidence = [.. incomplete.Select(judged => judged.Scan.Scan.Digest).Distinct()],
        };
    }

    private static string? Explain(Coverage coverage) => coverage switch
    {
        { Vulnerabilities: not VulnerabilityCoverage.Scanned } => Printable.Escape(coverage.Because),
        { OsFamily: not null, Classes.Count: > 0 } when !coverage.Classes.Contains("os-pkgs", StringComparer.Ordinal) =>
            $"the packages of {System(coverage)} itself were not scanned",
        { OsEndOfLife: true } => $"{System(coverage)} gets no advisories any more, so that finding little means little",
        { Filters: { OnlyFixed: true } or { OnlyNotFixed: true } or { IgnoreWontFix: true } } =>
            "the scanner was told to drop findings by their fix",
        { Filters.Excludes: > 0 } => "the scanner was told to leave out paths",
        _ => null,
    };

    private static string System(Coverage coverage) =>
        coverage.OsFamily is null
            ? "the system"
            : Printable.Escape($"{coverage.OsFamily} {coverage.OsVersion}".TrimEnd());
}
