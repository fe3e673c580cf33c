// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;

namespace SupplyChain.Ledger;

/// <summary>
/// A scan report that became known. For one image configuration and scanner the newest known scan binds every later
/// request; a nicer, older report no longer counts. The configuration names the content of every layer, so the same
/// content brought again under another manifest, inside an index or out of it, is bound as well.
/// </summary>
/// <param name="Image">The digest that requests name: an index or a manifest.</param>
/// <param name="Config">The configuration of the platform that was scanned.</param>
/// <param name="Scanner">The scanner's name, such as <c>trivy</c>.</param>
/// <param name="ScanTime">When the scan was made, by the report.</param>
/// <param name="Report">The digest of the report's bytes.</param>
public sealed record KnownEvidence(Digest Image, Digest Config, string Scanner, DateTimeOffset ScanTime, Digest Report)
{
    /// <summary>When the ledger learned of it; set by the ledger.</summary>
    public DateTimeOffset? Received { get; init; }
}
