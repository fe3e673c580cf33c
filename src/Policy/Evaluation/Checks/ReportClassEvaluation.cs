// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Scanning;

namespace SupplyChain.Policy;

/// <summary>
/// Judges what reports count beside vulnerabilities. Trivy writes a class only where it found something of it: none found and not
/// looked for are the same to whoever reads, so that nothing is no proof.
/// </summary>
internal static class ReportClassEvaluation
{
    internal static CheckResult Evaluate(ReportClassCheck check, CheckContext context)
    {
        var (type, reason, classes) = check.Class switch
        {
            ReportClass.Secrets => ("secrets", ReasonCode.SecretsFound, new[] { "secret" }),
            ReportClass.Misconfigurations => ("misconfigurations", ReasonCode.MisconfigurationsFound, ["config"]),
            _ => ("licenses", ReasonCode.LicensesFound, ["license", "license-file"]),
        };
        var over = context.Scans.Where(scan => CountOf(check.Class, scan) > check.MaximumCount).ToList();
        if (over.Count > 0)
        {
            return Fail(check, type, reason,
                string.Join("; ", over.Select(scan => $"{scan.Describe}: {CountOf(check.Class, scan)} {type}").Distinct(StringComparer.Ordinal)),
                $"at most {check.MaximumCount} {type}", $"{over.Max(scan => CountOf(check.Class, scan))} {type}", over);
        }

        var unseen = context.Platforms.Where(platform => !context.Scans.Any(scan =>
            scan.Scan.Covers == platform.Manifest.Digest && HasLooked(scan, classes, check.Class))).ToList();
        if (context.Platforms.Count == 0 || (unseen.Count > 0 && check.WhenMissing == MissingRule.Refuse))
        {
            var where = context.Platforms.Count == 0 ? "any platform" : string.Join(", ", unseen);
            return Fail(check, type, ReasonCode.NotScannedFor,
                $"no report shows that anybody looked for {type} in {where}", $"a report that looked for {type}", "none", context.Scans);
        }

        return CheckResult.Pass(check.Name, type, unseen.Count > 0
            ? $"no report counts more than {check.MaximumCount} {type}; not every one shows that it looked"
            : $"no report counts more than {check.MaximumCount} {type}") with
        {
            Evidence = [.. context.Scans.Select(scan => scan.Scan.Digest).Distinct()],
        };
    }

    private static bool HasLooked(JudgedScan scan, string[] classes, ReportClass kind) =>
        CountOf(kind, scan) > 0 || scan.Scan.Report.Coverage.Classes.Any(found => classes.Contains(found, StringComparer.Ordinal));

    private static int CountOf(ReportClass kind, JudgedScan scan) => kind switch
    {
        ReportClass.Secrets => scan.Scan.Report.Coverage.Secrets,
        ReportClass.Misconfigurations => scan.Scan.Report.Coverage.Misconfigurations,
        _ => scan.Scan.Report.Coverage.Licenses,
    };

    private static CheckResult Fail(
        ReportClassCheck check, string type, ReasonCode reason, string message, string expected, string actual, IEnumerable<JudgedScan> scans) =>
        CheckResult.Fail(check.Name, type, reason, message) with
        {
            Expected = expected,
            Actual = actual,
            Remedy = reason.Remedy,
            Evidence = [.. scans.Select(scan => scan.Scan.Digest).Distinct()],
        };
}
