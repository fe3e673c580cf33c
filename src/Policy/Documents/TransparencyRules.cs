// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Sigstore;

namespace SupplyChain.Policy;

/// <summary>Who has to see what is signed before any of it is stored.</summary>
/// <param name="TrustRoot">The trust root that their answers are held against, and whose signing configuration says where they are.</param>
/// <param name="IsLogged">Whether logs have to record it.</param>
/// <param name="IsTimestamped">Whether timestamp authorities have to tell when.</param>
/// <param name="Location">Where it is written.</param>
public sealed record TransparencyRules(string TrustRoot, bool IsLogged, bool IsTimestamped, SourceLocation Location)
{
    /// <summary>The versions of logs that can record what a key signs.</summary>
    /// <param name="key">The key; null where it is not known yet.</param>
    /// <param name="isEnvelope">Whether envelopes are signed, as bundles hold them, rather than the payload of the tag layout.</param>
    public IReadOnlyList<uint> LogVersions(PublicKey? key, bool isEnvelope) =>
        [.. SigningConfig.LogVersions.Where(version => Explain(version, key, isEnvelope) is null)];

    /// <summary>Why logs of a version cannot record what a key signs; null when they can.</summary>
    internal string? Explain(uint version, PublicKey? key, bool isEnvelope) => (version, isEnvelope) switch
    {
        (2, false) => "the tag layout holds entries of logs of version 1 alone; produce.layouts: [bundle] leaves it out",
        (2, true) when !IsTimestamped => "logs of version 2 tell no time; ask for timestamp: required too",
        _ => key is null ? null : LoggableKeys.Explain(key, version, isEnvelope),
    };
}
