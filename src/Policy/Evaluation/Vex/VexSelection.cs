// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Scanning;

namespace SupplyChain.Policy;

/// <summary>A statement that sets a finding aside.</summary>
internal sealed record AppliedStatement(JudgedVex Vex, int Index, VexStatement Statement, DateTimeOffset Time);

/// <summary>A VEX document and the rules that let its signer speak; with a rejection it changes nothing.</summary>
internal sealed record JudgedVex(VexEvidence Evidence, IReadOnlyList<VexRule> Rules, string? Attestor, Rejection? Rejection);

/// <summary>
/// The VEX statements that count: those of documents that an attestor signed whom the policy names. For each finding the latest
/// of them wins, whoever made it; only a latest one that is listed, dated, young and about this image sets the finding aside.
/// </summary>
internal sealed class VexSelection
{
    private readonly IReadOnlyList<JudgedVex> _all;
    private readonly ILookup<string, Candidate> _byId;
    private readonly DateTimeOffset _time;

    private VexSelection(IReadOnlyList<JudgedVex> all, DateTimeOffset time)
    {
        _all = all;
        _time = time;
        _byId = all.Where(vex => vex.Rejection is null)
            .SelectMany(vex => vex.Evidence.Document!.Statements.Select((statement, index) => new Candidate(vex, index, statement)))
            .SelectMany(candidate => Ids(candidate.Statement).Select(id => (Id: id, Candidate: candidate)))
            .ToLookup(named => named.Id, named => named.Candidate, StringComparer.OrdinalIgnoreCase);
    }

    internal static VexSelection From(EvidenceRules rules, PolicySet policies, EvidenceSet evidence, DateTimeOffset time)
    {
        var trust = new VexTrust(rules, policies, time);
        return new VexSelection(
            [
                .. evidence.Vex.Select(trust.Judge)
                    .OrderBy(vex => vex.Evidence.Digest.ToString(), StringComparer.Ordinal)
                    .ThenBy(vex => vex.Evidence.SignedBy?.Id.ToString(), StringComparer.Ordinal)
                    .ThenBy(vex => vex.Evidence.Source),
            ],
            time);
    }

    /// <summary>The statement that sets a finding aside, or else why the latest one about it does not; neither when there is none.</summary>
    internal (AppliedStatement? Applied, string? Obstacle) Find(Finding finding, PlatformManifest? platform, ImageSubject subject)
    {
        if (_byId.Count == 0)
            return (null, null);

        var latest = FindingIds.All(finding).SelectMany(id => _byId[id]).Distinct()
            .Select(candidate => Weigh(candidate, finding, platform, subject)).OfType<Weighed>()
            // One of unknown time may be the latest, and of two of one time the stricter one is taken.
            .OrderByDescending(weighed => weighed.Time ?? DateTimeOffset.MaxValue)
            .ThenBy(weighed => weighed.Obstacle is null)
            .ThenBy(weighed => weighed.Candidate.Vex.Evidence.Digest.ToString(), StringComparer.Ordinal)
            .ThenBy(weighed => weighed.Candidate.Index)
            .FirstOrDefault();
        return latest switch
        {
            null => (null, null),
            { Obstacle: null, Time: { } made } =>
                (new AppliedStatement(latest.Candidate.Vex, latest.Candidate.Index, latest.Candidate.Statement, made), null),
            var (candidate, time, obstacle) =>
                (null, $"{VexWords.Describe(candidate.Statement, candidate.Index, time)} by {candidate.Vex.Attestor}: {obstacle}"),
        };
    }

    /// <summary>Every document, with each statement of it that was applied.</summary>
    internal IReadOnlyList<DecisionEvidence> Describe(IReadOnlyCollection<AppliedStatement> applied) =>
    [
        .. _all.Select(vex =>
        {
            var own = applied.Where(statement => ReferenceEquals(statement.Vex, vex)).ToList();
            return VexWords.Describe(vex, own);
        }).Distinct(),
    ];

    // Null when it is not about this finding, or its signer has no say in it.
    private Weighed? Weigh(Candidate candidate, Finding finding, PlatformManifest? platform, ImageSubject subject)
    {
        var (vex, _, statement) = candidate;
        if (statement.Status is VexStatus.NotAffected or VexStatus.Fixed && !IsAbout(vex.Evidence, platform, subject))
            return null;

        var matches =
            (from rule in vex.Rules
             from product in statement.Products
             let match = VexProducts.Match(product, rule.Products, subject, platform, finding.Package)
             where match != ProductMatch.None
             select (Rule: rule, Match: match)).ToList();
        if (matches.Count == 0)
            return null;

        var time = vex.Evidence.Document!.TimeOf(statement);
        return new Weighed(candidate, time, ObstacleOf(statement, time, finding, matches));
    }

    // Why a statement does not set the finding aside; null when it does.
    private string? ObstacleOf(
        VexStatement statement, DateTimeOffset? time, Finding finding, List<(VexRule Rule, ProductMatch Match)> matches)
    {
        var listing = matches.Where(found => found.Rule.Statuses.Contains(statement.Status)).ToList();
        if (listing.Count == 0)
            return "that status sets nothing aside";
        if (!IsReasoned(statement))
            return "it gives no reason";
        if (!Ids(statement).Any(id => FindingIds.IsNamedBy(finding, id)))
            return "the finding is more than it names";

        var exact = listing.Where(found => found.Match == ProductMatch.Exact || found.Rule.AcceptsBlanket).ToList();
        if (exact.Count == 0)
            return "it names neither a version of the product nor a part of it";
        if (time is not { } made)
            return "it tells no time";
        if (made - _time > Limits.ClockSkew)
            return "it is from the future";

        return exact.Exists(found => _time - made <= found.Rule.MaximumAge) ? null : "it is too old";
    }

    // What was attested of another image may take something back here, and sets nothing aside.
    private static bool IsAbout(VexEvidence vex, PlatformManifest? platform, ImageSubject subject) =>
        vex.Images.Any(image => image == subject.Digest || image == platform?.Manifest.Digest);

    // Nobody has to believe "not affected" without a reason.
    private static bool IsReasoned(VexStatement statement) =>
        statement.Status != VexStatus.NotAffected
        || !string.IsNullOrWhiteSpace(statement.Justification) || !string.IsNullOrWhiteSpace(statement.ImpactStatement);

    private static IEnumerable<string> Ids(VexStatement statement) => statement.Aliases.Prepend(statement.Vulnerability);

    private sealed record Candidate(JudgedVex Vex, int Index, VexStatement Statement);

    private sealed record Weighed(Candidate Candidate, DateTimeOffset? Time, string? Obstacle);
}
