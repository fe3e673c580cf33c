// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using SupplyChain.Scanning.Reading;

namespace SupplyChain.Scanning.CycloneDx;

/// <summary>What a CycloneDX document says beside its rows, as it is read.</summary>
internal sealed class CycloneDxFacts
{
    public string? BomFormat { get; set; }

    public string? SpecVersion { get; set; }

    public string? SerialNumber { get; set; }

    public int? Version { get; set; }

    /// <summary>What a link to a component of this document starts with; asked for once the document was read.</summary>
    public string OwnLink => field ??= string.Create(
        CultureInfo.InvariantCulture, $"urn:cdx:{SerialNumber?.Replace("urn:uuid:", "", StringComparison.Ordinal)}/{Version}#");

    public DateTimeOffset? Timestamp { get; set; }

    /// <summary>The tools that made the document, in its order.</summary>
    public List<ScannerIdentity> Tools { get; } = [];

    public string? ToolName { get; set; }

    public string? ToolVersion { get; set; }

    /// <summary>What the document is about.</summary>
    public CycloneDxComponent? Subject { get; set; }

    public List<string> RepoDigests { get; } = [];

    public List<string> ImageIds { get; } = [];

    /// <summary>The components by their reference.</summary>
    public Dictionary<string, CycloneDxComponent> Components { get; } = new(StringComparer.Ordinal);

    public int? Packages { get; set; }

    public CycloneDxComponent? OperatingSystem { get; set; }

    /// <summary>Whether <c>vulnerabilities</c> is a list, however short.</summary>
    public bool HasVulnerabilities { get; set; }

    /// <summary>The components being read, the innermost last.</summary>
    public Stack<CycloneDxComponent> Open { get; } = new();

    public string? PropertyName { get; set; }

    public string? PropertyValue { get; set; }

    /// <summary>What the vulnerability being read affects.</summary>
    public List<string> Affects { get; } = [];

    /// <summary>The rating being read.</summary>
    public CycloneDxRating Rating { get; set; } = new();
}

/// <summary>A component.</summary>
internal sealed class CycloneDxComponent
{
    public string? Reference { get; set; }

    public string? Type { get; set; }

    public string? Group { get; set; }

    public string? Name { get; set; }

    public string? Version { get; set; }

    public string? Purl { get; set; }

    /// <summary>The name with its group.</summary>
    public string FullName => string.IsNullOrEmpty(Group) ? Name ?? "" : $"{Group}/{Name}";
}

/// <summary>A rating of a vulnerability.</summary>
internal sealed class CycloneDxRating
{
    public string? Source { get; set; }

    public string? Severity { get; set; }

    public double? Score { get; set; }

    public string? Method { get; set; }

    public string? Vector { get; set; }
}
