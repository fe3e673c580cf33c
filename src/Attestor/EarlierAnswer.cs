// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Ledger;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Attestor;

/// <summary>
/// The answer to a request that was decided before: as then, unless the yes rests on a key that has been revoked or retired since, or on reports
/// that newer ones showed not to hold.
/// </summary>
internal sealed class EarlierAnswer(DecisionLedger ledger, TimeProvider clock)
{
    /// <summary>Answers from the record.</summary>
    public async ValueTask<AttestationAnswer> RecallAsync(Decision decision, Grant grant, CancellationToken cancellationToken)
    {
        if (decision.IsPositive)
        {
            var signers = await ledger.Reader.FindSignersAsync(decision.Id, cancellationToken);
            if (Standing.FindRefusal(decision, signers, grant.Policy, grant.Policies, clock.GetUtcNow()) is { } fallen)
                return new AttestationAnswer.Rejected(fallen, UnfinishedRequest.Fallen);
            if (await FindLapseAsync(decision, cancellationToken) is { } lapse)
            {
                return new AttestationAnswer.Rejected(
                    ReasonCode.ReportSuperseded, $"what was signed for this request no longer passes: a newer report is known, see decision {lapse.Id}");
            }
        }

        return new AttestationAnswer.Decided(decision, isRecorded: true);
    }

    // A review since then by the same policy: a scanner posted what the approval does not stand up to.
    private async ValueTask<Decision?> FindLapseAsync(Decision decision, CancellationToken cancellationToken)
    {
        var since = new DecisionQuery
        {
            Image = decision.Subject.Digest,
            Kind = EntryKind.Review,
            Since = decision.Time,
            Limit = DecisionQuery.LargestLimit,
        };
        return (await ledger.Reader.FindDecisionsAsync(since, cancellationToken)).Select(found => found.Read())
            .FirstOrDefault(review => string.Equals(review.Policy?.Name, decision.Policy?.Name, StringComparison.Ordinal));
    }
}
