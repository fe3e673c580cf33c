// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Scanning.Reading;

namespace SupplyChain.Scanning.InToto;

/// <summary>
/// Cosign's vuln predicate alone, as scanners write it for cosign to make a statement of. It names no image: what was
/// scanned is what the report inside names.
/// </summary>
internal static class CosignPredicateFormat
{
    private const string Name = "cosign vuln predicate";

    /// <summary>The format.</summary>
    public static readonly ReportFormat Format = new()
    {
        Name = Name,
        IsWrapper = true,
        Marks = ["invocation"],
        Members = [("invocation", Shape.Skipped), .. ScanPredicate.Members],
        Complete = draft => ScanPredicate.CompleteReport(draft, Name),
    };
}
