// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Scanning.Reading;

namespace SupplyChain.Scanning.Sarif;

/// <summary>Texts that may be long, and that no two dialects read alike.</summary>
[Flags]
internal enum SarifTexts
{
    /// <summary>None of them.</summary>
    None = 0,

    /// <summary>A result's message.</summary>
    Message = 1,

    /// <summary>A rule's help.</summary>
    Help = 2,

    /// <summary>A rule's full description.</summary>
    FullDescription = 4,
}

/// <summary>
/// How one scanner writes vulnerabilities in SARIF: which has no members for packages, versions, fixes or severities, so
/// that each has found places of its own.
/// </summary>
/// <param name="Scanner">The scanner's name, as everywhere.</param>
/// <param name="Driver">The name of its tool in SARIF, in any letter case.</param>
/// <param name="Reads">Which of the log's texts that takes.</param>
/// <param name="Describe">Takes rule and result into the row; false when they name no vulnerability.</param>
internal sealed record SarifDialect(
    string Scanner, string Driver, SarifTexts Reads, Func<ReportDraft, SarifRule, SarifResult, bool> Describe)
{
    /// <summary>The scanners whose SARIF is read.</summary>
    public static readonly IReadOnlyList<SarifDialect> All =
    [
        new("trivy", "Trivy", SarifTexts.Message, DescribeTrivy),
        new("grype", "grype", SarifTexts.Help, DescribeGrype),
        new("snyk", "Snyk Container", SarifTexts.FullDescription, DescribeSnyk),
        new("docker-scout", "docker scout", SarifTexts.Message, DescribeScout),
    ];

    /// <summary>The dialect of a tool, or null when its SARIF is not read.</summary>
    public static SarifDialect? Find(string? driver) =>
        All.FirstOrDefault(dialect => string.Equals(dialect.Driver, driver, StringComparison.OrdinalIgnoreCase));

    private static bool DescribeTrivy(ReportDraft draft, SarifRule rule, SarifResult result)
    {
        var (row, message) = (result.Row, result.Message);
        row.SeverityWord = message.Severity;
        (row.PackageName, row.PackageVersion, row.FixedVersion) = (message.Package, message.Version, message.FixedVersion);
        return TakeId(draft, result.RuleId ?? rule.Id);
    }

    // The rule is one vulnerability in one package, and its id holds both.
    private static bool DescribeGrype(ReportDraft draft, SarifRule rule, SarifResult result)
    {
        var (row, help) = (result.Row, rule.Help);
        (row.PackageName, row.PackageVersion, row.PackageType) = (help.Package, help.Version, help.Type);
        row.FixedVersion = help.FixedVersion;
        row.SeverityWord = help.Severity;

        // Here "low" also stands for what Grype calls negligible or unknown.
        if (string.Equals(help.Severity, "low", StringComparison.OrdinalIgnoreCase))
        {
            row.IsSeverityUnclear = true;
            draft.Note("Grype's SARIF calls low what is low, negligible or unknown; its own JSON tells them apart");
        }

        return help.Vulnerability is { Length: > 0 } id && rule.Id?.StartsWith(id, StringComparison.Ordinal) == true
            && TakeId(draft, id);
    }

    // "Low severity - Title vulnerability in package" and "(CVE-…, CVE-…) source/package@version".
    private static bool DescribeSnyk(ReportDraft draft, SarifRule rule, SarifResult result)
    {
        var row = result.Row;
        var end = rule.Short?.IndexOf(" severity", StringComparison.Ordinal) ?? -1;
        row.SeverityWord = end < 0 ? null : rule.Short![..end];
        row.IsFixUnknown = true;

        var full = rule.Full ?? "";
        var close = full.StartsWith('(') ? full.IndexOf(')', StringComparison.Ordinal) : -1;
        if (close > 0)
        {
            foreach (var alias in full[1..close].Split(',', StringSplitOptions.TrimEntries))
                draft.AddAlias(alias);
        }

        var package = full[(close + 1)..].Trim();
        var at = package.LastIndexOf('@');
        (row.PackageName, row.PackageVersion) = at < 0 ? (package, null) : (package[..at], package[(at + 1)..]);
        return TakeId(draft, result.RuleId ?? rule.Id);
    }

    private static bool DescribeScout(ReportDraft draft, SarifRule rule, SarifResult result)
    {
        var (row, message) = (result.Row, result.Message);
        row.SeverityWord = rule.Severity ?? message.Severity;
        row.FixedVersion = message.FixedVersion ?? rule.FixedVersion;
        row.Purl = message.Package;
        (row.PackageName, row.PackageVersion) = PackageUrl.Split(message.Package);
        return TakeId(draft, result.RuleId ?? rule.Id);
    }

    private static bool TakeId(ReportDraft draft, string? id)
    {
        draft.SetId(id ?? "");
        return !string.IsNullOrEmpty(id);
    }
}
