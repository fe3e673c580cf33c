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
        var candidate = new Candidate(signature.Digest, signature.Signer);
        if (JudgeLayout(candidate, stored.Layout, context) is { } misplaced)
            return misplaced;
        candidate = context.JudgeSigner(candidate, attestor);
        if (!candidate.Holds)
            return candidate;
        if (signature.Image != context.Image)
            return candidate.Reject(Stage.Content, AnotherImage(signature.Image, context));

        return context.IsExpectedRepository(signature.Repository)
            ? candidate
            : candidate.Reject(Stage.Repository, context.WrongRepository(signature.Repository));
    }

    internal static Candidate Judge(StoredStatement stored, AttestorDefinition attestor, AdmissionContext context)
    {
        var statement = stored.Statement;
        var candidate = new Candidate(statement.Digest, statement.Signer);
        if (JudgeLayout(candidate, stored.Layout, context) is { } misplaced)
            return misplaced;
        candidate = context.JudgeSigner(candidate, attestor);
        if (!candidate.Holds)
            return candidate;
        if (statement.Image != context.Image)
            return candidate.Reject(Stage.Content, AnotherImage(statement.Image, context));

        var names = statement.Subjects.Where(subject => context.Image.Equals(subject.Sha256))
            .Select(subject => subject.Name)
            .ToList();
        return names.Exists(context.IsExpectedRepository)
            ? candidate
            : candidate.Reject(Stage.Repository, context.WrongRepository(names.FirstOrDefault()));
    }

    private static Candidate? JudgeLayout(Candidate candidate, StorageLayout? layout, AdmissionContext context)
    {
        if (layout is not { } stored || !context.Rule.Layouts.Contains(stored))
        {
            return candidate.Reject(Stage.Layout, new Rejection(
                ReasonCode.EvidenceMissing, $"it is {(layout is { } found ? Layouts.Describe(found) : "stored nowhere")}, which the rule does not accept"));
        }

        // Beside a tag or a referrer a log's promise is all there is; a bundle has its proof.
        return candidate.Signer.Identity is not null && stored != StorageLayout.Bundle && !context.Rule.NamesLayouts
            ? candidate.Reject(Stage.Layout, new Rejection(
                ReasonCode.EvidenceMissing, $"it is signed with a certificate and {Layouts.Describe(stored)}, which counts where the rule's layouts say so"))
            : null;
    }

    internal static Rejection AnotherImage(Digest image, AdmissionContext context) =>
        new(ReasonCode.SubjectMismatch, "it is about another image")
        {
            Expected = context.Image.ToString(),
            Actual = image.ToString(),
        };
}
