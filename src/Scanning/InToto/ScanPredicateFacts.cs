// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Scanning.Reading;

namespace SupplyChain.Scanning.InToto;

/// <summary>What a statement or predicate says around the report that it carries, as it is read.</summary>
internal sealed class ScanPredicateFacts
{
    public string? Type { get; set; }

    public string? PredicateType { get; set; }

    public List<StatementSubject> Subjects { get; } = [];

    public string? ScannerUri { get; set; }

    public string? ScannerVersion { get; set; }

    /// <summary>The oldest of the times given.</summary>
    public DateTimeOffset? Time { get; set; }

    public DateTimeOffset? DatabaseTime { get; set; }

    /// <summary>How the severity being read is rated.</summary>
    public string? Method { get; set; }

    /// <summary>The rating.</summary>
    public string? Score { get; set; }
}

/// <summary>One subject of a statement, as it is read.</summary>
internal sealed class StatementSubject
{
    public string? Name { get; set; }

    /// <summary>The algorithm of the digest being read.</summary>
    public string? Algorithm { get; set; }

    /// <summary>The SHA-256 digest, in hexadecimal digits.</summary>
    public string? Sha256 { get; set; }
}
