// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Policy;

namespace SupplyChain.Verifier;

/// <summary>Writes decisions of one policy at one time.</summary>
internal readonly struct DecisionDraft(AdmissionPolicy? policy, DateTimeOffset now)
{
    public DecisionSubject Subject(ImageReference image) => new(image.Repository.ToString(), image.Digest, []) { Tag = image.Tag };

    public ImageVerdict Deny(
        DecisionSubject subject, string check, ReasonCode reason, string message, AdmissionRule? rule = null,
        string? expected = null, string? actual = null) =>
        Decide(subject, rule, [Explained(CheckResult.Fail(check, check, reason, message), reason, expected, actual)]);

    public ImageVerdict Deny(OpenQuestion question, ReasonCode reason, string message) =>
        Deny(Subject(question.Image), "evidence", reason, message, question.Rule);

    public ImageVerdict Error(DecisionSubject subject, ReasonCode reason, string message) =>
        Decide(subject, null, [Explained(CheckResult.Error("policy", "policy", reason, message), reason)]);

    public ImageVerdict Error(OpenQuestion question, ReasonCode reason, string message, Exception? fault = null) =>
        Decide(
            Subject(question.Image), question.Rule,
            [Explained(CheckResult.Error("evidence", "evidence", reason, message), reason)]) with { Fault = fault };

    public ImageVerdict Exempt(DecisionSubject subject, Exemption exemption) =>
        Decide(subject, null, [CheckResult.Pass("exempt", "exempt", $"exempt by the policy: {Printable.Escape(exemption.Reason)}")]);

    public ImageVerdict Evaluated(OpenQuestion question, ImageSubject subject, Evaluation evaluation)
    {
        var platforms = subject.Platforms.Select(platform => platform.Platform?.ToString()).OfType<string>().ToList();
        var made = Decide(Subject(question.Image) with { Platforms = platforms }, question.Rule, evaluation.Checks);
        return made with { Decision = made.Decision with { Evidence = evaluation.Evidence } };
    }

    private static CheckResult Explained(CheckResult check, ReasonCode reason, string? expected = null, string? actual = null) =>
        check with { Remedy = reason.Remedy, Expected = expected, Actual = actual };

    private ImageVerdict Decide(DecisionSubject subject, AdmissionRule? rule, IReadOnlyList<CheckResult> checks) =>
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
