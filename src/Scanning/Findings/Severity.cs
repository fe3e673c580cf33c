// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Scanning;

/// <summary>
/// The one scale of severities, in rising order. <see cref="Unknown"/> stands apart: it is no degree, and a policy says
/// what it counts as.
/// </summary>
public enum Severity
{
    /// <summary>No harm at all; a policy may name it, no scanner accepted here writes it.</summary>
    None,

    /// <summary>Below low: a distribution's "negligible", "minimal" or "informational".</summary>
    Negligible,

    /// <summary>Low.</summary>
    Low,

    /// <summary>Medium, also written "moderate".</summary>
    Medium,

    /// <summary>High, also written "important".</summary>
    High,

    /// <summary>Critical.</summary>
    Critical,

    /// <summary>Absent, of another type than text, or a word outside the closed table.</summary>
    Unknown,
}
