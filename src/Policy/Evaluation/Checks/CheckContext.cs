// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Policy;

/// <summary>What a check may look at.</summary>
/// <param name="Rules">What evidence counts.</param>
/// <param name="Policies">The policies in force, which know the attestors.</param>
/// <param name="Evidence">What was gathered.</param>
/// <param name="Scans">The scans that count.</param>
/// <param name="Time">The server's time.</param>
internal sealed record CheckContext(
    EvidenceRules Rules, PolicySet Policies, EvidenceSet Evidence, IReadOnlyList<JudgedScan> Scans, DateTimeOffset Time)
{
    internal ImageSubject Subject => Evidence.Subject;

    /// <summary>The platforms that have to pass; every check of an image judges all of them.</summary>
    internal IReadOnlyList<PlatformManifest> Platforms { get; } = Rules.Judged(Evidence.Subject);
}
