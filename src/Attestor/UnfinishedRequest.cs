// SPDX-License-Identifier: Apache-2.0

using Microsoft.Extensions.Logging;
using SupplyChain.Ledger;
using SupplyChain.Ledger.Requests;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Attestor;

/// <summary>
/// How a request ends for now that was approved and cannot be finished: what was signed stays on record, what of it is not in the registry yet
/// stays out of it, and the lease is given back, so that the next attempt need not wait for it.
/// </summary>
internal sealed class UnfinishedRequest(DecisionLedger ledger, ILogger logger)
{
    /// <summary>What is said where a key no longer counts.</summary>
    public const string Fallen =
        "what was signed for this request rests on a key that no longer counts, or counted by other policies; ask with new evidence, or under another Idempotency-Key where this one "
        + "names the request";

    private const string PolicyChanged = "the policy changed while the request was worked on";

    /// <summary>Something that it rests on no longer counts: the policy, a key, or a report.</summary>
    /// <param name="lease">The right to work on it.</param>
    /// <param name="reason">POLICY_CHANGED, REPORT_SUPERSEDED, or why a key does not count.</param>
    /// <param name="newer">The newer report, where one is the reason.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask<AttestationAnswer> FallAsync(RequestLease lease, ReasonCode reason, string newer, CancellationToken cancellationToken)
    {
        await ledger.ReleaseAsync(lease, cancellationToken);
        return reason == ReasonCode.PolicyChanged ? new AttestationAnswer.Interrupted(reason, PolicyChanged, SigningCycle.RetrySoon)
            : reason == ReasonCode.ReportSuperseded ? new AttestationAnswer.Interrupted(reason, newer, SigningCycle.RetrySoon)
            : new AttestationAnswer.Interrupted(reason, Fallen);
    }

    /// <summary>The policy changed. Where nothing was signed the request ends with that.</summary>
    public ValueTask<AttestationAnswer> GiveUpByPolicyAsync(
        RequestLease lease, Decision decision, OpenRequest? open, CancellationToken cancellationToken) => GiveUpAsync(
            lease, decision, open, CheckResult.Error("policy", "policy", ReasonCode.PolicyChanged, PolicyChanged), cancellationToken);

    /// <summary>A newer report became known. Where nothing was signed the request ends with that.</summary>
    public ValueTask<AttestationAnswer> GiveUpByReportAsync(
        RequestLease lease, Decision decision, OpenRequest? open, string newer, CancellationToken cancellationToken) => GiveUpAsync(
            lease, decision, open, CheckResult.Error("reports", "evidence", ReasonCode.ReportSuperseded, newer), cancellationToken);

    /// <summary>A dependency failed.</summary>
    /// <param name="lease">The right to work on it.</param>
    /// <param name="reason">Why.</param>
    /// <param name="message">What is said of it to the requester.</param>
    /// <param name="retryAfter">When asking again is worth it, where the dependency said so.</param>
    /// <param name="fault">What is said of it to operators.</param>
    public async ValueTask<AttestationAnswer> InterruptAsync(
        RequestLease lease, ReasonCode reason, string message, TimeSpan? retryAfter, Exception fault)
    {
        Log.Interrupted(logger, lease.Request, reason.Name, fault);
        await ledger.ReleaseAsync(lease, CancellationToken.None);
        return new AttestationAnswer.Interrupted(reason, message, retryAfter ?? (reason.IsRetryable ? SigningCycle.RetrySoon : null));
    }

    /// <summary>Gives the request back where the attempt ends by a fault, or because the caller has gone, and passes that on.</summary>
    public async ValueTask<AttestationAnswer> GuardAsync(
        RequestLease lease, Func<RequestLease, ValueTask<AttestationAnswer>> work, CancellationToken cancellationToken)
    {
        try
        {
            return await work(lease);
        }
        catch (Exception unfinished) when (unfinished is not LedgerException)
        {
            if (unfinished is OperationCanceledException && cancellationToken.IsCancellationRequested)
                Log.Aborted(logger, lease.Request);
            else
                Log.Unfinished(logger, lease.Request, unfinished);
            await ledger.ReleaseAsync(lease, CancellationToken.None);
            throw;
        }
    }

    private async ValueTask<AttestationAnswer> GiveUpAsync(
        RequestLease lease, Decision decision, OpenRequest? open, CheckResult error, CancellationToken cancellationToken)
    {
        if (open is null or { Signatures.Count: 0 })
            await ledger.RefuseAsync(lease, decision with { Outcome = Outcome.Error, Checks = [.. decision.Checks, error] }, cancellationToken);
        else
            await ledger.ReleaseAsync(lease, cancellationToken);
        return new AttestationAnswer.Interrupted(error.Reason!, error.Message, SigningCycle.RetrySoon);
    }
}
