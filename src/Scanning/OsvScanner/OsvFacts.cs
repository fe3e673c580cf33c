// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Scanning.Reading;

namespace SupplyChain.Scanning.OsvScanner;

/// <summary>What osv-scanner says beside its rows, as it is read.</summary>
internal sealed class OsvFacts
{
    /// <summary>The file whose packages are being read.</summary>
    public string? Path { get; set; }

    public int FirstOfResult { get; set; }

    public bool IsImage { get; set; }

    public string? Os { get; set; }

    /// <summary>The package being read.</summary>
    public OsvPackage Package { get; set; } = new();

    /// <summary>The group being read.</summary>
    public OsvGroup Group { get; set; } = new();

    /// <summary>The package of the advisory's own that is being read.</summary>
    public OsvAffected Affected { get; set; } = new();

    /// <summary>The versions of the range being read in which something was fixed.</summary>
    public List<string> Fixed { get; } = [];

    public string? RangeType { get; set; }

    public string? RatingType { get; set; }

    public string? Rating { get; set; }
}

/// <summary>One package. Its members come in any order, so its rows learn what they were found in when it ends.</summary>
internal sealed class OsvPackage
{
    public string? Name { get; set; }

    public string? Version { get; set; }

    public string? Ecosystem { get; set; }

    public int FirstLive { get; init; }

    public List<OsvGroup> Groups { get; } = [];

    /// <summary>What the advisories of the rows say is fixed.</summary>
    public List<OsvAffected> Affected { get; } = [];
}

/// <summary>Advisories of one vulnerability, and the highest score that any of them gives it.</summary>
internal sealed class OsvGroup
{
    public List<string> Ids { get; } = [];

    public double? HighestScore { get; set; }
}

/// <summary>One package that an advisory names; it may be another one than that of the row.</summary>
internal sealed class OsvAffected
{
    public FindingRow? Row { get; init; }

    public string? Name { get; set; }

    public List<string> Fixed { get; } = [];
}
