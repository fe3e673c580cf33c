// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Policy;
using SupplyChain.Sigstore;

namespace SupplyChain.Evidence;

/// <summary>What the candidate keys have really signed about one image.</summary>
/// <param name="Statements">Verified statements of every kind but image signatures.</param>
/// <param name="Signatures">Verified image signatures of both layouts.</param>
/// <param name="Problems">What did not verify, and why.</param>
public sealed record VerifiedAttachments(
    IReadOnlyList<StoredStatement> Statements,
    IReadOnlyList<StoredSignature> Signatures,
    IReadOnlyList<EvidenceProblem> Problems);

/// <summary>Turns attachments into verified evidence. No I/O: the same bytes and keys give the same result.</summary>
public static class AttachmentVerifier
{
    private static readonly SignatureProblem MessageOnly = new(
        ReasonCode.PayloadType, "it signs an artifact's own bytes; images are signed by statement");

    /// <summary>
    /// Verifies every attachment of <paramref name="image"/> with the candidate keys. A statement that was stored where its type does
    /// not count is left out, whatever its unsigned hints said.
    /// </summary>
    public static VerifiedAttachments Verify(
        Attachments attachments, Digest image, AttachmentNeeds needs, IReadOnlyList<PublicKey> keys)
    {
        ArgumentNullException.ThrowIfNull(attachments);
        ArgumentNullException.ThrowIfNull(needs);
        var statements = new List<StoredStatement>();
        var signatures = new List<StoredSignature>();
        var problems = new List<EvidenceProblem>();

        var count = attachments.Bundles.Count + attachments.TagEnvelopes.Count + attachments.TagSignatures.Count;
        if ((long)count * keys.Count > Limits.KeyTrials)
        {
            problems.Add(new EvidenceProblem(
                ReasonCode.TooManySignatures,
                $"{count} signatures and {keys.Count} keys are more than {Limits.KeyTrials} verifications", IsError: false));
            return new VerifiedAttachments(statements, signatures, problems);
        }

        foreach (var bundle in attachments.Bundles)
        {
            if (!Bundle.TryRead(bundle.Content, out var read, out var problem))
                Add(problem, $"bundle {bundle.Blob}", bundle.Blob);
            else if (read.Envelope is { } envelope)
                AddEnvelope(envelope, bundle.Blob, needs.BundleTypes, StorageLayout.Bundle);
            else
                Add(MessageOnly, $"bundle {bundle.Blob}", bundle.Blob);
        }

        foreach (var stored in attachments.TagEnvelopes)
        {
            if (Envelope.TryRead(stored.Content, out var envelope, out var problem))
                AddEnvelope(envelope, stored.Blob, needs.EnvelopeTypes, StorageLayout.Tag);
            else
                Add(problem, $"envelope {stored.Blob}", stored.Blob);
        }

        foreach (var stored in attachments.TagSignatures)
        {
            if (SimpleSigning.TryVerify(stored.Payload, stored.Signature, image, keys, out var signature, out var problem))
                signatures.Add(new StoredSignature(signature, StorageLayout.Tag));
            else
                Add(problem, $"signature {stored.Blob}", stored.Blob);
        }

        return new VerifiedAttachments(statements, signatures, problems);

        void AddEnvelope(Envelope envelope, Digest stored, IReadOnlySet<string> types, StorageLayout layout)
        {
            if (!EnvelopeVerifier.TryVerify(envelope, image, keys, stored, out var statement, out var problem))
                Add(problem, $"envelope {stored}", stored);
            else if (!types.Contains(statement.PredicateType))
                return;
            else if (statement.PredicateType is not PredicateTypes.ImageSignature)
                statements.Add(new StoredStatement(statement, layout));
            else if (VerifiedSignature.TryFromStatement(statement, out var signature, out problem))
                signatures.Add(new StoredSignature(signature, layout));
            else
                Add(problem, $"envelope {stored}", stored);
        }

        void Add(SignatureProblem problem, string what, Digest evidence) =>
            problems.Add(new EvidenceProblem(problem.Reason, $"{what}: {problem.Message}", IsError: false)
            {
                Evidence = evidence,
                Expected = problem.Expected,
                Actual = problem.Actual,
            });
    }
}
