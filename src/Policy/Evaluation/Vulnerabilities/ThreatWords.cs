// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Policy;

/// <summary>The snapshots that a policy is judged by, as a decision shows them.</summary>
internal static class ThreatWords
{
    internal static IEnumerable<DecisionEvidence> Describe(IReadOnlyList<PolicyCheck> checks, ThreatData data)
    {
        var vulnerabilities = checks.OfType<VulnerabilityCheck>().ToList();
        if (data.KnownExploited is { } catalog && vulnerabilities.Exists(check => check.KnownExploited is not null))
        {
            yield return Line("known-exploited", catalog.Digest, catalog.Released, string.Create(
                CultureInfo.InvariantCulture, $"catalogue {Printable.Escape(catalog.Version)} of {catalog.Count} vulnerabilities"));
        }

        if (data.Epss is { } scores && vulnerabilities.Exists(check => check.Epss is not null))
        {
            yield return Line("epss", scores.Digest, scores.Date, string.Create(
                CultureInfo.InvariantCulture, $"EPSS{(scores.Model is null ? "" : " " + Printable.Escape(scores.Model))}, {scores.Count} scores"));
        }
    }

    private static DecisionEvidence Line(string kind, Digest digest, DateTimeOffset time, string producer) =>
        new() { Digest = digest, Kind = kind, Producer = producer, Time = time, Used = true };
}
