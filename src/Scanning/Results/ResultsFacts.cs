// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Scanning.OsvScanner;
using SupplyChain.Scanning.Twistcli;

namespace SupplyChain.Scanning.Results;

/// <summary>What a document of results says, as it is read; which of the two tools wrote it is known when it ends.</summary>
internal sealed class ResultsFacts
{
    /// <summary>Entries of <c>results</c>; null when there is no such list.</summary>
    public int? Results { get; set; }

    /// <summary>Whether some result has a member that only osv-scanner writes.</summary>
    public bool IsOsvScanner { get; set; }

    /// <summary>Whether some result has a member that only twistcli writes.</summary>
    public bool IsTwistcli { get; set; }

    /// <summary>Packages that the results list, with findings or without.</summary>
    public int Packages { get; set; }

    public OsvFacts Osv { get; } = new();

    public TwistcliFacts Twistcli { get; } = new();
}
