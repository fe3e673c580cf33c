// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Scanning.Snyk;

/// <summary>What a Snyk report says beside its rows, as it is read.</summary>
internal sealed class SnykFacts
{
    /// <summary>The documents of the first level that ended: as many as the list has.</summary>
    public List<SnykDocument> Documents { get; } = [];

    /// <summary>The document being read: one of the first level, or an application inside of one.</summary>
    public SnykDocument Document { get; set; } = new();

    /// <summary>The vulnerability being read.</summary>
    public SnykRow Row { get; set; } = new();

    /// <summary>The kind of the ids being read, such as <c>CVE</c>.</summary>
    public string? IdKind { get; set; }

    /// <summary>How many packages were looked at, in all documents.</summary>
    public double Dependencies { get; set; }

    /// <summary>How many findings the documents count themselves.</summary>
    public double Counted { get; set; }
}

/// <summary>One document. Its members come in any order, so its rows learn what they were found in when it ends.</summary>
internal sealed class SnykDocument
{
    public SnykDocument? Parent { get; init; }

    public int FirstLive { get; init; }

    public int FirstSuppressed { get; init; }

    public bool IsContainer { get; set; }

    public string? Path { get; set; }

    public string? Platform { get; set; }

    public string? PackageManager { get; set; }

    public string? TargetFile { get; set; }

    public bool HasVulnerabilities { get; set; }
}

/// <summary>What is put together only when all members of a vulnerability are known.</summary>
internal sealed class SnykRow
{
    public string? Type { get; set; }

    public string? Title { get; set; }

    public string? PackageName { get; set; }

    /// <summary>The word of before there was "critical", and the one since.</summary>
    public string?[] Severities { get; } = new string?[2];

    public double? Score { get; set; }

    public string? Vector { get; set; }

    public List<string> FixedVersions { get; } = [];

    public string? NearestFixedVersion { get; set; }
}
