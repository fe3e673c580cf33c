// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Scanning.Reading;

/// <summary>
/// Makes one finding of rows that say the same: one id, in one package and version, fixable or not alike, of known
/// severity or not alike. Those two divide them because a policy may judge them by different limits, so that no row can
/// hide behind a milder one.
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

            // A time of grace counts from here, so that the earliest is the strictest.
            FixedSince = group.Min(finding => finding.FixedSince),
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
            && x.IsFixable == y.IsFixable
            && x.Severity == Severity.Unknown == (y.Severity == Severity.Unknown)
            && string.Equals(x.Package.Name, y.Package.Name, StringComparison.Ordinal)
            && string.Equals(x.Package.Version, y.Package.Version, StringComparison.Ordinal)
            && Kind(x.Package).SequenceEqual(Kind(y.Package));

        public int GetHashCode(Finding obj) => HashCode.Combine(
            obj.Id, obj.Package.Name, obj.Package.Version, obj.IsFixable, obj.Severity == Severity.Unknown,
            string.GetHashCode(Kind(obj.Package), StringComparison.Ordinal));

        // What tells packages of one name apart: the package URL without its qualifiers, or the scanner's word for the kind.
        private static ReadOnlySpan<char> Kind(Package package)
        {
            if (package.Purl is null)
                return package.Type;
            var end = package.Purl.AsSpan().IndexOfAny('?', '#');
            return end < 0 ? package.Purl : package.Purl.AsSpan(0, end);
        }
    }
}
