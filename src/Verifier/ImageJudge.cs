// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Evidence;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Oci;
using SupplyChain.Policy;

namespace SupplyChain.Verifier;

/// <summary>Answers open questions with evidence: docs/verification-order.md, steps 6 to 8 and 10.</summary>
internal sealed class ImageJudge(IEvidenceSource evidence, VerifierOptions options, TimeProvider time)
{
    private const string Check = "evidence";

    /// <summary>
    /// Answers an open question with evidence; never later than <paramref name="cancellationToken"/> is cancelled, which
    /// makes it an error.
    /// </summary>
    public async Task<ImageVerdict> FinishAsync(
        PolicyInForce policy, OpenQuestion question, SemaphoreSlim turns, CancellationToken cancellationToken)
    {
        try
        {
            await turns.WaitAsync(cancellationToken);
            try
            {
                // 6. Once per digest: whoever asks the same meanwhile gets the same answer.
                return await policy.Flights.JoinAsync(question.Key, () => DecideAsync(policy, question))
                    .WaitAsync(cancellationToken);
            }
            finally
            {
                turns.Release();
            }
        }
        catch (OperationCanceledException)
        {
            return Error(policy, question, ReasonCode.VerifyTimeout, $"{question.Image} could not be verified in time");
        }
    }

    // Belongs to nobody who waits, so it ends by its own deadline, and it never throws: what it returns is shared.
    private async Task<ImageVerdict> DecideAsync(PolicyInForce policy, OpenQuestion question)
    {
        try
        {
            using var deadline = new CancellationTokenSource(options.Deadline, time);
            var needs = policy.NeedsOf(question.Rule);
            // A source that ignores its token must not keep the question open for ever.
            var found = await evidence
                .GatherAsync(question.Key.Repository, question.Key.Digest, needs, deadline.Token).AsTask()
                .WaitAsync(deadline.Token);
            return Conclude(policy, question, found);
        }
        catch (RegistryException fault) when (fault.Reason.IsRetryable)
        {
            return Error(policy, question, fault.Reason, fault.Message);
        }
        catch (RegistryException refusal)
        {
            return Draft(policy).Deny(Subject(question), Check, refusal.Reason, refusal.Message, question.Rule);
        }
        catch (OperationCanceledException late)
        {
            return Error(
                policy, question, ReasonCode.VerifyTimeout,
                $"the evidence for {question.Image} did not come within {options.Deadline.TotalSeconds:0.#} s", late);
        }
        catch (Exception fault)
        {
            return Error(
                policy, question, ReasonCode.VerifyError,
                $"{question.Image} could not be verified; the verifier's log says why", fault);
        }
    }

    // 7 and 8 happened while gathering and happen in the policy: here they become a decision.
    private ImageVerdict Conclude(PolicyInForce policy, OpenQuestion question, EvidenceSet found)
    {
        if (found.Origin != EvidenceOrigin.Live)
            throw new InvalidOperationException($"evidence of origin {found.Origin} cannot admit anything");
        if (found.Subject.Manifest.Digest != question.Key.Digest || found.Subject.Repository != question.Key.Repository)
            throw new InvalidOperationException("the evidence is about another image than was asked for");

        var now = time.GetUtcNow();
        var evaluation = AdmissionEvaluation.Evaluate(policy.Policy, question.Rule, policy.Policies, found, now);
        var verdict = new DecisionDraft(policy.Policy, now).Evaluated(question, found.Subject, evaluation);
        Keep(policy, question, verdict, evaluation.Expires);
        return verdict;
    }

    // Only a yes is reused: after a no the developer fixes something and asks again, and an error says nothing at all.
    private void Keep(PolicyInForce policy, OpenQuestion question, ImageVerdict verdict, DateTimeOffset? expires)
    {
        if (!verdict.Decision.IsPositive)
            return;

        var reuse = verdict.Decision.Time + options.Reuse;
        policy.Keep(question.Key, verdict, expires < reuse ? expires.Value : reuse);
    }

    private ImageVerdict Error(
        PolicyInForce policy, OpenQuestion question, ReasonCode reason, string message, Exception? fault = null) =>
        Draft(policy).Error(Subject(question), Check, reason, message, question.Rule) with { Fault = fault };

    private DecisionDraft Draft(PolicyInForce policy) => new(policy.Policy, time.GetUtcNow());

    private static DecisionSubject Subject(OpenQuestion question) => DecisionDraft.Subject(question.Image);
}
