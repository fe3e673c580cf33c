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

    /// <summary>Whether the scanner itself says that it does not know; any other word outside the table deserves a note.</summary>
    public static bool SaysUnknown(string? word) =>
        string.IsNullOrWhiteSpace(word) || NoDegree.Contains(word.Trim(), StringComparer.OrdinalIgnoreCase);
}
