// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Hosting.Identity;
using SupplyChain.Ledger;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Policy;

namespace SupplyChain.Attestor.Api;

/// <summary>
/// What a requester may see of the record: decisions made for it, or about images that it may have signed or post evidence about. All
/// others look like none.
/// </summary>
internal sealed class VisibleDecisions(LedgerReader ledger, Func<PolicySet?> policies)
{
    /// <summary>The decision with that id; null if there is none that concerns <paramref name="requester"/>.</summary>
    public async ValueTask<RecordedDecision?> FindAsync(Requester requester, string id, CancellationToken cancellationToken) =>
        await ledger.FindDecisionAsync(id, cancellationToken) is { } recorded && Concerns(requester, recorded) ? recorded : null;

    /// <summary>
    /// The newest decisions that match and concern <paramref name="requester"/>, newest first, among the newest
    /// <see cref="Limits.DecisionsLookedAt"/> that match.
    /// </summary>
    public async ValueTask<IReadOnlyList<RecordedDecision>> FindAsync(
        Requester requester, DecisionQuery query, CancellationToken cancellationToken)
    {
        var found = new List<RecordedDecision>();
        var lookedAt = 0;
        IReadOnlyList<RecordedDecision> page;
        do
        {
            page = await ledger.FindDecisionsAsync(query, cancellationToken);
            lookedAt += page.Count;
            found.AddRange(page.Where(recorded => Concerns(requester, recorded)).Take(query.Limit - found.Count));
            query = query with { Before = page is [.., var last] ? last.Sequence : query.Before };
        }
        while (page.Count == query.Limit && found.Count < query.Limit && lookedAt < Limits.DecisionsLookedAt);

        return found;
    }

    private bool Concerns(Requester requester, RecordedDecision recorded)
    {
        var decision = recorded.Read();
        if (decision.Requester == new DecisionRequester(requester.Issuer, requester.Subject))
            return true;

        return Repository.TryParse(decision.Subject.Name, out var repository, out _)
            && policies()?.SigningPolicies.Any(policy => policy.Covers(repository, requester) || policy.LetsPost(repository, requester)) == true;
    }
}
