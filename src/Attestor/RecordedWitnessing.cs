// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Ledger;
using SupplyChain.Ledger.Requests;
using SupplyChain.Signer;
using SupplyChain.Sigstore;
using SupplyChain.Sigstore.Clients;

namespace SupplyChain.Attestor;

/// <summary>
/// Has recorded signatures seen, and records them again with what shows it. Only that is published: a signature that nobody saw stays in the
/// ledger.
/// </summary>
internal sealed class RecordedWitnessing(
    DecisionLedger ledger, RequestLease lease, ArtifactWitness witness, Grant grant, Recheck recheck, TimeProvider clock)
{
    /// <summary>The time, by which the wait is limited.</summary>
    public TimeProvider Clock => clock;

    /// <summary>Has one signature seen.</summary>
    /// <exception cref="TransparencyException">Somebody did not do their part; asked again, the same signature is shown.</exception>
    /// <exception cref="SigningStoppedException">What it was signed on no longer holds.</exception>
    public async ValueTask<RecordedSignature> WitnessAsync(RecordedSignature unwitnessed, CancellationToken cancellationToken)
    {
        // What is not published any more is not shown to anybody either.
        recheck.Ensure([unwitnessed]);
        var statement = Unwitnessed.Witnessed(unwitnessed.Statement);
        var artifact = RecordedArtifacts.Read(unwitnessed) with { Purpose = statement.Purpose };
        // Logs and authorities may take their time.
        await ledger.RenewAsync(lease, cancellationToken);
        var seen = await witness.WitnessAsync(artifact, FindKey(unwitnessed), cancellationToken);
        // Once the approval is on record as seen the decision stands, so this is the last moment at which something can speak against it.
        if (string.Equals(statement.Purpose, Drafts.Approval, StringComparison.Ordinal))
            await recheck.EnsureAsync([unwitnessed], cancellationToken);

        // Also for a caller who has gone: the log has the entry, and would have to be asked for it again.
        return await ledger.RecordSignatureAsync(
            lease, RecordedArtifacts.Write(seen, statement, unwitnessed.KeyId, unwitnessed.PublicKey, grant.TrustRoot!.Revision), CancellationToken.None);
    }

    // The attestor is still what it was at the grant, and one of its keys signed.
    private PublicKey FindKey(RecordedSignature signature) =>
        grant.Attestor.Members.Select(member => member.PublicKey).FirstOrDefault(key => key?.Id == signature.PublicKey)
        ?? throw new InvalidOperationException($"The key {signature.PublicKey} is none of attestor {grant.Attestor.Name}.");
}
