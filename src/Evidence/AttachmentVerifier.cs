// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Policy;
using SupplyChain.Sigstore;

namespace SupplyChain.Evidence;

/// <summary>What the candidates have really signed about one image.</summary>
/// <param name="Statements">Verified statements of every kind but image signatures.</param>
/// <param name="Signatures">Verified image signatures of all layouts.</param>
/// <param name="Problems">What did not verify, and why.</param>
public sealed record VerifiedAttachments(
    IReadOnlyList<StoredStatement> Statements,
    IReadOnlyList<StoredSignature> Signatures,
    IReadOnlyList<EvidenceProblem> Problems);

/// <summary>Turns attachments into verified evidence. No I/O: the same bytes and candidates give the same result.</summary>
public static class AttachmentVerifier
{
    /// <summary>
    /// Verifies every attachment of <paramref name="image"/> by the candidates. A statement that was stored where its type does
    /// not count is left out, whatever its unsigned hints said.
    /// </summary>
    /// <param name="attachments">The attachments.</param>
    /// <param name="image">The image in question, by SHA-256.</param>
    /// <param name="needs">Which attachments can count, and where.</param>
    /// <param name="candidates">Who may have signed.</param>
    /// <returns>
    /// What verified, and a problem for each attachment that did not: SIGNATURE_MALFORMED, EVIDENCE_LIMIT, PAYLOAD_TYPE, KEY_NOT_TRUSTED,
    /// TOO_MANY_SIGNATURES, SIGNATURE_INVALID, TLOG_MISMATCH, TIME_UNTRUSTED, CERT_INVALID or SUBJECT_MISMATCH. Nothing but one
    /// TOO_MANY_SIGNATURES where attachments and candidates are more than <see cref="Limits.KeyTrials"/> verifications.
    /// </returns>
    public static VerifiedAttachments Verify(
        Attachments attachments, Digest image, AttachmentNeeds needs, SignerCandidates candidates)
    {
        ArgumentNullException.ThrowIfNull(attachments);
        ArgumentNullException.ThrowIfNull(needs);
        ArgumentNullException.ThrowIfNull(candidates);
        var statements = new List<StoredStatement>();
        var signatures = new List<StoredSignature>();
        var problems = new List<EvidenceProblem>();

        var trials = candidates.Keys.Count + candidates.Roots.Count;
        if ((long)attachments.Count * trials > Limits.KeyTrials)
        {
            problems.Add(new EvidenceProblem(
                ReasonCode.TooManySignatures,
                $"{attachments.Count} signatures and {trials} keys and trust roots are more than {Limits.KeyTrials} verifications", IsError: false));
            return new VerifiedAttachments(statements, signatures, problems);
        }

        // Material is read where a trust root can judge it, and otherwise not even that: the key alone decides.
        var withMaterial = candidates.Roots.Count > 0;
        var ofLayers = needs.LayersSpeakForKeysAlone ? candidates with { Roots = [] } : candidates;
        foreach (var found in attachments.Bundles)
        {
            if ((withMaterial ? Bundle.TryReadWithMaterial(found.Content, out var bundle, out var problem) : Bundle.TryRead(found.Content, out bundle, out problem))
                && EnvelopeVerifier.TryVerify(bundle, image, candidates, found.Blob, out var statement, out problem))
            {
                AddStatement(statement, needs.BundleTypes, StorageLayout.Bundle, withMaterial ? found.Content : default);
            }
            else
            {
                Add(problem, $"bundle {found.Blob}", found.Blob);
            }
        }

        foreach (var found in attachments.Envelopes)
        {
            if (TryReadMaterial(found, out var material, out var problem)
                && EnvelopeVerifier.TryVerify(found.Content, material, image, ofLayers, found.Blob, out var statement, out problem))
            {
                AddStatement(statement, found.Layout == StorageLayout.Tag ? needs.EnvelopeTypes : needs.ReferrerTypes, found.Layout, bundle: default);
            }
            else
            {
                Add(problem, $"envelope {found.Blob}", found.Blob);
            }
        }

        foreach (var found in attachments.Signatures)
        {
            if (TryReadMaterial(found, out var material, out var problem)
                && SimpleSigning.TryVerify(
                    found.Content, found.Annotations[SimpleSigning.SignatureAnnotation], material, image, ofLayers, out var signature, out problem))
            {
                signatures.Add(new StoredSignature(signature, found.Layout));
            }
            else
            {
                Add(problem, $"signature {found.Blob}", found.Blob);
            }
        }

        return new VerifiedAttachments(statements, signatures, problems);

        bool TryReadMaterial(FoundLayer layer, out BundleMaterial? material, [NotNullWhen(false)] out SignatureProblem? problem)
        {
            (material, problem) = (null, null);
            return !withMaterial || needs.LayersSpeakForKeysAlone || TagMaterial.TryRead(layer.Annotations, out material, out problem);
        }

        void AddStatement(VerifiedStatement statement, IReadOnlySet<string> types, StorageLayout layout, ReadOnlyMemory<byte> bundle)
        {
            if (!types.Contains(statement.PredicateType))
                return;
            if (statement.PredicateType is not PredicateTypes.ImageSignature)
                statements.Add(new StoredStatement(statement, layout) { Bundle = bundle });
            else if (VerifiedSignature.TryFromStatement(statement, out var signature, out var problem))
                signatures.Add(new StoredSignature(signature, layout));
            else
                Add(problem, $"envelope {statement.Digest}", statement.Digest);
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
