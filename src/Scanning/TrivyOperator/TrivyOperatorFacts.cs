// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Scanning.TrivyOperator;

/// <summary>What a VulnerabilityReport says beside its rows, as it is read.</summary>
internal sealed class TrivyOperatorFacts
{
    public string? ApiVersion { get; set; }

    public string? Kind { get; set; }

    public bool HasReport { get; set; }

    public DateTimeOffset? Updated { get; set; }

    public string? ScannerName { get; set; }

    public string? ScannerVersion { get; set; }

    public string? Server { get; set; }

    public string? Repository { get; set; }

    public string? Digest { get; set; }

    public string? OsFamily { get; set; }

    public string? OsVersion { get; set; }

    public bool OsEndOfLife { get; set; }

    /// <summary>Whether <c>vulnerabilities</c> is a list, however short.</summary>
    public bool HasVulnerabilities { get; set; }

    /// <summary>Whether the summary counts any finding.</summary>
    public bool CountsFindings { get; set; }
}
