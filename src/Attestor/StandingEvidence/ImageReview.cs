// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using SupplyChain.Evidence;
using SupplyChain.Ledger;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Policy;

namespace SupplyChain.Attestor;

/// <summary>
/// Judges an image that was signed again, by the policies that approved it and on what was posted now. It no longer passes where a check
/// of the policy fails that rests on a posted report; that other reports have grown old meanwhile says nothing about the image.
/// </summary>
internal sealed class ImageReview(
    SigningEvidence evidence, DecisionLedger ledger, ThreatData threats, TimeProvider clock, ILogger logger)
{
    private static readonly Meter Meter = new("SupplyChain.Attestor");

    private static readonly Counter<long> Lapses = Meter.CreateCounter<long>(
        "supplychain.attestor.lapsed", description: "Signed images that newer evidence showed not to pass any more.");

    /// <summary>The decisions by which the image no longer passes, each on record once for a policy revision and these reports.</summary>
    public async ValueTask<IReadOnlyList<Decision>> RunAsync(
        PolicySet policies, ImageSubject subject, Requester poster, IReadOnlyList<ReadReport> reports, CancellationToken cancellationToken)
    {
        if (reports.Count == 0)
            return [];

        // Asked for apart: no number of refusals, nor of approvals by one policy, may push another's out of sight.
        var approving = await ledger.Reader.FindApprovingPoliciesAsync(subject.Digest, cancellationToken);
        var reviews = new DecisionQuery { Image = subject.Digest, Kind = EntryKind.Review, Limit = DecisionQuery.LargestLimit };
        var earlier = (await ledger.Reader.FindDecisionsAsync(reviews, cancellationToken)).Select(found => found.Read()).ToList();
        var lapsed = new List<Decision>();
        foreach (var policy in policies.SigningPolicies.Where(policy => approving.Contains(policy.Name) && policy.IsFor(subject.Repository)))
        {
            var decision = earlier.Find(review => IsSame(review, policy, reports))
                ?? await JudgeAsync(policies, policy, subject, poster, reports, cancellationToken);
            if (decision is not null)
                lapsed.Add(decision);
        }

        return lapsed;
    }

    private async ValueTask<Decision?> JudgeAsync(
        PolicySet policies, SigningPolicy policy, ImageSubject subject, Requester poster, IReadOnlyList<ReadReport> reports,
        CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var gathered = await evidence.GatherAsync(subject, policy, policies, new SentEvidence(reports), now, cancellationToken);
        var grant = new Grant(
            policies, policy, policies.FindAttestor(policy.Attestor)!, new DecisionRequester(poster.Issuer, poster.Subject),
            subject.Repository, subject.Digest);
        var judged = Judged.By(grant, Guid.CreateVersion7(now).ToString(), now, subject, gathered with { ThreatData = threats });
        var failed = judged.Decision.Checks.FirstOrDefault(check => check.Verdict == Verdict.Fail && check.Type is not "evidence"
            && check.Evidence.Any(digest => reports.Any(report => report.Result.Digest == digest)));
        if (failed is null)
            return null;

        var decision = judged.Decision with { Checks = [.. judged.Decision.Checks.Select(check => SkipSubmitted(check, policy))] };
        await ledger.RecordReviewAsync(decision, judged.Basis.Value, cancellationToken);
        Lapses.Add(1, new KeyValuePair<string, object?>("policy", policy.Name));
        Log.Lapsed(logger, subject.Digest.ToString(), policy.Name, failed.Reason!.Name, decision.Id);
        return decision;
    }

    // Whoever posts a report has none of the documents that came with the request, and is not to blame for that.
    private static CheckResult SkipSubmitted(CheckResult check, SigningPolicy policy) =>
        policy.Checks.OfType<AttestationCheck>().Any(written =>
            written.Source == EvidenceSource.Submitted && string.Equals(written.Name, check.Name, StringComparison.Ordinal))
            ? CheckResult.Skipped(check.Name, check.Type, ReasonCode.EvidenceMissing, "what came with the request is not judged again")
            : check;

    private static bool IsSame(Decision review, SigningPolicy policy, IReadOnlyList<ReadReport> reports) =>
        review.Policy?.Revision == policy.Revision
        && reports.All(report => review.Evidence.Any(line => line.Digest == report.Result.Digest));
}
