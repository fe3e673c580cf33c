// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Policy;

namespace SupplyChain.Verifier;

/// <summary>Writes decisions of one policy at one time.</summary>
internal readonly struct DecisionDraft(AdmissionPolicy? policy, DateTimeOffset now)
{
    public static DecisionSubject Subject(ImageReference image) => new(image.Repository.ToString(), image.Digest, [])
        {
            // With a digest beside it the tag decides nothing, and a reused decision may have been asked for with another.
            Tag = image.Digest is null ? image.Tag : null,
        };

    public ImageVerdict Deny(
        DecisionSubject subject, string check, ReasonCode reason, string message, AdmissionRule? rule = null) =>
        Decide(subject, rule, [CheckResult.Fail(check, check, reason, message) with { Remedy = reason.Remedy }]);

    public ImageVerdict Error(
        DecisionSubject subject, string check, ReasonCode reason, string message, AdmissionRule? rule = null) =>
        Decide(subject, rule, [CheckResult.Error(check, check, reason, message) with { Remedy = reason.Remedy }]);

    public ImageVerdict Evaluated(OpenQuestion question, ImageSubject subject, Evaluation evaluation)
    {
        var platforms = subject.Platforms.Select(platform => platform.Platform?.ToString()).OfType<string>().ToList();
        var made = Decide(Subject(question.Image) with { Platforms = platforms }, question.Rule, evaluation.Checks);
        return made with { Decision = made.Decision with { Evidence = evaluation.Evidence } };
    }

    public ImageVerdict Decide(DecisionSubject subject, AdmissionRule? rule, IReadOnlyList<CheckResult> checks) =>
        new(new Decision
        {
            Id = Guid.CreateVersion7(now).ToString(),
            Kind = DecisionKind.Admission,
            Outcome = Decision.OutcomeOf(DecisionKind.Admission, checks),
            Mode = rule?.EnforcementAt(now) ?? EnforcementMode.Enforce,
            Time = now,
            Subject = subject,
            Policy = policy is null ? null : new DecisionPolicy(policy.Name, policy.Revision, rule?.Name),
            Checks = checks,
        });
}
