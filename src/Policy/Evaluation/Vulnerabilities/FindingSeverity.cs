// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Scanning;

namespace SupplyChain.Policy;

/// <summary>How severe a finding is by the policy's choice of source; never unknown.</summary>
internal static class FindingSeverity
{
    internal static Severity Of(Finding finding, VulnerabilityCheck check)
    {
        // Nobody rates malicious packages, and nothing is worse.
        if (FindingIds.IsMalicious(finding))
            return Severity.Critical;

        var label = Known(finding.Severity, check);
        var band = Band(finding.Cvss?.Score);
        return check.SeverityFrom switch
        {
            SeveritySource.Label => label,
            SeveritySource.Cvss => Known(band, check),
            // The word alone where there is no score: most findings of a distribution have none.
            _ => band == Severity.Unknown || label > band ? label : band,
        };
    }

    /// <summary>Whether what the policy goes by does not tell.</summary>
    internal static bool IsUnknown(Finding finding, VulnerabilityCheck check) =>
        (check.SeverityFrom == SeveritySource.Cvss ? Band(finding.Cvss?.Score) : finding.Severity) == Severity.Unknown
        && !FindingIds.IsMalicious(finding);

    private static Severity Known(Severity severity, VulnerabilityCheck check) =>
        severity == Severity.Unknown ? check.UnknownSeverity : severity;

    // The qualitative scale of CVSS 3 and 4. A score of 0 is "none", which no finding is: it must not fall below every limit.
    private static Severity Band(double? score) => score switch
    {
        > 0 and < 4 => Severity.Low,
        >= 4 and < 7 => Severity.Medium,
        >= 7 and < 9 => Severity.High,
        >= 9 and <= 10 => Severity.Critical,
        _ => Severity.Unknown,
    };
}
