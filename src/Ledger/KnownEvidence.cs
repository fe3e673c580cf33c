// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;

namespace SupplyChain.Ledger;

/// <summary>
/// A scan report that became known for an image. For one image, platform manifest and scanner the newest known scan
/// binds every later request; a nicer, older report no longer counts.
/// </summary>
/// <param name="Image">The digest that requests name: an index or a manifest.</param>
/// <param name="Manifest">The platform manifest the report speaks of; the image itself where it is no index.</param>
/// <param name="Scanner">The scanner's name, such as <c>trivy</c>.</param>
/// <param name="ScanTime">When the scan was made, by the report.</param>
/// <param name="Report">The digest of the report's bytes.</param>
public sealed record KnownEvidence(Digest Image, Digest Manifest, string Scanner, DateTimeOffset ScanTime, Digest Report)
{
    /// <summary>When the ledger learned of it; set by the ledger.</summary>
    public DateTimeOffset? Received { get; init; }
}
