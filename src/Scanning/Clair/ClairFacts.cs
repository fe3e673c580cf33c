// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Scanning.Reading;

namespace SupplyChain.Scanning.Clair;

/// <summary>What a report of Clair 4 says beside its rows, as it is read. Its parts refer to one another, and come in any order.</summary>
internal sealed class ClairFacts
{
    public string? ManifestHash { get; set; }

    public bool HasVulnerabilities { get; set; }

    public bool HasEdges { get; set; }

    public Dictionary<string, ClairPackage> Packages { get; } = new(StringComparer.Ordinal);

    /// <summary>The package being read.</summary>
    public ClairPackage Package { get; set; } = new();

    /// <summary>Where each package was found.</summary>
    public Dictionary<string, string> Databases { get; } = new(StringComparer.Ordinal);

    /// <summary>What the rows of each vulnerability have in common.</summary>
    public Dictionary<string, ClairVulnerability> Vulnerabilities { get; } = new(StringComparer.Ordinal);

    /// <summary>The vulnerability being read.</summary>
    public ClairVulnerability Vulnerability { get; set; } = new();

    /// <summary>The rows, each with the ids of its package and its vulnerability.</summary>
    public List<(FindingRow Row, string Package, string Vulnerability)> Edges { get; } = [];

    /// <summary>The id of the package that is read about.</summary>
    public string PackageId { get; set; } = "";

    /// <summary>Whether the entry being read says that the vulnerability is exploited.</summary>
    public bool IsOfExploits { get; set; }

    public (double? Score, string? Vector) Score { get; set; }

    public List<(string? Id, string? Version)> Distributions { get; } = [];
}

/// <summary>One package.</summary>
internal sealed class ClairPackage
{
    public string? Name { get; set; }

    public string? Version { get; set; }

    public string? Kind { get; set; }
}

/// <summary>One vulnerability.</summary>
internal sealed class ClairVulnerability
{
    public FindingRow Row { get; } = new();

    /// <summary>Whether it is in the list of vulnerabilities, and not only among what enriches it.</summary>
    public bool IsListed { get; set; }

    /// <summary>Whether a package has it.</summary>
    public bool IsFound { get; set; }

    public string? FixedVersion { get; set; }
}
