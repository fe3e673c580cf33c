// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Sigstore;

namespace SupplyChain.Policy;

/// <summary>
/// The documents of one request. An envelope or bundle is verified as of those whom the policy lets attest, and what verifies is both
/// attested and sent. One that does not verify is refused and never taken for the requester's word: whoever accepts that gets the
/// statement without an envelope, and a broken signature stays a broken signature. No I/O: the same bytes and signers give the same result.
/// </summary>
/// <param name="subject">The image.</param>
/// <param name="candidates">Who may have signed.</param>
/// <param name="isNamed">Whether whoever has a certificate is one of those.</param>
public sealed class SubmittedDocuments(ImageSubject subject, SignerCandidates candidates, Func<Signer, bool> isNamed)
{
    private static readonly ReasonCode[] Refusals =
    [
        ReasonCode.DocumentFormat, ReasonCode.DocumentMalformed, ReasonCode.DocumentLimit, ReasonCode.DocumentSubjectMismatch,
        ReasonCode.DocumentUnbound, ReasonCode.DocumentSignatureInvalid, ReasonCode.SbomMalformed,
    ];

    private readonly SubmittedDocumentReader _reader = new(subject);
    private readonly List<SubmittedDocument> _documents = [];
    private readonly List<StoredStatement> _statements = [];
    private readonly List<EvidenceProblem> _problems = [];
    private long _trials;

    /// <summary>What is about the image.</summary>
    public IReadOnlyList<SubmittedDocument> Documents => _documents;

    /// <summary>What one of the candidates has signed of it, once for each digest of the image that it names.</summary>
    public IReadOnlyList<StoredStatement> Statements => _statements;

    /// <summary>Why the others are refused.</summary>
    public IReadOnlyList<EvidenceProblem> Problems => _problems;

    /// <summary>Whether a problem is that a document was refused.</summary>
    internal static bool IsRefusal(EvidenceProblem problem) => Refusals.Contains(problem.Reason);

    /// <summary>Reads one document; the same one again adds nothing.</summary>
    public void Add(SentDocument sent)
    {
        ArgumentNullException.ThrowIfNull(sent);
        if (_documents.Exists(known => known.Digest == sent.Digest && known.Kind == sent.Kind))
            return;

        if (FindProblem(sent) is { } problem)
        {
            _problems.Add(new EvidenceProblem(problem.Reason, $"{sent.Name}: {problem.Message}", IsError: false)
            {
                Evidence = sent.Digest,
                Expected = problem.Expected,
                Actual = problem.Actual,
            });
        }
    }

    private Rejection? FindProblem(SentDocument sent)
    {
        if (sent.Content.Span.Trim(" \t\r\n"u8).IsEmpty)
            return new Rejection(ReasonCode.DocumentMalformed, "the document is empty");
        if (!StrictJson.TryParse(sent.Content, out var parsed, out var malformed))
            return new Rejection(ReasonCode.DocumentMalformed, malformed);

        DocumentForm form;
        using (parsed)
        {
            if (DocumentForms.Find(parsed.RootElement, out var unknown) is not { } found)
                return new Rejection(ReasonCode.DocumentFormat, unknown!);

            form = found;
            if (form is DocumentForm.Sbom or DocumentForm.Statement)
            {
                var (bare, refused) = _reader.Read(sent.Kind, sent.Digest, sent.Content, form, parsed.RootElement);
                return bare is null ? refused : Keep(bare, []);
            }
        }

        // What was parsed of an envelope is let go before its payload is.
        if (!TryOpen(sent, form, out var envelope, out var bundle, out var closed)
            || !TryVerify(envelope, bundle, sent, out var verified, out closed))
        {
            return closed;
        }

        return _reader.TryRead(sent.Kind, sent.Digest, envelope.Payload, out var document, out var problem) ? Keep(document, verified) : problem;
    }

    private Rejection? Keep(SubmittedDocument document, IReadOnlyList<StoredStatement> verified)
    {
        _documents.Add(document);
        // It may have come in two parts.
        _statements.AddRange(verified.Where(stored => !_statements.Exists(known =>
            known.Statement.Digest == stored.Statement.Digest && known.Statement.Image == stored.Statement.Image)));
        return null;
    }

    // Of a bundle what speaks for its signer is read where somebody can judge it.
    private bool TryOpen(
        SentDocument sent, DocumentForm form,
        [NotNullWhen(true)] out Envelope? envelope, out Bundle? bundle, [NotNullWhen(false)] out Rejection? problem)
    {
        (envelope, bundle) = (null, null);
        SignatureProblem? closed;
        if (form == DocumentForm.Envelope)
            Envelope.TryRead(sent.Content, out envelope, out closed);
        else if ((candidates.Roots.Count > 0 ? Bundle.TryReadWithMaterial(sent.Content, out bundle, out closed) : Bundle.TryRead(sent.Content, out bundle, out closed))
            && (envelope = bundle.Envelope) is null)
            closed = new SignatureProblem(ReasonCode.PayloadType, "the bundle signs an artifact's own bytes, and holds no statement");

        problem = envelope is null ? SubmittedDocumentReader.ToRejection(closed!) : null;
        return envelope is not null;
    }

    private bool TryVerify(
        Envelope envelope, Bundle? bundle, SentDocument sent, out IReadOnlyList<StoredStatement> verified, [NotNullWhen(false)] out Rejection? problem)
    {
        // Only to know for which digests to verify it: nothing else is believed before the signature is.
        var about = Statement.TryReadUnverified(envelope.Payload, out var told, out _)
            ? _reader.Candidates.Where(candidate => told.Subjects.Any(named => candidate.Equals(named.Sha256))).ToList()
            : [];
        if (about.Count == 0)
            about.Add(subject.Digest);

        var found = new List<StoredStatement>();
        verified = found;
        problem = (_trials += (long)about.Count * (candidates.Keys.Count + candidates.Roots.Count)) > Limits.KeyTrials
            ? new Rejection(ReasonCode.DocumentLimit, $"with it there are more than {Limits.KeyTrials} signatures to verify in one request")
            : null;
        foreach (var image in about)
        {
            if (problem is not null)
                break;
            if (!(bundle is null
                ? EnvelopeVerifier.TryVerify(envelope, image, candidates.Keys, sent.Digest, out var statement, out var closed)
                : EnvelopeVerifier.TryVerify(bundle, image, candidates, sent.Digest, out statement, out closed)))
            {
                problem = SubmittedDocumentReader.ToRejection(closed);
            }
            else if (statement.Signer.Identity is { } stranger && !isNamed(statement.Signer))
            {
                problem = new Rejection(ReasonCode.DocumentSignatureInvalid, "it is signed with a certificate of somebody whom the policy does not name")
                {
                    Expected = "a signer that the policy's checks name",
                    Actual = stranger.ToString(),
                };
            }
            else
            {
                found.Add(new StoredStatement(statement, Layout: null) { Bundle = bundle?.Material is null ? default : sent.Content });
            }
        }

        return problem is null;
    }
}
