// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Ledger;
using SupplyChain.Ledger.Requests;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Policy;
using SupplyChain.Signer;
using SupplyChain.Sigstore.Clients;

namespace SupplyChain.Attestor;

/// <summary>
/// Signs so that the ledger always knows first: an intent before the key is asked, the signature before anything is published. What the ledger
/// already holds for a purpose and subject is what will be published, whatever was signed since.
/// </summary>
internal sealed class RecordedSigning(
    DecisionLedger ledger, RequestLease lease, ArtifactSigner signer, RecordedWitnessing? witnessing, OpenRequest? open, Judged judged,
    Recheck recheck)
{
    // A log's answer takes some seconds, and an image may have many platforms.
    private const int WitnessedAtOnce = 8;

    public async ValueTask RecordIntentAsync(IReadOnlyList<Draft> drafts, CancellationToken cancellationToken)
    {
        var missing = drafts.Where(draft => Recorded(draft.Purpose, draft) is null).SelectMany(StatementsOf).ToList();
        if (missing.Count == 0)
            return;

        var intent = new SigningIntent(signer.KeyId, judged.Decision, missing) { Basis = judged.Basis.Value };
        await ledger.RecordIntentAsync(lease, intent, cancellationToken);
    }

    /// <summary>
    /// Signs what was planned, and the approval last, for it names the digests of the others. Where the policy asks for it, each is seen by
    /// logs and timestamp authorities once it is on record: those before the approval together, for none of them names another.
    /// </summary>
    /// <exception cref="SigningStoppedException">What is signed on no longer holds.</exception>
    public async ValueTask<IReadOnlyList<RecordedSignature>> SignAllAsync(
        Grant grant, ImageSubject subject, IReadOnlyList<Draft> planned, CancellationToken cancellationToken)
    {
        var signed = await SignAsync(planned, cancellationToken);
        var approval = ArtifactPlan.Approval(grant, judged, subject, [.. signed.Select(RecordedArtifacts.Read)]);
        if (approval is not null)
            await RecordIntentAsync([approval], cancellationToken);
        // The key and whoever saw the others took their time.
        if (!Unwitnessed.IsApproved(open, grant.Digest))
            await recheck.EnsureAsync(signed, cancellationToken);
        return approval is null ? signed : [.. signed, .. await SignAsync([approval], cancellationToken)];
    }

    private async ValueTask<IReadOnlyList<RecordedSignature>> SignAsync(IReadOnlyList<Draft> drafts, CancellationToken cancellationToken)
    {
        var signed = new List<RecordedSignature>();
        foreach (var draft in drafts)
            signed.Add(await SignAsync(draft, cancellationToken));
        return await WitnessAsync(signed, cancellationToken);
    }

    private async ValueTask<IReadOnlyList<RecordedSignature>> WitnessAsync(
        List<RecordedSignature> signed, CancellationToken cancellationToken)
    {
        if (witnessing is null)
            return signed;

        using var limit = new CancellationTokenSource(Limits.TransparencyStep, witnessing.Clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        using var room = new SemaphoreSlim(WitnessedAtOnce);
        try
        {
            return await Task.WhenAll(signed.Select(signature => WitnessAsync(signature, room, stop)));
        }
        catch (OperationCanceledException late) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TransparencyException(
                ReasonCode.TransparencyUnavailable,
                $"logs and timestamp authorities did not see {signed.Count} signatures within {Limits.TransparencyStep.TotalSeconds:0} s", late);
        }
    }

    // Who fails ends the wait for the others: all of them are needed, and what was seen by then is on record.
    private async Task<RecordedSignature> WitnessAsync(RecordedSignature signature, SemaphoreSlim room, CancellationTokenSource stop)
    {
        if (!Unwitnessed.Is(signature))
            return signature;

        await room.WaitAsync(stop.Token);
        try
        {
            return await witnessing!.WitnessAsync(signature, stop.Token);
        }
        catch
        {
            await stop.CancelAsync();
            throw;
        }
        finally
        {
            room.Release();
        }
    }

    // What is on record for a draft by now: as it will be published or, where others have to see it first, as it was signed.
    private async ValueTask<RecordedSignature> SignAsync(Draft draft, CancellationToken cancellationToken)
    {
        var purpose = PurposeOf(draft);
        if ((Recorded(draft.Purpose, draft) ?? Recorded(purpose, draft)) is { } recorded)
            return recorded;

        var artifact = await signer.SignAsync(draft, cancellationToken);
        // Also for a caller who has gone: the same request, asked again, would have to be signed again.
        return await ledger.RecordSignatureAsync(
            lease, RecordedArtifacts.Write(artifact, StatementOf(purpose, draft), signer.KeyId, signer.PublicKey), CancellationToken.None);
    }

    private RecordedSignature? Recorded(string purpose, Draft draft) => open?.Find(purpose, draft.Subject.Digest);

    private string PurposeOf(Draft draft) => witnessing is null ? draft.Purpose : Unwitnessed.Of(draft.Purpose);

    private IEnumerable<IntendedStatement> StatementsOf(Draft draft) =>
        new[] { PurposeOf(draft), draft.Purpose }.Distinct(StringComparer.Ordinal).Select(purpose => StatementOf(purpose, draft));

    private static IntendedStatement StatementOf(string purpose, Draft draft) => new(purpose, draft.Subject.Digest, draft.PayloadDigest);
}
