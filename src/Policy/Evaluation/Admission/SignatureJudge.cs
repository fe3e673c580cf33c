// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Policy;

/// <summary>Decides whether image signatures and attestations count.</summary>
internal static class SignatureJudge
{
    internal static Candidate Judge(StoredSignature stored, AttestorDefinition attestor, AdmissionContext context)
    {
        var signature = stored.Signature;
        var candidate = new Candidate(signature.Digest, signature.Key);
        if (JudgeLayout(candidate, stored.Layout, context) is { } misplaced)
            return misplaced;
        if (context.JudgeKey(candidate, attestor) is { } rejected)
            return rejected;
        if (signature.Image != context.Image)
            return candidate.Reject(Stage.Content, AnotherImage(signature.Image, context));

        return context.IsExpectedRepository(signature.Repository)
            ? candidate.Until(attestor.MemberOf(candidate.Key)?.ValidUntil)
            : candidate.Reject(Stage.Repository, context.WrongRepository(signature.Repository));
    }

    internal static Candidate Judge(StoredStatement stored, AttestorDefinition attestor, AdmissionContext context)
    {
        var statement = stored.Statement;
        var candidate = new Candidate(statement.Digest, statement.Key);
        if (JudgeLayout(candidate, stored.Layout, context) is { } misplaced)
            return misplaced;
        if (context.JudgeKey(candidate, attestor) is { } rejected)
            return rejected;
        if (statement.Image != context.Image)
            return candidate.Reject(Stage.Content, AnotherImage(statement.Image, context));

        var names = statement.Subjects.Where(subject => context.Image.Equals(subject.Sha256))
            .Select(subject => subject.Name)
            .ToList();
        return names.Exists(context.IsExpectedRepository)
            ? candidate.Until(attestor.MemberOf(candidate.Key)?.ValidUntil)
            : candidate.Reject(Stage.Repository, context.WrongRepository(names.FirstOrDefault()));
    }

    private static Candidate? JudgeLayout(Candidate candidate, StorageLayout? layout, AdmissionContext context) =>
        layout is { } stored && context.Rule.Layouts.Contains(stored)
            ? null
            : candidate.Reject(Stage.Layout, new Rejection(
                ReasonCode.EvidenceMissing,
                layout == StorageLayout.Tag
                    ? "it is stored by tag, which the rule does not accept"
                    : "it is a bundle, which the rule does not accept"));

    internal static Rejection AnotherImage(Digest image, AdmissionContext context) =>
        new(ReasonCode.SubjectMismatch, "it is about another image")
        {
            Expected = context.Image.ToString(),
            Actual = image.ToString(),
        };
}
