// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Scanning.Clair;

/// <summary>What the reports of older versions of Clair, and of the tools around it, say beside their rows.</summary>
internal sealed class ClairListFacts
{
    /// <summary>Whether there is a list of vulnerabilities, or of what may have some.</summary>
    public bool HasList { get; set; }

    /// <summary>How often the document has the analysis of an image.</summary>
    public int Layers { get; set; }

    /// <summary>What Quay says of the scan.</summary>
    public string? Status { get; set; }

    public bool IsOfQuay { get; set; }

    public bool HasImage { get; set; }

    /// <summary>Ids that were not approved, whether or not a row is about them.</summary>
    public int Unapproved { get; set; }

    /// <summary>Packages in the analysis.</summary>
    public int Features { get; set; }

    public string? FeatureName { get; set; }

    public string? FeatureVersion { get; set; }

    public string? FeatureFormat { get; set; }

    public int FirstLive { get; set; }
}
