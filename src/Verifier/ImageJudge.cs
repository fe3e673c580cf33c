// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Oci;
using SupplyChain.Policy;

namespace SupplyChain.Verifier;

/// <summary>An image that needs evidence: everything that can be said without it has been.</summary>
/// <param name="Image">The image, named by digest.</param>
/// <param name="Key">What the decision depends on.</param>
/// <param name="Rule">The rule.</param>
internal sealed record OpenQuestion(ImageReference Image, DecisionKey Key, AdmissionRule Rule);

/// <summary>Takes the decision about one image, step by step as DESIGN §4 lists them.</summary>
internal sealed class ImageJudge(IEvidenceSource evidence, VerifierOptions options, TimeProvider time)
{
    /// <summary>Decides what needs no evidence, or was decided before; otherwise leaves the question open.</summary>
    public ImageVerdict? Judge(
        PolicyInForce? policy, ImageGroup group, WorkloadContext workload, DateTimeOffset now, out OpenQuestion? open)
    {
        open = null;
        var drafts = new DecisionDraft(policy?.Policy, now);
        if (policy is null)
            return drafts.Error(NameOf(group), ReasonCode.NotReady, "no policy has been loaded yet");

        // 1. What is named.
        if (group.Reference is null && group.Problem is not null)
            return drafts.Deny(NameOf(group), "reference", ReasonCode.BadReference, $"a container or volume {group.Problem}");
        if (!ImageReference.TryParse(group.Reference, out var image, out var problem))
            return drafts.Deny(NameOf(group), "reference", ReasonCode.BadReference, problem);

        // 3. What no rule can loosen, before any network access.
        var subject = drafts.Subject(image);
        var route = policy.RouteOf(image.Repository, workload);
        if (!route.IsRegistryAllowed)
            return drafts.Deny(
                subject, "registry", ReasonCode.RegistryNotAllowed, $"registry {image.Repository.Host} is not on the policy's list",
                expected: string.Join(", ", policy.Policy.Registries), actual: image.Repository.Host);

        // 4. Exempt, or one rule.
        if (route.Exemption is { } exemption)
            return drafts.Exempt(subject, exemption);
        if (route.Selection.Rule is not { } rule)
            return drafts.Deny(
                subject, "rule", ReasonCode.NoPolicy, $"no rule covers {Describe(workload)}, and there is no default rule");

        // 5. A name that can move is not what would be verified.
        if (image.Digest is not { } digest)
            return drafts.Deny(
                subject, "tag", ReasonCode.TagNotPinned, $"rule {rule.Name} admits images by digest only, found {Printable.Escape(group.Reference)}",
                rule: rule);
        if (!digest.IsSha256)
            return drafts.Deny(
                subject, "digest", ReasonCode.BadDigest, "evidence is bound to sha256 digests only", rule: rule,
                expected: "sha256", actual: digest.Algorithm);

        // 10. What was decided before and still holds.
        var key = new DecisionKey(image.Repository, digest, rule.Name);
        if (policy.FindReusable(key, now) is { } known)
            return known;

        open = new OpenQuestion(image, key, rule);
        return null;
    }

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
                return await policy.Flights.JoinAsync(question.Key, () => DecideAsync(policy, question)).WaitAsync(cancellationToken);
            }
            finally
            {
                turns.Release();
            }
        }
        catch (OperationCanceledException)
        {
            return Draft(policy).Error(
                question, ReasonCode.VerifyTimeout, $"{question.Image} could not be verified in time");
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
            return Draft(policy).Error(question, fault.Reason, fault.Message);
        }
        catch (RegistryException refusal)
        {
            return Draft(policy).Deny(question, refusal.Reason, refusal.Message);
        }
        catch (OperationCanceledException late)
        {
            return Draft(policy).Error(
                question, ReasonCode.VerifyTimeout, $"the evidence for {question.Image} did not come within {options.Deadline.TotalSeconds:0.#} s", late);
        }
        catch (Exception fault)
        {
            return Draft(policy).Error(
                question, ReasonCode.VerifyError, $"{question.Image} could not be verified; the verifier's log says why", fault);
        }
    }

    // 7 and 8 happened while gathering and happen in the policy: here they become a decision.
    private ImageVerdict Conclude(PolicyInForce policy, OpenQuestion question, EvidenceSet found)
    {
        if (found.Origin != EvidenceOrigin.Live)
            throw new InvalidOperationException($"evidence of origin {found.Origin} cannot admit anything");
        if (found.Subject.Digest != question.Key.Digest || found.Subject.Repository != question.Key.Repository)
            throw new InvalidOperationException("the evidence is about another image than was asked for");

        var now = time.GetUtcNow();
        var evaluation = AdmissionEvaluation.Evaluate(policy.Policy, question.Rule, policy.Policies, found, now);
        var verdict = new DecisionDraft(policy.Policy, now).Evaluated(question, found.Subject, evaluation);
        Keep(policy, question, verdict, evaluation.ValidUntil);
        return verdict;
    }

    // Only a yes is reused: after a no the developer fixes something and asks again, and an error says nothing at all.
    private void Keep(PolicyInForce policy, OpenQuestion question, ImageVerdict verdict, DateTimeOffset? validUntil)
    {
        if (!verdict.Decision.IsPositive)
            return;

        var until = verdict.Decision.Time + options.Reuse;
        foreach (var end in new[] { validUntil, question.Rule.Until })
        {
            if (end > verdict.Decision.Time && end < until)
                until = end.Value;
        }

        policy.Keep(question.Key, verdict, until);
    }

    private DecisionDraft Draft(PolicyInForce policy) => new(policy.Policy, time.GetUtcNow());

    private static DecisionSubject NameOf(ImageGroup group) =>
        new(group.Reference is null ? "(no image)" : Printable.Escape(group.Reference), null, []);

    private static string Describe(WorkloadContext workload) =>
        $"service account '{Printable.Escape(workload.ServiceAccount)}' of namespace '{Printable.Escape(workload.Namespace)}'";
}
