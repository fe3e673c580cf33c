// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Scanning;

/// <summary>The closed table from a scanner's word to the scale; never by score, never by substring.</summary>
internal static class SeverityWords
{
    private static readonly (string Word, Severity Severity)[] Table =
    [
        ("critical", Severity.Critical), ("defcon1", Severity.Critical),
        ("high", Severity.High), ("important", Severity.High),
        ("medium", Severity.Medium), ("moderate", Severity.Medium),
        ("low", Severity.Low),
        ("negligible", Severity.Negligible), ("minimal", Severity.Negligible), ("informational", Severity.Negligible),
        ("info", Severity.Negligible),
    ];

    // How scanners say that they do not know.
    private static readonly string[] NoDegree = ["unknown", "undefined", "unspecified", "untriaged", "severity_unspecified"];

    /// <summary>
    /// The severity of <paramref name="word"/>, ignoring case and surrounding white space. "none" is no entry: neither
    /// Trivy nor Grype rates a finding so, and a finding edited to it must not fall below every limit.
    /// </summary>
    public static Severity Read(string? word)
    {
        var trimmed = word.AsSpan().Trim();
        foreach (var (known, severity) in Table)
        {
            if (trimmed.Equals(known, StringComparison.OrdinalIgnoreCase))
                return severity;
        }

        return Severity.Unknown;
    }

    /// <summary>
    /// Whether of two words that rate one finding <paramref name="word"/> is the one to keep. A severity is kept before a
    /// word for none, so that this is for ratings of several sources, not for one that replaces another.
    /// </summary>
    public static bool IsWorse(string? word, string? than)
    {
        var (one, other) = (Read(word), Read(than));
        return one != Severity.Unknown && (other == Severity.Unknown || one > other);
    }

    /// <summary>Whether the scanner itself says that it does not know; any other word outside the table deserves a note.</summary>
    public static bool SaysUnknown(string? word) =>
        string.IsNullOrWhiteSpace(word) || NoDegree.Contains(word.Trim(), StringComparer.OrdinalIgnoreCase);
}
