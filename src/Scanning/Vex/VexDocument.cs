// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;

namespace SupplyChain.Scanning;

/// <summary>
/// A VEX document of any format: what somebody says about vulnerabilities in products. It asks to set findings aside, and
/// proves nothing: whether it counts is up to who signed it and what a policy lets them say.
/// </summary>
/// <remarks>Every text is the document's own: escape it with <see cref="Printable"/> before showing it.</remarks>
public sealed record VexDocument
{
    /// <summary>The format it was read as.</summary>
    public required VexFormat Format { get; init; }

    /// <summary>The SHA-256 of the document's bytes.</summary>
    public required Digest Digest { get; init; }

    /// <summary>Who wrote it, in its own words; null when it does not say.</summary>
    public string? Author { get; init; }

    /// <summary>When it was written or last changed; null when it gives no usable time.</summary>
    public DateTimeOffset? Time { get; init; }

    /// <summary>What it says, in its own order: a statement is referred to by its place, from 0.</summary>
    public required IReadOnlyList<VexStatement> Statements { get; init; }

    /// <summary>When the statement was made: by itself, or else by the document; null when neither tells.</summary>
    public DateTimeOffset? TimeOf(VexStatement statement)
    {
        ArgumentNullException.ThrowIfNull(statement);
        return statement.Time ?? Time;
    }
}

/// <summary>The formats in which VEX documents are read.</summary>
public enum VexFormat
{
    /// <summary>OpenVEX 0.0.1 and 0.2.0.</summary>
    OpenVex,

    /// <summary>CSAF 2.0 and 2.1.</summary>
    Csaf,

    /// <summary>The <c>analysis</c> of CycloneDX JSON, versions 1.4 to 1.7.</summary>
    CycloneDx,

    /// <summary>The VEX relationships of SPDX 3.0 JSON-LD.</summary>
    Spdx,
}

/// <summary>What is said about one vulnerability in some products.</summary>
public sealed record VexStatement
{
    /// <summary>The vulnerability's id, in the form that <see cref="Finding.Id"/> has.</summary>
    public required string Vulnerability { get; init; }

    /// <summary>Other ids of the same vulnerability.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>The products it is about; without any it is about nothing.</summary>
    public required IReadOnlyList<VexProduct> Products { get; init; }

    /// <summary>What is said.</summary>
    public required VexStatus Status { get; init; }

    /// <summary>The label that says why a product is not affected; null when there is none.</summary>
    public string? Justification { get; init; }

    /// <summary>The same in words; null when there are none.</summary>
    public string? ImpactStatement { get; init; }

    /// <summary>When it was made, where it tells a time of its own.</summary>
    public DateTimeOffset? Time { get; init; }
}

/// <summary>A product, and the parts of it that a statement is limited to.</summary>
public sealed record VexProduct : VexComponent
{
    /// <summary>The parts; empty for the product as a whole.</summary>
    public IReadOnlyList<VexComponent> Subcomponents { get; init; } = [];
}

/// <summary>Something with a name: a product or a part of one. Where it has both kinds of name both have to fit.</summary>
public record VexComponent
{
    /// <summary>Its package URL as written; null when there is none.</summary>
    public string? Purl { get; init; }

    /// <summary>Its digests.</summary>
    public IReadOnlyList<Digest> Digests { get; init; } = [];
}

/// <summary>What a VEX statement says of a vulnerability in a product.</summary>
public enum VexStatus
{
    /// <summary>A word that no format has.</summary>
    Unknown,

    /// <summary>Nobody knows yet.</summary>
    UnderInvestigation,

    /// <summary>The product is affected.</summary>
    Affected,

    /// <summary>The vulnerability is there and does no harm.</summary>
    NotAffected,

    /// <summary>The vulnerability is gone from this product.</summary>
    Fixed,
}
