// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Scanning;

namespace SupplyChain.Policy;

/// <summary>Whether findings are exploited, or too likely to be; and whether the data to say so is there and young enough.</summary>
internal sealed class ThreatJudge(VulnerabilityCheck check, ThreatData data, DateTimeOffset time)
{
    private KnownExploitedCatalog? Catalog => check.KnownExploited is null ? null : data.KnownExploited;

    private EpssScores? Scores => check.Epss is null ? null : data.Epss;

    /// <summary>Whether the policy refuses exploited vulnerabilities and this is one, by anybody's word.</summary>
    internal bool IsExploited(Finding finding) => check.KnownExploited is not null
        && (finding.IsKnownExploited || (Catalog is { } catalog && FindingIds.All(finding).Any(catalog.Contains)));

    internal bool ExceedsEpss(Finding finding) => check.Epss is { } rule
        && (ScoreOf(finding) is { } score ? !(score <= rule.Maximum) : rule.WhenMissing == MissingRule.Refuse);

    /// <summary>The highest probability that anybody gives.</summary>
    internal double? ScoreOf(Finding finding)
    {
        var highest = finding.Epss;
        foreach (var id in FindingIds.All(finding))
        {
            if (Scores?.Find(id) is { } score && !(score <= highest))
                highest = score;
        }

        return highest;
    }

    /// <summary>The digests of the snapshots that are judged by.</summary>
    internal IEnumerable<Digest> Digests => new[] { Catalog?.Digest, Scores?.Digest }.OfType<Digest>();

    /// <summary>The snapshots that are judged by, in words; null when there are none.</summary>
    internal string? Words
    {
        get
        {
            string?[] words =
            [
                Catalog is null ? null : $"known exploited as of {Times.Show(Catalog.Released)}",
                Scores is null ? null : $"EPSS of {Times.Show(Scores.Date)}",
            ];
            var told = string.Join(", ", words.OfType<string>());
            return told.Length == 0 ? null : told;
        }
    }

    /// <summary>What keeps the policy from being judged.</summary>
    internal IReadOnlyList<Rejection> Problems =>
    [
        .. new[]
        {
            check.KnownExploited is { } rule
                ? Judge("the catalogue of known exploited vulnerabilities", Catalog?.Released, rule.MaximumAge)
                : null,
            check.Epss is { } epss ? Judge("the file of EPSS scores", Scores?.Date, epss.MaximumAge) : null,
        }.OfType<Rejection>(),
    ];

    internal static string Show(double? score) => score is { } known
        ? "EPSS " + known.ToString("0.#####", CultureInfo.InvariantCulture)
        : "no EPSS score";

    private Rejection? Judge(string what, DateTimeOffset? made, TimeSpan limit)
    {
        var expected = $"{what} at most {Times.Show(limit)} old";
        return made switch
        {
            null => new Rejection(ReasonCode.ThreatDataMissing, $"{what} is not configured")
            {
                Expected = expected,
                Actual = "none",
            },
            { } known when known - time > Limits.ClockSkew =>
                new Rejection(ReasonCode.ThreatDataStale, $"{what} is dated {Times.Show(known)}, ahead of the clock")
                {
                    Expected = expected,
                    Actual = $"of {Times.Show(known)}",
                },
            { } known when time - known > limit =>
                new Rejection(ReasonCode.ThreatDataStale, $"{what} is {Times.ShowAge(time - known)} old, of {Times.Show(known)}")
                {
                    Expected = expected,
                    Actual = $"{Times.ShowAge(time - known)} old",
                },
            _ => null,
        };
    }
}
