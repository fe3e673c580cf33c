// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Sigstore;

namespace SupplyChain.Policy;

/// <summary>
/// Decides whether a statement is an approval that counts: the consumer's checks of a SLSA verification summary
/// (VSA v1, "How to verify"), each with its own reason.
/// </summary>
internal static class ApprovalJudge
{
    internal static Candidate Judge(
        StoredStatement stored, ApprovalRequirement requirement, AttestorDefinition attestor, AdmissionContext context)
    {
        var candidate = new Candidate(stored.Statement.Digest, stored.Statement.Signer);
        if (stored.Layout != StorageLayout.Bundle)
            return candidate.Reject(Stage.Layout,
                new Rejection(ReasonCode.ApprovalMissing, "it is no bundle, and approvals are"));
        candidate = context.JudgeSigner(candidate, attestor);
        if (!candidate.Holds)
            return candidate;
        if (stored.Statement.Image != context.Image)
            return candidate.Reject(Stage.Content, SignatureJudge.AnotherImage(stored.Statement.Image, context));
        if (!VerificationSummary.TryRead(stored.Statement, out var summary, out var problem))
        {
            return candidate.Reject(Stage.Content, new Rejection(problem.Reason, problem.Message)
            {
                Expected = problem.Expected,
                Actual = problem.Actual,
            });
        }


        var rejection = JudgeVerifier(summary, attestor) ?? JudgeResource(summary, context) ?? JudgeResult(summary);
        if (rejection is var (stage, why))
            return candidate.Reject(stage, why);

        return JudgeTime(candidate, summary, requirement, context);
    }

    private static (Stage, Rejection)? JudgeVerifier(VerificationSummary summary, AttestorDefinition attestor) =>
        string.Equals(summary.VerifierId, attestor.VerifierId, StringComparison.Ordinal)
            ? null
            : (Stage.Verifier, new Rejection(ReasonCode.ApprovalWrongVerifier,
                "it names another verifier than its key belongs to")
            {
                Expected = attestor.VerifierId,
                Actual = Printable.Escape(summary.VerifierId),
            });

    private static (Stage, Rejection)? JudgeResource(VerificationSummary summary, AdmissionContext context)
    {
        if (!ImageResource.TryParse(summary.ResourceUri, out var resource, out var problem))
        {
            // Where the repository does not matter, the digest that the statement is about is all that is needed.
            return context.ExpectedRepository is null
                ? null
                : (Stage.Repository, new Rejection(ReasonCode.RepositoryMismatch,
                    $"its resourceUri cannot be read: {problem}")
                {
                    Expected = context.ExpectedRepository,
                    Actual = Printable.Escape(summary.ResourceUri),
                });
        }

        if (resource.Digest != context.Image)
        {
            return (Stage.Repository, new Rejection(ReasonCode.SubjectMismatch, "its resourceUri names another digest")
            {
                Expected = context.Image.ToString(),
                Actual = resource.Digest.ToString(),
            });
        }

        return context.IsExpectedRepository(resource.Repository.ToString())
            ? null
            : (Stage.Repository, context.WrongRepository(resource.Repository.ToString()));
    }

    private static (Stage, Rejection)? JudgeResult(VerificationSummary summary) =>
        summary.Result == VerificationResult.Passed
        ? null
        : (Stage.Result, new Rejection(ReasonCode.ApprovalFailed, "it says FAILED")
        {
            Expected = "PASSED",
            Actual = "FAILED",
        });

    private static Candidate JudgeTime(
        Candidate candidate, VerificationSummary summary, ApprovalRequirement requirement,
        AdmissionContext context)
    {
        if (summary.TimeVerified is not { } verified)
            return candidate.Reject(Stage.Time,
                Expired("it does not tell when it was given", "an approval with a time", "no time"));

        if (verified - context.Time > Limits.ClockSkew)
            return candidate.Reject(Stage.Time,
                Expired("it is dated ahead of the clock", $"at most {Times.Show(context.Time)}", Times.Show(verified)));

        if (candidate.Signer.Material.SelectMany(material => material.Times).Cast<DateTimeOffset?>().Max() is { } seen && verified - seen > Limits.ClockSkew)
        {
            return candidate.Reject(Stage.Time, Expired(
                "it is dated later than logs and timestamp authorities saw it", $"at most {Times.Show(seen)}", Times.Show(verified)));
        }

        DateTimeOffset? validUntil = null;
        if (summary.Extensions.TryGetValue(ApprovalExtensions.ValidUntil, out var text))
        {
            if (!Times.TryParse(text, out var end))
                return candidate.Reject(Stage.Time,
                    Expired("its end cannot be read", "an RFC 3339 time", Printable.Escape(text)));
            validUntil = end;
        }

        var oldest = requirement.MaximumAge is { } age ? verified + age : (DateTimeOffset?)null;
        if (validUntil is null && oldest is null)
            return candidate.Reject(Stage.Time,
                Expired("it never ends, and the rule sets no maximumAge", "an approval that ends", "no end"));
        if (context.Time >= validUntil)
        {
            return candidate.Reject(Stage.Time, Expired(
                $"it ended {Times.Show(validUntil.Value)}", "an approval that has not ended",
                Times.Show(validUntil.Value)));
        }

        if (context.Time > oldest)
        {
            return candidate.Reject(Stage.Time, Expired(
                $"it is {Times.ShowAge(context.Time - verified)} old",
                $"at most {Times.Show(requirement.MaximumAge!.Value)} old",
                $"{Times.ShowAge(context.Time - verified)} old, of {Times.Show(verified)}"));
        }

        return candidate.Until(validUntil, oldest);
    }

    private static Rejection Expired(string message, string expected, string actual) =>
        new(ReasonCode.ApprovalExpired, message) { Expected = expected, Actual = actual };
}
