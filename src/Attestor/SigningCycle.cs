// SPDX-License-Identifier: Apache-2.0

using Microsoft.Extensions.Logging;
using SupplyChain.Evidence;
using SupplyChain.Ledger;
using SupplyChain.Ledger.Requests;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Oci;
using SupplyChain.Policy;
using SupplyChain.Signer;

namespace SupplyChain.Attestor;

/// <summary>
/// The gate in front of the key: from "please sign this digest" to a stored approval, or a refusal that says what would
/// make it pass. The numbered steps are those of docs/signing-cycle.md; 2 to 10 are trace spans of their names.
/// </summary>
public sealed class SigningCycle : IDisposable
{
    internal static readonly TimeSpan RetrySoon = TimeSpan.FromSeconds(2);

    private readonly Func<PolicySet?> _policies;
    private readonly DecisionLedger _ledger;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly EarlierAnswer _earlier;
    private readonly Judging _judging;
    private readonly Approving _approving;
    private readonly UnfinishedRequest _unfinished;
    private readonly KeyedGate _gate = new();

    /// <summary>Puts the cycle together; nothing is asked yet.</summary>
    /// <param name="policies">The policies in force at the moment of asking; null before the first were loaded.</param>
    /// <param name="registries">Where images live.</param>
    /// <param name="keys">The keys that sign.</param>
    /// <param name="ledger">The record.</param>
    /// <param name="clock">The time.</param>
    /// <param name="logger">Where operators are told what was interrupted and taken up.</param>
    public SigningCycle(
        Func<PolicySet?> policies, Registries registries, AttestorKeys keys, DecisionLedger ledger, TimeProvider clock, ILogger<SigningCycle> logger)
    {
        (_policies, _ledger, _clock, _logger) = (policies, ledger, clock, logger);
        _earlier = new EarlierAnswer(ledger, clock);
        _judging = new Judging(registries, ledger, clock);
        _unfinished = new UnfinishedRequest(ledger, logger);
        var publication = new Publication(new ArtifactStore(registries), ledger, policies, clock);
        _approving = new Approving(policies, keys, publication, ledger, _unfinished, clock);
    }

    /// <summary>Who sees what is signed, where policies ask for it; without it they are not signed under.</summary>
    public Witnesses? Witnesses
    {
        get => _approving.Witnesses;
        init => _approving.Witnesses = value;
    }

    /// <summary>What is known about vulnerabilities at the moment of asking; without it policies that need it are an ERROR.</summary>
    public Func<ThreatData> ThreatData
    {
        get => _judging.ThreatData;
        init => _judging.ThreatData = value;
    }

    /// <summary>
    /// Runs the cycle once. Step 1, who asks, is done: the request carries an authenticated requester.
    /// </summary>
    /// <exception cref="LedgerException">
    /// The ledger cannot be written; nothing was signed that is not on record.
    /// </exception>
    /// <exception cref="OperationCanceledException">
    /// The caller went away; a later attempt takes up what was recorded.
    /// </exception>
    public async ValueTask<AttestationAnswer> AttestAsync(
        AttestationRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);

        // 2. May they.
        Grant grant;
        using (CycleStep.Start(2, "may they"))
        {
            if (!Grant.TryFind(_policies(), request, out var granted, out var no))
            {
                if (!request.CheckOnly)
                    await _ledger.RecordRejectionAsync(RejectionOf(request, no), cancellationToken);
                return no;
            }

            grant = granted;
        }

        // What the request brings is read first: its digests tell whether this request was asked before.
        var sent = await SentEvidence.ReadAsync(request.Reports, request.Documents, cancellationToken);
        if (request.CheckOnly)
        {
            var judged = await _judging.JudgeAsync(grant, sent, NewId(), cancellationToken);
            return new AttestationAnswer.Decided(judged.Decision, isRecorded: false);
        }

        var identity = grant.IdentityOf(request, sent, _clock.GetUtcNow());
        // Equal requests of this process wait for one another, so that the first one's answer serves them all.
        using (await _gate.EnterAsync(identity.Key.ToString(), cancellationToken))
            return await DecideAsync(grant, sent, identity, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _gate.Dispose();

    private async ValueTask<AttestationAnswer> DecideAsync(
        Grant grant, SentEvidence sent, RequestIdentity identity, CancellationToken cancellationToken)
    {
        switch (await _ledger.BeginAsync(identity, cancellationToken))
        {
            case BeginResult.Done done:
                return await _earlier.RecallAsync(done.Decision.Read(), grant, cancellationToken);

            case BeginResult.Conflict:
                return new AttestationAnswer.Rejected(
                    ReasonCode.IdempotencyConflict,
                    "this Idempotency-Key was sent before with another image, policy or evidence");

            case BeginResult.InProgress busy:
                return new AttestationAnswer.Rejected(
                    ReasonCode.RequestInProgress, "the same request is being worked on", Later(busy.Until));

            case BeginResult.Started started:
                return await _unfinished.GuardAsync(started.Lease, async lease =>
                {
                    var judged = await _judging.JudgeAsync(grant, sent, lease.Request, cancellationToken);
                    if (judged.Decision.IsPositive)
                        return await _approving.ApproveAsync(lease, grant, judged, sent, open: null, cancellationToken);

                    var refused = await _ledger.RefuseAsync(lease, judged.Decision, judged.Basis.Value, cancellationToken);
                    return new AttestationAnswer.Decided(refused.Read(), isRecorded: true, judged.RetryAfter);
                }, cancellationToken);

            case BeginResult.Resumed resumed:
                return await _unfinished.GuardAsync(
                    resumed.Lease, lease => ResumeAsync(lease, grant, sent, resumed.Open, cancellationToken), cancellationToken);

            case var unknown:
                throw new InvalidOperationException($"The ledger answered {unknown.GetType().Name}.");
        }
    }

    // An intent is on record. Once the approval is signed, and seen by whoever the policy wants to see it, the decision stands and is only
    // finished; before that the image has to pass again, for a newer report may have become known since.
    private async ValueTask<AttestationAnswer> ResumeAsync(
        RequestLease lease, Grant grant, SentEvidence sent, OpenRequest open,
        CancellationToken cancellationToken)
    {
        Log.Resumed(_logger, lease.Request, open.Signatures.Count);
        // The same words by the same requester, but with claims that another policy covers: that one never decided this.
        if (open.Decision.Policy?.Revision != grant.Policy.Revision)
            return await _unfinished.GiveUpByPolicyAsync(lease, open.Decision, open, cancellationToken);

        // Nor is anything published that rests on a key which has been revoked or retired since.
        var fallen = Standing.FindRefusal(open.Decision, open.Signatures, grant.Policies, _clock.GetUtcNow());
        if (fallen is not null && open.Signatures.Count > 0)
            return await _unfinished.FallAsync(lease, fallen, newer: "", cancellationToken);

        var again = await _judging.JudgeAsync(grant, sent, open.Request, cancellationToken);
        if (again.Decision.IsPositive || Unwitnessed.IsApproved(open, grant.Digest))
        {
            var before = fallen is null ? again with { Decision = open.Decision, Basis = new(open.Basis) } : again;
            return await _approving.ApproveAsync(lease, grant, before, sent, open, cancellationToken);
        }

        if (open.Signatures.Count == 0)
        {
            var refused = await _ledger.RefuseAsync(lease, again.Decision, again.Basis.Value, cancellationToken);
            return new AttestationAnswer.Decided(refused.Read(), isRecorded: true, again.RetryAfter);
        }

        // What was signed stays on record, and what is not in the registry yet stays out of it; a later, better report finishes the request.
        await _ledger.ReleaseAsync(lease, cancellationToken);
        return new AttestationAnswer.Decided(again.Decision, isRecorded: false, again.RetryAfter);
    }

    private static Rejection RejectionOf(AttestationRequest request, AttestationAnswer.Rejected no) =>
        new(no.Reason, no.Message)
        {
            Requester = new DecisionRequester(request.Requester.Issuer, request.Requester.Subject),
            Image = Printable.Escape(request.Image),
        };

    private string NewId() => Guid.CreateVersion7(_clock.GetUtcNow()).ToString();

    // Most requests are done in a moment; only that of a worker that died is waited for until its lease has run out.
    private TimeSpan Later(DateTimeOffset until)
    {
        var wait = until - _clock.GetUtcNow();
        return wait < RetrySoon ? TimeSpan.FromSeconds(1) : RetrySoon;
    }
}
