// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Scanning.GitLab;

/// <summary>What a GitLab report says beside its rows, as it is read.</summary>
internal sealed class GitLabFacts
{
    public bool HasVulnerabilities { get; set; }

    public string? Type { get; set; }

    public string? Status { get; set; }

    public string? ScannerName { get; set; }

    public string? ScannerVersion { get; set; }

    /// <summary>The oldest of the times given.</summary>
    public DateTimeOffset? Time { get; set; }

    /// <summary>The images of the rows, each once.</summary>
    public List<string> Images { get; } = [];

    /// <summary>The identifier being read.</summary>
    public string? IdType { get; set; }

    public string? Id { get; set; }

    /// <summary>Whether the row being read has the id of a CVE.</summary>
    public bool HasCve { get; set; }

    public string? Solution { get; set; }
}
