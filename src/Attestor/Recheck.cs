// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Ledger;
using SupplyChain.Ledger.Requests;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Policy;

namespace SupplyChain.Attestor;

/// <summary>
/// Asks again, after every wait, whether what a request is signed on still holds: a key service, log or timestamp authority may take its time,
/// and what changes meanwhile counts for this request too.
/// </summary>
internal sealed class Recheck(
    Grant grant, Judged judged, ImageSubject subject, DecisionLedger ledger, Func<PolicySet?> policies, TimeProvider clock)
{
    /// <summary>Makes sure that neither the policy nor a report changed, and that every key counts.</summary>
    /// <param name="signed">What was signed.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="SigningStoppedException">Something of it no longer holds.</exception>
    public async ValueTask EnsureAsync(IReadOnlyCollection<RecordedSignature> signed, CancellationToken cancellationToken)
    {
        Ensure(signed);
        if (await FindNewerAsync(cancellationToken) is { } newer)
            throw new SigningStoppedException(ReasonCode.ReportSuperseded, newer);
    }

    /// <summary>Makes sure that the policy did not change, and that every key counts.</summary>
    /// <param name="signed">What was signed.</param>
    /// <exception cref="SigningStoppedException">Something of it no longer holds.</exception>
    public void Ensure(IReadOnlyCollection<RecordedSignature> signed)
    {
        var (current, now) = (policies(), clock.GetUtcNow());
        if (Standing.FindRefusal(judged.Decision, signed, current, now) is { } fallen)
            throw new SigningStoppedException(fallen, $"what decision {judged.Decision.Id} rests on no longer counts");
        if (!grant.IsInForce(current, now))
            throw new SigningStoppedException(ReasonCode.PolicyChanged, $"policy {grant.Policy.Name} changed");
    }

    /// <summary>What is known of a report that became known since the image was judged; null when there is none.</summary>
    public async ValueTask<string?> FindNewerAsync(CancellationToken cancellationToken) =>
        await KnownReports.FindNewerAsync(judged, subject, grant.Policy, ledger, cancellationToken) is { } newer
            ? $"report {newer.Report} of {Printable.Escape(newer.Scanner)} became known while the request was worked on"
            : null;
}
