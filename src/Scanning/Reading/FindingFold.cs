// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Scanning.Reading;

/// <summary>
/// Makes one finding of rows that say the same: one id, in one package, alike in whether there is a fix and since when, and in
/// whether severity, score and probability are known. What is missing divides rows because a policy says what it counts as,
/// which may be worse than what another row says: no row can hide behind a milder one.
/// </summary>
internal static class FindingFold
{
    /// <summary>Folds <paramref name="rows"/>, keeping the order in which they first come.</summary>
    public static IReadOnlyList<Finding> Fold(IReadOnlyList<FindingRow> rows)
    {
        // Most rows are like no other, so that only the second of a kind takes a list.
        var groups = new OrderedDictionary<Finding, List<Finding>?>(rows.Count, SameFinding.Instance);
        foreach (var row in rows)
        {
            var finding = row.ToFinding();
            if (!groups.TryAdd(finding, null, out var index))
                Join(groups, index, finding);
        }

        return [.. groups.Select(group => group.Value is null ? group.Key : Merge(group.Value))];
    }

    /// <summary>The rows that the report sets aside, one entry each: what is said of two alike may differ.</summary>
    public static IReadOnlyList<SuppressedFinding> SetAside(IReadOnlyList<FindingRow> rows) =>
    [
        .. rows.Select(row => new SuppressedFinding(
            row.ToFinding(), row.Suppression?.Status, row.Suppression?.Origin, row.Suppression?.Statement)),
    ];

    private static void Join(OrderedDictionary<Finding, List<Finding>?> groups, int index, Finding finding)
    {
        var (first, group) = groups.GetAt(index);
        if (group is null)
            groups.SetAt(index, [first, finding]);
        else
            group.Add(finding);
    }

    private static Finding Merge(List<Finding> group)
    {
        var worst = group.MaxBy(finding => finding.Severity)!;
        return group[0] with
        {
            Aliases = Union(group, finding => finding.Aliases),
            Severity = worst.Severity,
            SeverityWord = worst.SeverityWord,
            FixedVersion = group.Select(finding => finding.FixedVersion).FirstOrDefault(version => version is not null),
            Status = group.Select(finding => finding.Status).FirstOrDefault(status => status is not null),
            Locations = Union(group, finding => finding.Locations),
            Cvss = group.Select(finding => finding.Cvss).MaxBy(cvss => cvss?.Score),
            IsKnownExploited = group.Exists(finding => finding.IsKnownExploited),
            Epss = group.Max(finding => finding.Epss),
        };
    }

    private static IReadOnlyList<string> Union(List<Finding> group, Func<Finding, IReadOnlyList<string>> list) =>
        [.. group.SelectMany(list).Distinct(StringComparer.Ordinal)];

    private sealed class SameFinding : IEqualityComparer<Finding>
    {
        public static readonly SameFinding Instance = new();

        public bool Equals(Finding? x, Finding? y) =>
            x is not null && y is not null
            && string.Equals(x.Id, y.Id, StringComparison.Ordinal)
            && string.Equals(x.Package.Name, y.Package.Name, StringComparison.Ordinal)
            && string.Equals(x.Package.Version, y.Package.Version, StringComparison.Ordinal)
            && string.Equals(Kind(x.Package), Kind(y.Package), StringComparison.Ordinal)
            && Known(x) == Known(y);

        public int GetHashCode(Finding obj) => HashCode.Combine(
            obj.Id, obj.Package.Name, obj.Package.Version, Kind(obj.Package), obj.IsFixable, obj.Severity == Severity.Unknown);

        // What tells packages of one name apart: the whole package URL, since a VEX statement may be about one architecture, or
        // the scanner's word for the kind.
        private static string? Kind(Package package) => package.Purl ?? package.Type;

        // A score of 0 is none to a policy.
        private static (bool Severity, bool Score, bool Probability, bool Fix, bool FixUnknown, DateTimeOffset? Since) Known(Finding finding) => (
            finding.Severity != Severity.Unknown, finding.Cvss is { Score: > 0 }, finding.Epss is not null,
            finding.IsFixable, finding.IsFixUnknown, finding.FixedSince);
    }
}
