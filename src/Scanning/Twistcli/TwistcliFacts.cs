// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Scanning.Reading;

namespace SupplyChain.Scanning.Twistcli;

/// <summary>What twistcli says beside its rows, as it is read.</summary>
internal sealed class TwistcliFacts
{
    public List<string> ImageIds { get; } = [];

    public List<string> RepoDigests { get; } = [];

    public string? Distro { get; set; }

    /// <summary>The oldest of the times given.</summary>
    public DateTimeOffset? Time { get; set; }

    /// <summary>Whether some image has a list of vulnerabilities, however short.</summary>
    public bool HasVulnerabilities { get; set; }

    /// <summary>How many vulnerabilities the images count themselves; null when they do not.</summary>
    public double? Counted { get; set; }

    public double? Score { get; set; }

    public string? Vector { get; set; }

    /// <summary>The violation of a rule being read.</summary>
    public OtherRow? Other { get; set; }
}
