// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Scanning;

namespace SupplyChain.Policy;

/// <summary>
/// Judges what reports find beside vulnerabilities. Trivy writes a class only where it found something of it: none found and not
/// looked for are the same to whoever reads, so that nothing is no proof.
/// </summary>
internal static class ReportClassEvaluation
{
    private const int MostListed = 5;

    internal static CheckResult Evaluate(ReportClassCheck check, CheckContext context)
    {
        var (type, reason, classes) = check.Class switch
        {
            ReportClass.Secrets => ("secrets", ReasonCode.SecretsFound, new[] { "secret" }),
            ReportClass.Misconfigurations => ("misconfigurations", ReasonCode.MisconfigurationsFound, ["config"]),
            _ => ("licenses", ReasonCode.LicensesFound, ["license", "license-file"]),
        };
        var over = context.Scans.Where(scan => CountOf(check, scan) > check.MaximumCount).ToList();
        if (over.Count > 0)
        {
            return Fail(check, type, reason,
                string.Join("; ", over.Select(scan => $"{scan.Describe}: {Describe(check, scan, type)}").Distinct(StringComparer.Ordinal)),
                Expected(check, type), $"{over.Max(scan => CountOf(check, scan))} {type}", over);
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
            ? $"{Expected(check, type)} in each report; not every one shows that it looked"
            : $"{Expected(check, type)} in each report") with
        {
            Evidence = [.. context.Scans.Select(scan => scan.Scan.Digest).Distinct()],
        };
    }

    private static bool HasLooked(JudgedScan scan, string[] classes, ReportClass kind) =>
        TotalOf(kind, scan) > 0 || scan.Scan.Report.Coverage.Classes.Any(found => classes.Contains(found, StringComparer.Ordinal));

    // What a report counts and does not list is counted, whatever it may be.
    private static int CountOf(ReportClassCheck check, JudgedScan scan)
    {
        var listed = Listed(check.Class, scan).ToList();
        return listed.Count(finding => Counts(check, finding)) + Math.Max(0, TotalOf(check.Class, scan) - listed.Count);
    }

    private static bool Counts(ReportClassCheck check, OtherFinding finding) =>
        (finding.Severity == Severity.Unknown || SeverityScale.Exceeds(finding.Severity, check.MaximumSeverity))
        && (check.Denied.Count == 0 || check.Denied.Any(license => LicenseText.Names(finding.Id, license)));

    private static IEnumerable<OtherFinding> Listed(ReportClass kind, JudgedScan scan) =>
        scan.Scan.Report.OtherFindings.Where(finding => finding.Kind == kind switch
        {
            ReportClass.Secrets => OtherFindingKind.Secret,
            ReportClass.Misconfigurations => OtherFindingKind.Misconfiguration,
            _ => OtherFindingKind.License,
        });

    private static int TotalOf(ReportClass kind, JudgedScan scan) => kind switch
    {
        ReportClass.Secrets => scan.Scan.Report.Coverage.Secrets,
        ReportClass.Misconfigurations => scan.Scan.Report.Coverage.Misconfigurations,
        _ => scan.Scan.Report.Coverage.Licenses,
    };

    private static string Expected(ReportClassCheck check, string type)
    {
        var limit = check.MaximumSeverity == SeverityLimit.BlockAll ? "" : $" above {SeverityScale.Word(check.MaximumSeverity)}";
        var denied = check.Denied.Count == 0 ? "" : $" of {string.Join(", ", check.Denied.Select(Printable.Escape))}";
        return $"at most {check.MaximumCount} {type}{limit}{denied}";
    }

    private static string Describe(ReportClassCheck check, JudgedScan scan, string type)
    {
        var shown = Listed(check.Class, scan).Where(finding => Counts(check, finding))
            .Select(finding => Printable.Escape(finding.Id) + (finding.Location is null ? "" : $" in {Printable.Escape(finding.Location)}"))
            .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        var list = shown.Count == 0 ? ""
            : $" ({string.Join(", ", shown.Take(MostListed))}{(shown.Count > MostListed ? $" and {shown.Count - MostListed} more" : "")})";
        return $"{CountOf(check, scan)} {type}{list}";
    }

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
