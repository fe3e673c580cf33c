// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Evidence;
using SupplyChain.Ledger;
using SupplyChain.Oci;
using SupplyChain.Policy;

namespace SupplyChain.Attestor;

/// <summary>Steps 3 to 6 of the cycle: what is it, evidence, binding, evaluation. Nothing is signed here, and no decision recorded.</summary>
internal sealed class Judging(Registries registries, DecisionLedger ledger, TimeProvider clock)
{
    private readonly SubjectResolver _subjects = new(registries);
    private readonly SigningEvidence _evidence = new(new AttachmentReader(registries), new SubjectResolver(registries));

    /// <summary>What is known about vulnerabilities at the moment of asking.</summary>
    public Func<ThreatData> ThreatData { get; set; } = () => Policy.ThreatData.None;

    /// <summary>Judges the image of a grant by its policy.</summary>
    /// <param name="grant">The grant.</param>
    /// <param name="sent">What the request brought.</param>
    /// <param name="id">The decision's id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask<Judged> JudgeAsync(Grant grant, SentEvidence sent, string id, CancellationToken cancellationToken)
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
}
