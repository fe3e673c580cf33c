// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Scanning;

namespace SupplyChain.Policy;

/// <summary>
/// One vulnerability in one package version, however many scanners and platforms report it: the worst ruling and the
/// highest severity of all its rows.
/// </summary>
internal sealed class FoldedFinding
{
    private FoldedFinding(string id, IReadOnlyList<JudgedFinding> rows)
    {
        Id = id;
        // Most are reported once, and there are hundreds.
        if (rows is [var only])
        {
            (Ruling, Severity, Rows) = (only.Ruling, only.Severity, rows);
            LiveSeverity = only.IsLive ? only.Severity : null;
            (FixedVersion, IsFixable) = (only.Finding.FixedVersion, only.Finding.IsFixable);
            return;
        }

        Ruling = rows.Max(row => row.Ruling);
        // Rows that are accepted by one report and not by another are told by those that are not.
        Rows = [.. rows.Where(row => row.Ruling == Ruling)];
        Severity = Rows.Max(row => row.Severity);
        LiveSeverity = rows.Where(row => row.IsLive).Select(row => (Severity?)row.Severity).Max();
        FixedVersion = Rows.Select(row => row.Finding.FixedVersion).OfType<string>().Order(StringComparer.Ordinal).FirstOrDefault();
        IsFixable = Rows.Any(row => row.Finding.IsFixable);
    }

    internal string Id { get; }

    internal FindingRuling Ruling { get; }

    internal Severity Severity { get; }

    /// <summary>The highest severity among the rows that nothing sets aside; null where all are.</summary>
    internal Severity? LiveSeverity { get; }

    internal IReadOnlyList<JudgedFinding> Rows { get; }

    internal bool Violates => Ruling > FindingRuling.Waived;

    internal Package Package => Rows[0].Finding.Package;

    /// <summary>The fixed version as the reports name it; of several the first in ordinal order.</summary>
    internal string? FixedVersion { get; }

    internal bool IsFixable { get; }

    /// <summary>Folds findings, worst first.</summary>
    internal static IReadOnlyList<FoldedFinding> Fold(IEnumerable<JudgedFinding> findings) =>
    [
        .. findings
            .GroupBy(row => (Id: CanonicalId(row.Finding), row.Finding.Package.Name, row.Finding.Package.Version))
            .Select(rows => new FoldedFinding(rows.Key.Id, [.. rows]))
            .OrderByDescending(folded => folded.Ruling == FindingRuling.Blocked)
            .ThenByDescending(folded => folded.Ruling == FindingRuling.Exploited)
            .ThenByDescending(folded => folded.Severity)
            .ThenByDescending(folded => folded.IsFixable)
            .ThenBy(folded => folded.Id, StringComparer.Ordinal)
            .ThenBy(folded => folded.Package.Name, StringComparer.Ordinal)
            .ThenBy(folded => folded.Package.Version, StringComparer.Ordinal),
    ];

    internal FindingLine ToLine(bool isIndex)
    {
        var platforms = Rows.Select(row => row.Platform?.ToString()).OfType<string>()
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal);
        var location = Rows.SelectMany(row => row.Finding.Locations).Order(StringComparer.Ordinal).FirstOrDefault();
        return new FindingLine(
            Printable.Escape(Id), SeverityScale.Word(Severity), Printable.Escape(Package.Name),
            Package.Version.Length == 0 ? null : Printable.Escape(Package.Version),
            FixedVersion is { } version ? Printable.Escape(version) : null,
            location is null ? null : Printable.Escape(location),
            isIndex ? string.Join(", ", platforms) : null)
        {
            Note = Rows.Select(row => row.Note).OfType<string>().Order(StringComparer.Ordinal).LastOrDefault(),
        };
    }

    // Scanners name one vulnerability by different ids; the CVE is the one they share, where there is exactly one.
    private static string CanonicalId(Finding finding)
    {
        if (FindingIds.IsCve(finding.Id))
            return finding.Id;

        var cves = finding.Aliases.Where(FindingIds.IsCve).ToList();
        return cves is [var only] ? only : finding.Id;
    }
}
