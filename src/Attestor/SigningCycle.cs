// SPDX-License-Identifier: Apache-2.0

using Microsoft.Extensions.Logging;
using SupplyChain.Evidence;
using SupplyChain.Kms;
using SupplyChain.Ledger;
using SupplyChain.Ledger.Requests;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Oci;
using SupplyChain.Policy;
using SupplyChain.Signer;
using SupplyChain.Sigstore;
using SupplyChain.Sigstore.Clients;

namespace SupplyChain.Attestor;

/// <summary>
/// The gate in front of the key: from "please sign this digest" to a stored approval, or a refusal that says what would
/// make it pass. The numbered steps are those of docs/signing-cycle.md; 2 to 10 are trace spans of their names.
/// </summary>
/// <param name="policies">The policies in force at the moment of asking; null before the first were loaded.</param>
/// <param name="registries">Where images live.</param>
/// <param name="keys">The keys that sign.</param>
/// <param name="ledger">The record.</param>
/// <param name="clock">The time.</param>
/// <param name="logger">Where operators are told what was interrupted and taken up.</param>
public sealed class SigningCycle(
    Func<PolicySet?> policies, Registries registries, AttestorKeys keys, DecisionLedger ledger, TimeProvider clock,
    ILogger<SigningCycle> logger) : IDisposable
{
    internal static readonly TimeSpan RetrySoon = TimeSpan.FromSeconds(2);

    private const string PolicyChanged = "the policy changed while the request was worked on";
    private const string Unseen = "a log or timestamp authority that the policy wants to see what is signed did not";
    private const string Fallen =
        "rests on a key that no longer counts; ask with new evidence, or under another Idempotency-Key where this one names the request";

    private readonly SubjectResolver _subjects = new(registries);
    private readonly SigningEvidence _evidence = new(new AttachmentReader(registries), new SubjectResolver(registries));
    private readonly Publication _publication = new(new ArtifactStore(registries), ledger, policies, clock);
    private readonly KeyedGate _gate = new();

    /// <summary>Who sees what is signed, where policies ask for it; without it they are not signed under.</summary>
    public Witnesses? Witnesses { get; init; }

    /// <summary>What is known about vulnerabilities at the moment of asking; without it policies that need it are an ERROR.</summary>
    public Func<ThreatData> ThreatData { get; init; } = () => Policy.ThreatData.None;

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
            if (!Grant.TryFind(policies(), request, out var granted, out var no))
            {
                if (!request.CheckOnly)
                    await ledger.RecordRejectionAsync(RejectionOf(request, no), cancellationToken);
                return no;
            }

            grant = granted;
        }

        // What the request brings is read first: its digests tell whether this request was asked before.
        var sent = await SentEvidence.ReadAsync(request.Reports, request.Documents, cancellationToken);
        if (request.CheckOnly)
        {
            var judged = await JudgeAsync(grant, sent, NewId(), cancellationToken);
            return new AttestationAnswer.Decided(judged.Decision, isRecorded: false);
        }

        var identity = grant.IdentityOf(request, sent, clock.GetUtcNow());
        // Equal requests of this process wait for one another, so that the first one's answer serves them all.
        using (await _gate.EnterAsync(identity.Key.ToString(), cancellationToken))
            return await DecideAsync(grant, sent, identity, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _gate.Dispose();

    private async ValueTask<AttestationAnswer> DecideAsync(
        Grant grant, SentEvidence sent, RequestIdentity identity, CancellationToken cancellationToken)
    {
        switch (await ledger.BeginAsync(identity, cancellationToken))
        {
            case BeginResult.Done done:
                return await RecallAsync(done.Decision.Read(), grant, cancellationToken);

            case BeginResult.Conflict:
                return new AttestationAnswer.Rejected(
                    ReasonCode.IdempotencyConflict,
                    "this Idempotency-Key was sent before with another image, policy or evidence");

            case BeginResult.InProgress busy:
                return new AttestationAnswer.Rejected(
                    ReasonCode.RequestInProgress, "the same request is being worked on", Later(busy.Until));

            case BeginResult.Started started:
                return await WithLeaseAsync(started.Lease, async lease =>
                {
                    var judged = await JudgeAsync(grant, sent, lease.Request, cancellationToken);
                    if (judged.Decision.IsPositive)
                        return await ApproveAsync(lease, grant, judged, sent, open: null, cancellationToken);

                    var refused = await ledger.RefuseAsync(lease, judged.Decision, judged.Basis.Value, cancellationToken);
                    return new AttestationAnswer.Decided(refused.Read(), isRecorded: true, judged.RetryAfter);
                }, cancellationToken);

            case BeginResult.Resumed resumed:
                return await WithLeaseAsync(
                    resumed.Lease, lease => ResumeAsync(lease, grant, sent, resumed.Open, cancellationToken), cancellationToken);

            case var unknown:
                throw new InvalidOperationException($"The ledger answered {unknown.GetType().Name}.");
        }
    }

    // Answered before: as then, unless the yes rests on a key that has been revoked or retired since.
    private async ValueTask<AttestationAnswer> RecallAsync(Decision decision, Grant grant, CancellationToken cancellationToken)
    {
        if (decision.IsPositive)
        {
            var signers = await ledger.Reader.FindSignersAsync(decision.Id, cancellationToken);
            if (Standing.FindRefusal(decision, signers, grant.Policy, grant.Policies, clock.GetUtcNow()) is { } fallen)
                return new AttestationAnswer.Rejected(fallen, $"what was signed for this request {Fallen}");
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

    // 3 to 6: what is it, evidence, binding, evaluation.
    private async ValueTask<Judged> JudgeAsync(
        Grant grant, SentEvidence sent, string id, CancellationToken cancellationToken)
    {
        ImageSubject subject;
        try
        {
            using (CycleStep.Start(3, "what is it"))
                subject = await _subjects.ResolveAsync(grant.Repository, grant.Digest, cancellationToken);
        }
        catch (RegistryException fault)
        {
            return Judged.WithoutSubject(grant, id, clock.GetUtcNow(), fault);
        }

        EvidenceSet evidence;
        using (CycleStep.Start(4, "evidence"))
            evidence = await _evidence.GatherAsync(
                subject, grant.Policy, grant.Policies, sent, clock.GetUtcNow(), cancellationToken);
        using (CycleStep.Start(5, "binding"))
        {
            evidence = await KnownReports.BindAsync(
                evidence, grant.Policy, grant.Policies, ledger, clock.GetUtcNow(), cancellationToken);
        }

        using (CycleStep.Start(6, "evaluate"))
            return Judged.By(grant, id, clock.GetUtcNow(), subject, evidence with { ThreatData = ThreatData() });
    }

    // An intent is on record. Once the approval is signed, and seen by whoever the policy wants to see it, the decision stands and is only
    // finished; before that the image has to pass again, for a newer report may have become known since.
    private async ValueTask<AttestationAnswer> ResumeAsync(
        RequestLease lease, Grant grant, SentEvidence sent, OpenRequest open,
        CancellationToken cancellationToken)
    {
        Log.Resumed(logger, lease.Request, open.Signatures.Count);
        // The same words by the same requester, but with claims that another policy covers: that one never decided this.
        if (open.Decision.Policy?.Revision != grant.Policy.Revision)
            return await GiveUpAsync(lease, open.Decision, open, ReasonCode.PolicyChanged, PolicyChanged, cancellationToken);

        // Nor is anything published that rests on a key which has been revoked or retired since.
        var fallen = Standing.FindRefusal(open.Decision, open.Signatures, grant.Policies, clock.GetUtcNow());
        if (fallen is not null && open.Signatures.Count > 0)
            return await FallAsync(lease, fallen, newer: "", cancellationToken);

        var again = await JudgeAsync(grant, sent, open.Request, cancellationToken);
        if (again.Decision.IsPositive || Unwitnessed.IsApproved(open, grant.Digest))
        {
            var before = fallen is null ? again with { Decision = open.Decision, Basis = new(open.Basis) } : again;
            return await ApproveAsync(lease, grant, before, sent, open, cancellationToken);
        }

        if (open.Signatures.Count == 0)
        {
            var refused = await ledger.RefuseAsync(lease, again.Decision, again.Basis.Value, cancellationToken);
            return new AttestationAnswer.Decided(refused.Read(), isRecorded: true, again.RetryAfter);
        }

        // What was signed stays on record, and what is not in the registry yet stays out of it; a later, better report finishes the request.
        await ledger.ReleaseAsync(lease, cancellationToken);
        return new AttestationAnswer.Decided(again.Decision, isRecorded: false, again.RetryAfter);
    }

    // 7 to 10: intent, sign, store, completion.
    private async ValueTask<AttestationAnswer> ApproveAsync(
        RequestLease lease, Grant grant, Judged judged, SentEvidence sent, OpenRequest? open,
        CancellationToken cancellationToken)
    {
        if (judged.Subject is not { } subject)
        {
            await ledger.ReleaseAsync(lease, cancellationToken);
            return new AttestationAnswer.Interrupted(
                ReasonCode.EvidenceUnreachable, "the image can no longer be fetched; what was signed stays on record",
                RetrySoon);
        }

        try
        {
            if (!grant.IsInForce(policies(), clock.GetUtcNow()))
                return await GiveUpAsync(lease, judged.Decision, open, ReasonCode.PolicyChanged, PolicyChanged, cancellationToken);

            var key = await keys.OpenAsync(grant.Attestor, clock.GetUtcNow(), cancellationToken);
            var recheck = new Recheck(grant, judged, subject, ledger, policies, clock);
            var signing = new RecordedSigning(ledger, lease, new ArtifactSigner(key), WitnessingOf(grant, lease, key.PublicKey, recheck), open, judged, recheck);
            var first = await ArtifactPlan.BeforeApprovalAsync(grant, judged, subject, sent, cancellationToken);
            using (CycleStep.Start(7, "record intent"))
                await signing.RecordIntentAsync(first, cancellationToken);
            if (!grant.IsInForce(policies(), clock.GetUtcNow()))
                return await GiveUpAsync(lease, judged.Decision, open, ReasonCode.PolicyChanged, PolicyChanged, cancellationToken);
            // Once the decision stands only what it rests on is looked at; until then what a scanner posted meanwhile binds.
            if (!Unwitnessed.IsApproved(open, grant.Digest) && await recheck.FindNewerAsync(cancellationToken) is { } newer)
                return await GiveUpAsync(lease, judged.Decision, open, ReasonCode.ReportSuperseded, newer, cancellationToken);

            IReadOnlyList<RecordedSignature> signed;
            using (CycleStep.Start(8, "sign"))
                signed = await signing.SignAllAsync(grant, subject, first, cancellationToken);

            var published = await _publication.PublishAsync(lease, judged.Decision, signed, cancellationToken);
            return published.Decision is { } decision
                ? new AttestationAnswer.Decided(decision, isRecorded: true)
                : await FallAsync(lease, published.Refusal!, newer: "", cancellationToken);
        }
        catch (SigningStoppedException stopped)
        {
            return await FallAsync(lease, stopped.Reason, stopped.Message, cancellationToken);
        }
        catch (RegistryException fault)
        {
            return await InterruptAsync(lease, fault.Reason, fault.Message, fault.RetryAfter, fault);
        }
        catch (KmsException fault)
        {
            return await InterruptAsync(lease, fault.Reason, "the signing key did not sign", fault.RetryAfter, fault);
        }
        catch (TransparencyException fault)
        {
            return await InterruptAsync(lease, fault.Reason, Unseen, fault.RetryAfter, fault);
        }
    }

    private RecordedWitnessing? WitnessingOf(Grant grant, RequestLease lease, PublicKey key, Recheck recheck)
    {
        if (grant.Policy.Transparency is null)
            return null;

        // Chosen before anything is signed, so that nothing is that could never be seen.
        var witness = Witnesses?.For(grant.Policies, grant.Policy, key) ?? throw new TransparencyException(
            ReasonCode.TransparencyRefused, $"policy {grant.Policy.Name} asks for transparency, and this service speaks to no log or timestamp authority");
        return new RecordedWitnessing(ledger, lease, witness, grant, recheck, clock);
    }

    // What was signed stays on record, and what of it is not in the registry yet stays out of it while this is so.
    private async ValueTask<AttestationAnswer> FallAsync(RequestLease lease, ReasonCode fallen, string newer, CancellationToken cancellationToken)
    {
        await ledger.ReleaseAsync(lease, cancellationToken);
        return fallen == ReasonCode.PolicyChanged ? new AttestationAnswer.Interrupted(fallen, PolicyChanged, RetrySoon)
            : fallen == ReasonCode.ReportSuperseded ? new AttestationAnswer.Interrupted(fallen, newer, RetrySoon)
            : new AttestationAnswer.Interrupted(fallen, $"what was signed for this request {Fallen}");
    }

    private async ValueTask<AttestationAnswer> WithLeaseAsync(
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
            // Without this the next attempt would wait for the lease to run out.
            await ledger.ReleaseAsync(lease, CancellationToken.None);
            throw;
        }
    }

    // A signature on record is kept, and not stored under a policy or on reports that no longer hold; what an earlier attempt stored is there.
    private async ValueTask<AttestationAnswer> GiveUpAsync(
        RequestLease lease, Decision decision, OpenRequest? open, ReasonCode reason, string message, CancellationToken cancellationToken)
    {
        if (open is null or { Signatures.Count: 0 })
        {
            await ledger.RefuseAsync(
                lease,
                decision with
                {
                    Outcome = Outcome.Error,
                    Checks =
                    [
                        .. decision.Checks,
                        CheckResult.Error(
                            reason == ReasonCode.PolicyChanged ? "policy" : "reports", reason == ReasonCode.PolicyChanged ? "policy" : "evidence", reason, message),
                    ],
                },
                cancellationToken);
        }
        else
        {
            await ledger.ReleaseAsync(lease, cancellationToken);
        }

        return new AttestationAnswer.Interrupted(reason, message, RetrySoon);
    }

    private async ValueTask<AttestationAnswer> InterruptAsync(
        RequestLease lease, ReasonCode reason, string message, TimeSpan? retryAfter, Exception fault)
    {
        Log.Interrupted(logger, lease.Request, reason.Name, fault);
        await ledger.ReleaseAsync(lease, CancellationToken.None);
        return new AttestationAnswer.Interrupted(reason, message, retryAfter ?? (reason.IsRetryable ? RetrySoon : null));
    }

    private static Rejection RejectionOf(AttestationRequest request, AttestationAnswer.Rejected no) =>
        new(no.Reason, no.Message)
        {
            Requester = new DecisionRequester(request.Requester.Issuer, request.Requester.Subject),
            Image = Printable.Escape(request.Image),
        };

    private string NewId() => Guid.CreateVersion7(clock.GetUtcNow()).ToString();

    // Most requests are done in a moment; only that of a worker that died is waited for until its lease has run out.
    private TimeSpan Later(DateTimeOffset until)
    {
        var wait = until - clock.GetUtcNow();
        return wait < RetrySoon ? TimeSpan.FromSeconds(1) : RetrySoon;
    }
}
