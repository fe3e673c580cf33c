// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Ledger;
using SupplyChain.Ledger.Requests;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Oci;
using SupplyChain.Signer;

namespace SupplyChain.Attestor;

/// <summary>Steps 9 and 10 of the cycle: store what was signed, read it back, record completion.</summary>
internal sealed class Publication(ArtifactStore store, DecisionLedger ledger)
{
    /// <summary>Publishes what the ledger holds signed of a request, whoever signed it.</summary>
    /// <exception cref="RegistryException">Something could not be stored; the request stays open.</exception>
    public async ValueTask<Decision> PublishAsync(
        RequestLease lease, Decision decision, Repository repository, IReadOnlyList<SignedArtifact> artifacts,
        CancellationToken cancellationToken)
    {
        var stored = new List<DecisionArtifact>();
        using (CycleStep.Start(9, "store"))
        {
            foreach (var artifact in artifacts)
            {
                // Whoever took this request over publishes the same bytes; two at once would only waste effort.
                lease = await ledger.RenewAsync(lease, cancellationToken);
                stored.Add(await store.StoreAsync(repository, artifact, decision.Time, cancellationToken));
            }
        }

        using (CycleStep.Start(10, "record completion"))
        {
            var completed = await ledger.CompleteAsync(lease, decision with { Artifacts = stored }, cancellationToken);
            return completed.Read();
        }
    }
}
