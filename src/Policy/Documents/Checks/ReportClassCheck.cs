// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Policy;

/// <summary>What a scan report may carry beside vulnerabilities.</summary>
public enum ReportClass
{
    /// <summary>Passwords, keys and tokens in the image.</summary>
    Secrets,

    /// <summary>Configuration that is known to be dangerous.</summary>
    Misconfigurations,

    /// <summary>Licences that the scanner was told to look for.</summary>
    Licenses,
}

/// <summary>The reports that count found no more of one class than the policy accepts, and looked for it.</summary>
public sealed record ReportClassCheck : PolicyCheck
{
    internal ReportClassCheck(string name)
        : base(name)
    {
    }

    /// <summary>What is counted.</summary>
    public required ReportClass Class { get; init; }

    /// <summary>The worst severity that is not counted; of unknown severity all are.</summary>
    public SeverityLimit MaximumSeverity { get; init; } = SeverityLimit.BlockAll;

    /// <summary>The licences that are counted; empty where all findings are.</summary>
    public IReadOnlyList<string> Denied { get; init; } = [];

    /// <summary>How many of one report are accepted.</summary>
    public required int MaximumCount { get; init; }

    /// <summary>What it means that no report of a platform shows that its scanner looked.</summary>
    public required MissingRule WhenMissing { get; init; }
}
