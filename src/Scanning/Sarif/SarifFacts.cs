// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Scanning.Reading;

namespace SupplyChain.Scanning.Sarif;

/// <summary>What a SARIF log says, as it is read.</summary>
internal sealed class SarifFacts
{
    public string? Version { get; set; }

    /// <summary>Runs; null when there is no such list.</summary>
    public int? Runs { get; set; }

    /// <summary>The dialect of the runs so far.</summary>
    public SarifDialect? Dialect { get; set; }

    public string? ScannerVersion { get; set; }

    public DateTimeOffset? Time { get; set; }

    public List<string> RepoDigests { get; } = [];

    public List<string> ImageIds { get; } = [];

    /// <summary>The run being read.</summary>
    public SarifRun Run { get; set; } = new();

    /// <summary>The rule being read.</summary>
    public SarifRule Rule { get; set; } = new();

    /// <summary>The result being read.</summary>
    public SarifResult Result { get; set; } = new();
}

/// <summary>One run. Its members come in any order, so that results learn their rules and their tool when it ends.</summary>
internal sealed class SarifRun
{
    public string? Driver { get; set; }

    /// <summary>The dialect of the driver; null where that is not known, or not yet.</summary>
    public SarifDialect? Dialect { get; set; }

    public string? DriverVersion { get; set; }

    public bool HasResults { get; set; }

    public List<SarifRule> Rules { get; } = [];

    public List<SarifResult> Results { get; } = [];

    /// <summary>Whether a text may be needed.</summary>
    public bool Reads(SarifTexts text) => Dialect is null || Dialect.Reads.HasFlag(text);
}

/// <summary>A rule: to these tools, a vulnerability, or a vulnerability in a package.</summary>
internal sealed class SarifRule
{
    public string? Id { get; set; }

    /// <summary>The kind of what it finds, such as <c>OsPackageVulnerability</c>.</summary>
    public string? Name { get; set; }

    public string? Short { get; set; }

    public string? Full { get; set; }

    /// <summary>What the help says, line by line.</summary>
    public SarifLabels Help { get; set; } = SarifLabels.None;

    /// <summary>Docker Scout's word for the severity.</summary>
    public string? Severity { get; set; }

    public string? FixedVersion { get; set; }
}

/// <summary>A result: a row.</summary>
internal sealed class SarifResult
{
    public FindingRow Row { get; set; } = new();

    public string? RuleId { get; set; }

    public int? RuleIndex { get; set; }

    public SarifLabels Message { get; set; } = SarifLabels.None;

    /// <summary>Whether some suppression is still under review or was rejected: the result is then not set aside.</summary>
    public bool IsDisputed { get; set; }
}
