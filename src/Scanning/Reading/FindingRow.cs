// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Scanning.Reading;

/// <summary>One row of a report while it is read.</summary>
internal sealed class FindingRow
{
    // Words that tools write where a version would stand if there were one.
    private static readonly string[] NoVersion = ["", "none", "NotAvailable", "not available", "not fixed", "not-fixed", "wont-fix"];

    public string? Id { get; set; }

    public List<string>? Aliases { get; set; }

    public string? SeverityWord { get; set; }

    /// <summary>Whether the word stands for more than one severity.</summary>
    public bool IsSeverityUnclear { get; set; }

    public Severity Severity { get; set; }

    public string? PackageName { get; set; }

    public string? PackageVersion { get; set; }

    public string? Purl { get; set; }

    public string? PackageType { get; set; }

    public string? FixedVersion { get; set; }

    /// <summary>Whether the format has no place for a fix.</summary>
    public bool IsFixUnknown { get; set; }

    public string? Status { get; set; }

    public List<string>? Locations { get; set; }

    public CvssScore? Cvss { get; set; }

    public bool IsKnownExploited { get; set; }

    public double? Epss { get; set; }

    public DateTimeOffset? FixedSince { get; set; }

    /// <summary>Why the report sets the row aside; null for a live one.</summary>
    public Suppression? Suppression { get; set; }

    /// <summary>Takes what another row says of the vulnerability, for one that is found in another package.</summary>
    public void TakeFrom(FindingRow other)
    {
        (Id, Aliases, SeverityWord, IsSeverityUnclear) = (other.Id, other.Aliases, other.SeverityWord, other.IsSeverityUnclear);
        (Status, IsFixUnknown, Suppression) = (other.Status, other.IsFixUnknown, other.Suppression);
        (Cvss, IsKnownExploited, Epss, FixedSince) = (other.Cvss, other.IsKnownExploited, other.Epss, other.FixedSince);
    }

    /// <summary>The row as a finding.</summary>
    public Finding ToFinding()
    {
        var fixedVersion = IsNone(FixedVersion) ? null : FixedVersion;
        return new Finding(
            Id!, Aliases ?? [], Severity, SeverityWord,
            new Package(PackageName ?? "", PackageVersion ?? "", OrNull(Purl), OrNull(PackageType)),
            fixedVersion, OrNull(Status), Locations ?? [])
        {
            Cvss = Cvss,
            IsKnownExploited = IsKnownExploited,
            Epss = Epss,
            FixedSince = FixedSince,
            IsFixUnknown = IsFixUnknown && fixedVersion is null,
        };
    }

    private static string? OrNull(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private static bool IsNone(string? version)
    {
        var word = version.AsSpan().Trim();
        foreach (var none in NoVersion)
        {
            if (word.Equals(none, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }
}

/// <summary>What a report says about a row that it sets aside.</summary>
internal sealed class Suppression
{
    public string? Type { get; set; }

    public string? Status { get; set; }

    public string? Origin { get; set; }

    public string? Statement { get; set; }
}
