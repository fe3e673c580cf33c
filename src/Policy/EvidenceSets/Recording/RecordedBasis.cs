// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using SupplyChain.Model;
using SupplyChain.Sigstore;

namespace SupplyChain.Policy;

/// <summary>The root of what a decision was made on.</summary>
public sealed class RecordedBasis
{
    private readonly BasisForm _form;

    internal RecordedBasis(BasisForm form) => _form = form;

    /// <summary>The digests of all other pieces, each once.</summary>
    public IReadOnlyList<Digest> Pieces =>
    [
        .. _form.Policies.Documents.Select(document => document.Piece)
            .Concat(_form.Evidence.Scans.Select(scan => scan.Report))
            .Concat(_form.Evidence.Statements.Select(statement => statement.Content))
            .Concat(_form.Evidence.Documents.Select(document => document.Content)).Distinct(),
    ];

    /// <summary>Puts everything together again.</summary>
    /// <param name="pieces">Where the pieces are; one object for many decisions spares reading them again.</param>
    /// <param name="read">Policy and evidence, when the result is <see langword="true"/>.</param>
    /// <param name="problem">Why it cannot be replayed, when it is not.</param>
    public bool TryRead(
        RecordedPieces pieces, [NotNullWhen(true)] out RecordedEvidence? read, [NotNullWhen(false)] out string? problem)
    {
        ArgumentNullException.ThrowIfNull(pieces);
        read = null;
        if (pieces.FindPolicies(_form.Policies, out problem) is not { } set || !TryReadScans(pieces, out var scans, out problem)
            || !TryReadStatements(pieces, set, out var statements, out problem) || !TryReadDocuments(pieces, out var documents, out problem))
        {
            problem ??= "the policy cannot be read";
            return false;
        }

        var form = _form.Evidence;
        read = new RecordedEvidence(
            set, set.SigningPolicies[0],
            new EvidenceSet
            {
                Origin = EvidenceOrigin.Recorded,
                Subject = form.Subject,
                Scans = scans,
                Vex = form.Vex,
                ThreatData = new ThreatData { KnownExploited = Read(form.KnownExploited), Epss = Read(form.Epss) },
                Statements = statements,
                Documents = documents,
                BaseImages = form.BaseImages,
                Unproven = form.Unproven,
                Problems = form.Problems,
            },
            form.LeftOut);
        return true;
    }

    private bool TryReadScans(
        RecordedPieces pieces, [NotNullWhen(true)] out List<ScanEvidence>? scans, out string? problem)
    {
        scans = [];
        problem = null;
        foreach (var form in _form.Evidence.Scans)
        {
            if (pieces.FindReport(form.Report, out problem) is not { } report)
                return false;

            scans.Add(new ScanEvidence
            {
                Digest = form.Digest,
                Report = report,
                Source = form.Source,
                SignedBy = form.SignedBy,
                Binding = form.Binding,
                Covers = form.Covers,
                EnvelopeTime = form.EnvelopeTime,
            });
        }

        return true;
    }

    // A record proves nothing: what was verified then is verified now.
    private bool TryReadStatements(
        RecordedPieces pieces, PolicySet policies, [NotNullWhen(true)] out List<StoredStatement>? statements, out string? problem)
    {
        statements = [];
        problem = null;
        var roots = SigningNeeds.Of(policies.SigningPolicies[0], policies).Candidates.Roots;
        foreach (var form in _form.Evidence.Statements)
        {
            if (!pieces.TryFind(form.Content, out var content, out problem))
                return false;

            if (!TryVerify(form, content, roots, out var statement, out var refused))
            {
                problem = $"the statement {form.Digest} does not verify any more: {refused.Message}";
                return false;
            }

            statements.Add(new StoredStatement(statement, form.Layout) { Bundle = form.IsBundle ? content : default });
        }

        return true;
    }

    private static bool TryVerify(
        StatementForm form, byte[] content, IReadOnlyList<TrustedRoot> roots,
        [NotNullWhen(true)] out VerifiedStatement? statement, [NotNullWhen(false)] out SignatureProblem? problem)
    {
        if (!form.IsBundle)
        {
            var envelope = new Envelope(Envelope.InTotoPayloadType, content, SignatureOf(form), KeyId: "");
            return EnvelopeVerifier.TryVerify(envelope, form.Image, [form.Key], form.Digest, out statement, out problem);
        }

        statement = null;
        return Bundle.TryReadWithMaterial(content, out var bundle, out problem)
            && EnvelopeVerifier.TryVerify(bundle, form.Image, new SignerCandidates([form.Key], roots), form.Digest, out statement, out problem);
    }

    // What was read and bound then is read and bound now.
    private bool TryReadDocuments(
        RecordedPieces pieces, [NotNullWhen(true)] out List<SubmittedDocument>? documents, out string? problem)
    {
        documents = [];
        problem = null;
        var reader = new SubmittedDocumentReader(_form.Evidence.Subject);
        foreach (var form in _form.Evidence.Documents)
        {
            if (!pieces.TryFind(form.Content, out var content, out problem))
                return false;

            if (!reader.TryRead(form.Kind, form.Digest, content, out var document, out var refused))
            {
                problem = $"the document {form.Digest} is not read as of this image any more: {refused.Message}";
                return false;
            }

            documents.Add(document);
        }

        return true;
    }

    private static byte[] SignatureOf(StatementForm form)
    {
        var signature = new byte[form.Signature.Length];
        return Convert.TryFromBase64String(form.Signature, signature, out var length) ? signature[..length] : [];
    }

    private static KnownExploitedCatalog? Read(CatalogForm? form) => form is null
        ? null
        : new KnownExploitedCatalog(form.Digest, form.Version, form.Released, form.Listed, form.Count);

    private static EpssScores? Read(ScoresForm? form) => form is null
        ? null
        : new EpssScores(
            form.Digest, form.Model, form.Date,
            form.Scores.ToDictionary(score => score.Id, score => score.Score, StringComparer.OrdinalIgnoreCase), form.Count);
}
