// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Ledger;
using SupplyChain.Ledger.Requests;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Oci;
using SupplyChain.Policy;
using SupplyChain.Signer;

namespace SupplyChain.Attestor;

/// <summary>Steps 9 and 10 of the cycle: store what was signed, read it back, record completion.</summary>
internal sealed class Publication(ArtifactStore store, DecisionLedger ledger, Func<PolicySet?> policies, TimeProvider clock)
{
    /// <summary>
    /// Publishes what the ledger holds signed of a request, whoever signed it. Before each artifact, so before the approval too, it makes
    /// sure that the policy and the keys still count; from the first time that they do not, nothing more is stored.
    /// </summary>
    /// <param name="lease">The right to do it.</param>
    /// <param name="decision">What was decided.</param>
    /// <param name="signed">What was signed, the approval last.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="RegistryException">Something could not be stored; the request stays open.</exception>
    public async ValueTask<Published> PublishAsync(
        RequestLease lease, Decision decision, IReadOnlyList<RecordedSignature> signed, CancellationToken cancellationToken)
    {
        var repository = Repository.Parse(decision.Subject.Name);
        var stored = new List<DecisionArtifact>();
        using (CycleStep.Start(9, "store"))
        {
            foreach (var artifact in signed.Select(RecordedArtifacts.Read))
            {
                if (Standing.FindRefusal(decision, signed, policies(), clock.GetUtcNow()) is { } fallen)
                    return new Published(Decision: null, fallen);

                // Whoever took this request over publishes the same bytes; two at once would only waste effort.
                lease = await ledger.RenewAsync(lease, cancellationToken);
                stored.Add(await store.StoreAsync(repository, artifact, decision.Time, cancellationToken));
            }
        }

        using (CycleStep.Start(10, "record completion"))
        {
            var completed = await ledger.CompleteAsync(lease, decision with { Artifacts = stored }, cancellationToken);
            return new Published(completed.Read(), Refusal: null);
        }
    }
}

/// <summary>What came of publishing.</summary>
/// <param name="Decision">The decision with what is stored; null where it was refused.</param>
/// <param name="Refusal">What no longer counts; null where all is stored.</param>
internal sealed record Published(Decision? Decision, ReasonCode? Refusal);
