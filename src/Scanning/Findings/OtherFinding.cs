// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Scanning;

/// <summary>What else scanners look for.</summary>
public enum OtherFindingKind
{
    /// <summary>A secret, such as a private key.</summary>
    Secret,

    /// <summary>A misconfiguration that was found; checks that passed are none.</summary>
    Misconfiguration,

    /// <summary>A licence.</summary>
    License,
}

/// <summary>A finding that is no vulnerability.</summary>
/// <remarks>Every text is the report's own: escape it with <see cref="Model.Printable"/> before showing it.</remarks>
/// <param name="Kind">What it is.</param>
/// <param name="Id">The scanner's rule, or the licence's name; empty when the report gives none.</param>
/// <param name="Severity">The scanner's word on the one scale.</param>
/// <param name="Title">A title, or the package that has the licence; null when the report gives none.</param>
/// <param name="Location">The file or target; null when the report gives none.</param>
public sealed record OtherFinding(OtherFindingKind Kind, string Id, Severity Severity, string? Title, string? Location)
{
    /// <summary>Whether the report itself sets it aside. It is as live as any other until a policy accepts the reason.</summary>
    public bool IsSetAside { get; init; }
}
