// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Evidence;
using SupplyChain.Kms;
using SupplyChain.Ledger;
using SupplyChain.Ledger.Requests;
using SupplyChain.Model.Decisions;
using SupplyChain.Oci;
using SupplyChain.Policy;
using SupplyChain.Signer;
using SupplyChain.Sigstore;
using SupplyChain.Sigstore.Clients;

namespace SupplyChain.Attestor;

/// <summary>
/// Steps 7 to 10 of the cycle, for an image that passed: intent, sign, store, completion. Before each of them what the yes rests on has to hold
/// still.
/// </summary>
internal sealed class Approving(
    Func<PolicySet?> policies, AttestorKeys keys, Publication publication, DecisionLedger ledger, UnfinishedRequest unfinished, TimeProvider clock)
{
    private const string Unseen = "a log or timestamp authority that the policy wants to see what is signed did not";

    /// <summary>Who sees what is signed, where policies ask for it; without it they are not signed under.</summary>
    public Witnesses? Witnesses { get; set; }

    /// <summary>Signs and stores what an approval consists of, or what is missing of it.</summary>
    /// <param name="lease">The right to do it.</param>
    /// <param name="grant">That the requester may ask for it.</param>
    /// <param name="judged">The yes.</param>
    /// <param name="sent">What the request brought.</param>
    /// <param name="open">How far an earlier attempt got; null for the first.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask<AttestationAnswer> ApproveAsync(
        RequestLease lease, Grant grant, Judged judged, SentEvidence sent, OpenRequest? open, CancellationToken cancellationToken)
    {
        if (judged.Subject is not { } subject)
        {
            await ledger.ReleaseAsync(lease, cancellationToken);
            return new AttestationAnswer.Interrupted(
                ReasonCode.EvidenceUnreachable, "the image can no longer be fetched; what was signed stays on record",
                SigningCycle.RetrySoon);
        }

        try
        {
            return await ApproveAsync(lease, grant, judged, subject, sent, open, cancellationToken);
        }
        catch (SigningStoppedException stopped)
        {
            return await unfinished.FallAsync(lease, stopped.Reason, stopped.Message, cancellationToken);
        }
        catch (RegistryException fault)
        {
            return await unfinished.InterruptAsync(lease, fault.Reason, fault.Message, fault.RetryAfter, fault);
        }
        catch (KmsException fault)
        {
            return await unfinished.InterruptAsync(lease, fault.Reason, "the signing key did not sign", fault.RetryAfter, fault);
        }
        catch (TransparencyException fault)
        {
            return await unfinished.InterruptAsync(lease, fault.Reason, Unseen, fault.RetryAfter, fault);
        }
    }

    private async ValueTask<AttestationAnswer> ApproveAsync(
        RequestLease lease, Grant grant, Judged judged, ImageSubject subject, SentEvidence sent, OpenRequest? open,
        CancellationToken cancellationToken)
    {
        if (!grant.IsInForce(policies(), clock.GetUtcNow()))
            return await unfinished.GiveUpByPolicyAsync(lease, judged.Decision, open, cancellationToken);

        var key = await keys.OpenAsync(grant.Attestor, clock.GetUtcNow(), cancellationToken);
        var recheck = new Recheck(grant, judged, subject, ledger, policies, clock);
        var signing = new RecordedSigning(ledger, lease, new ArtifactSigner(key), WitnessingOf(grant, lease, key.PublicKey, recheck), open, judged, recheck);
        var first = await ArtifactPlan.BeforeApprovalAsync(grant, judged, subject, sent, cancellationToken);
        using (CycleStep.Start(7, "record intent"))
            await signing.RecordIntentAsync(first, cancellationToken);
        if (!grant.IsInForce(policies(), clock.GetUtcNow()))
            return await unfinished.GiveUpByPolicyAsync(lease, judged.Decision, open, cancellationToken);
        // Once the decision stands only what it rests on is looked at; until then what a scanner posted meanwhile binds.
        if (!Unwitnessed.IsApproved(open, grant.Digest) && await recheck.FindNewerAsync(cancellationToken) is { } newer)
            return await unfinished.GiveUpByReportAsync(lease, judged.Decision, open, newer, cancellationToken);

        IReadOnlyList<RecordedSignature> signed;
        using (CycleStep.Start(8, "sign"))
            signed = await signing.SignAllAsync(grant, subject, first, cancellationToken);

        var published = await publication.PublishAsync(lease, judged.Decision, signed, cancellationToken);
        return published.Decision is { } decision
            ? new AttestationAnswer.Decided(decision, isRecorded: true)
            : await unfinished.FallAsync(lease, published.Refusal!, newer: "", cancellationToken);
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
}
