// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Scanning;

namespace SupplyChain.Policy;

/// <summary>Compares severities with limits, and writes both in the policy's words.</summary>
internal static class SeverityScale
{
    /// <summary>Whether <paramref name="severity"/>, which is known, is worse than the limit.</summary>
    internal static bool Exceeds(Severity severity, SeverityLimit limit) => limit switch
    {
        SeverityLimit.BlockAll => true,
        SeverityLimit.AllowAll => false,
        SeverityLimit.Minimal => severity > Severity.Negligible,
        SeverityLimit.Low => severity > Severity.Low,
        SeverityLimit.Medium => severity > Severity.Medium,
        SeverityLimit.High => severity > Severity.High,
        SeverityLimit.Critical => severity > Severity.Critical,
        _ => true,
    };

    internal static string Word(Severity severity) => severity switch
    {
        Severity.None => "NONE",
        Severity.Negligible => "MINIMAL",
        Severity.Low => "LOW",
        Severity.Medium => "MEDIUM",
        Severity.High => "HIGH",
        Severity.Critical => "CRITICAL",
        _ => "UNKNOWN",
    };

    internal static string Word(SeverityLimit limit) => limit switch
    {
        SeverityLimit.BlockAll => "BLOCK_ALL",
        SeverityLimit.Minimal => "MINIMAL",
        SeverityLimit.Low => "LOW",
        SeverityLimit.Medium => "MEDIUM",
        SeverityLimit.High => "HIGH",
        SeverityLimit.Critical => "CRITICAL",
        _ => "ALLOW_ALL",
    };
}
