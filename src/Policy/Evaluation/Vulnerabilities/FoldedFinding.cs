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
    private FoldedFinding(ArraySegment<JudgedFinding> rows)
    {
        Id = rows[0].Id;
        foreach (var row in rows)
        {
            Ruling = row.Ruling > Ruling ? row.Ruling : Ruling;
            if (row.IsLive && !(LiveSeverity >= row.Severity))
                LiveSeverity = row.Severity;
        }

        // Rows that are accepted by one report and not by another are told by those that are not.
        Rows = rows.Count == 1 ? rows : rows.Where(row => row.Ruling == Ruling).ToArray();
        foreach (var row in Rows)
        {
            var finding = row.Finding;
            Severity = row.Severity > Severity ? row.Severity : Severity;
            HasUnknownSeverity |= row.IsSeverityUnknown;
            IsFixable |= finding.IsFixable;
            if (FixedVersion is null || string.CompareOrdinal(finding.FixedVersion ?? FixedVersion, FixedVersion) < 0)
                FixedVersion = finding.FixedVersion;
        }
    }

    internal string Id { get; }

    internal FindingRuling Ruling { get; }

    internal Severity Severity { get; }

    /// <summary>Whether a row is as severe as the policy says of what nobody rated.</summary>
    internal bool HasUnknownSeverity { get; }

    /// <summary>The highest severity among the rows that nothing sets aside; null where all are.</summary>
    internal Severity? LiveSeverity { get; }

    internal ArraySegment<JudgedFinding> Rows { get; }

    internal bool Violates => Ruling > FindingRuling.Waived;

    internal Package Package => Rows[0].Finding.Package;

    /// <summary>The fixed version as the reports name it; of several the first in ordinal order.</summary>
    internal string? FixedVersion { get; }

    internal bool IsFixable { get; }

    // What is blocked comes first, then what is exploited; then the more severe, and of these what can be fixed.
    private int Rank =>
        (Ruling == FindingRuling.Blocked ? 1_000 : Ruling == FindingRuling.Exploited ? 500 : 0)
        + (10 * (int)Severity) + (IsFixable ? 1 : 0);

    /// <summary>Folds findings, worst first.</summary>
    internal static IReadOnlyList<FoldedFinding> Fold(IReadOnlyList<JudgedFinding> findings)
    {
        // Sorting brings rows of one finding together, and findings of one rank into their order.
        var rows = Sort(findings);
        var folded = new List<FoldedFinding>(rows.Length);
        for (int start = 0, end = 1; start < rows.Length; start = end++)
        {
            while (end < rows.Length && Compare(rows[end], rows[start]) == 0)
                end++;
            folded.Add(new FoldedFinding(new ArraySegment<JudgedFinding>(rows, start, end - start)));
        }

        return [.. folded.OrderByDescending(finding => finding.Rank)];
    }

    /// <summary>The rows of <paramref name="findings"/>.</summary>
    internal static IEnumerable<JudgedFinding> RowsOf(IEnumerable<FoldedFinding> findings)
    {
        foreach (var finding in findings)
        {
            foreach (var row in finding.Rows)
                yield return row;
        }
    }

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

    // Rows that are alike stay in their order.
    private static JudgedFinding[] Sort(IReadOnlyList<JudgedFinding> findings)
    {
        var (rows, places) = (findings.ToArray(), new int[findings.Count]);
        for (var i = 0; i < places.Length; i++)
            places[i] = i;
        Array.Sort(places, (one, other) => Compare(rows[one], rows[other]) is var order and not 0 ? order : one.CompareTo(other));
        return Array.ConvertAll(places, place => rows[place]);
    }

    private static int Compare(JudgedFinding one, JudgedFinding other)
    {
        var order = string.CompareOrdinal(one.Id, other.Id);
        if (order == 0)
            order = string.CompareOrdinal(one.Finding.Package.Name, other.Finding.Package.Name);
        return order == 0 ? string.CompareOrdinal(one.Finding.Package.Version, other.Finding.Package.Version) : order;
    }
}
