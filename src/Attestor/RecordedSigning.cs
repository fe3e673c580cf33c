// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Ledger;
using SupplyChain.Ledger.Requests;
using SupplyChain.Model;
using SupplyChain.Policy;
using SupplyChain.Signer;

namespace SupplyChain.Attestor;

/// <summary>
/// Signs so that the ledger always knows first: an intent before the key is asked, the signature before anything is published. What the ledger
/// already holds for a purpose and subject is what will be published, whatever was signed since.
/// </summary>
internal sealed class RecordedSigning(
    DecisionLedger ledger, RequestLease lease, ArtifactSigner signer, OpenRequest? open, Judged judged)
{
    private readonly HashSet<Digest> _signers = [];

    /// <summary>The public keys of everything that was signed, now or before.</summary>
    public IReadOnlyCollection<Digest> Signers => _signers;

    public async ValueTask RecordIntentAsync(IReadOnlyList<Draft> drafts, CancellationToken cancellationToken)
    {
        var missing = drafts.Where(draft => Recorded(draft) is null).Select(StatementOf).ToList();
        if (missing.Count == 0)
            return;

        var intent = new SigningIntent(signer.KeyId, judged.Decision, missing) { Basis = judged.Basis.Value };
        await ledger.RecordIntentAsync(lease, intent, cancellationToken);
    }

    /// <summary>Signs what was planned, and the approval last, for it names the digests of the others.</summary>
    public async ValueTask<IReadOnlyList<SignedArtifact>> SignAllAsync(
        Grant grant, ImageSubject subject, IReadOnlyList<Draft> planned, CancellationToken cancellationToken)
    {
        var artifacts = new List<SignedArtifact>();
        foreach (var draft in planned)
            artifacts.Add(await SignAsync(draft, cancellationToken));
        if (ArtifactPlan.Approval(grant, judged, subject, artifacts) is { } approval)
        {
            await RecordIntentAsync([approval], cancellationToken);
            artifacts.Add(await SignAsync(approval, cancellationToken));
        }

        return artifacts;
    }

    private async ValueTask<SignedArtifact> SignAsync(Draft draft, CancellationToken cancellationToken)
    {
        if (Recorded(draft) is not { } recorded)
        {
            var artifact = await signer.SignAsync(draft, cancellationToken);

            // Also for a caller who has gone: the same request, asked again, would have to be signed again.
            recorded = await ledger.RecordSignatureAsync(
                lease, RecordedArtifacts.Write(artifact, StatementOf(draft), signer.KeyId, signer.PublicKey), CancellationToken.None);
        }

        _signers.Add(recorded.PublicKey);
        return RecordedArtifacts.Read(recorded);
    }

    private RecordedSignature? Recorded(Draft draft) => open?.Find(draft.Purpose, draft.Subject.Digest);

    private static IntendedStatement StatementOf(Draft draft) => new(draft.Purpose, draft.Subject.Digest, draft.PayloadDigest);
}
