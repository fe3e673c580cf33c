// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Policy;

/// <summary>What to do about reports whose age is not the matter: scanning with a newer database would not help.</summary>
public static class FreshnessRemedy
{
    /// <summary>For one that tells no time.</summary>
    public const string Undated = "Send a report that tells when it was made, as the scanner's own format does.";

    /// <summary>For one that is dated ahead of the clock.</summary>
    public const string Ahead = "Correct the clock of the machine that scans, or of the attestor, and scan again.";
}
