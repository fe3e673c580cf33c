// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;
using SupplyChain.Scanning;
using SupplyChain.Sigstore;

namespace SupplyChain.Policy;

/// <summary>Reads bare SBOMs and statements, and ties them to the image: what is about another one is refused.</summary>
internal sealed class SubmittedDocumentReader(ImageSubject subject)
{
    private readonly BindingImage _image = subject.ToBindingImage();

    /// <summary>The digests that a document may be about.</summary>
    internal IReadOnlyList<Digest> Candidates { get; } =
        [.. subject.Platforms.Select(platform => platform.Manifest.Digest).Prepend(subject.Digest).Distinct()];

    /// <summary>Reads what carries no signature, or whose signature has been verified.</summary>
    /// <param name="kind">What the part is for.</param>
    /// <param name="digest">The digest of what was sent.</param>
    /// <param name="content">The SBOM or statement.</param>
    /// <param name="document">The document, when the result is <see langword="true"/>.</param>
    /// <param name="problem">Why it is none of this image, when it is not.</param>
    internal bool TryRead(
        DocumentKind kind, Digest digest, ReadOnlyMemory<byte> content,
        [NotNullWhen(true)] out SubmittedDocument? document, [NotNullWhen(false)] out Rejection? problem)
    {
        document = null;
        if (!StrictJson.TryParse(content, out var parsed, out var malformed))
        {
            problem = new Rejection(ReasonCode.DocumentMalformed, malformed);
            return false;
        }

        using (parsed)
        {
            (document, problem) = DocumentForms.Find(parsed.RootElement, out var unknown) is { } form
                ? Read(kind, digest, content, form, parsed.RootElement)
                : (null, new Rejection(ReasonCode.DocumentFormat, unknown!));
        }

        return document is not null;
    }

    /// <summary>The same for what has been parsed already, strictly, as it may be large: the document, or why it is none of this image.</summary>
    /// <param name="kind">What the part is for.</param>
    /// <param name="digest">The digest of what was sent.</param>
    /// <param name="content">The SBOM or statement.</param>
    /// <param name="form">What it is.</param>
    /// <param name="root">The content, parsed.</param>
    internal (SubmittedDocument? Document, Rejection? Problem) Read(
        DocumentKind kind, Digest digest, ReadOnlyMemory<byte> content, DocumentForm form, JsonElement root) => form switch
        {
            DocumentForm.Sbom => ReadSbom(kind, digest, content, root),
            DocumentForm.Statement => ReadStatement(kind, digest, content),
            _ => (null, new Rejection(ReasonCode.DocumentFormat, "there is an envelope where a statement was expected")),
        };

    private (SubmittedDocument?, Rejection?) ReadSbom(DocumentKind kind, Digest digest, ReadOnlyMemory<byte> content, JsonElement root)
    {
        if (kind != DocumentKind.Sbom)
            return (null, Misplaced(kind, "a bare SBOM"));
        if (!SbomReader.TryRead(root, out var sbom, out var problem))
            return (null, new Rejection(ReasonCode.SbomMalformed, $"the SBOM cannot be read: {problem}"));
        // Attested, it stands one level deeper; known only after the key was asked, that would leave a request that can never end.
        if (!StatementWriter.CanHold(content.Span))
            return (null, new Rejection(ReasonCode.DocumentMalformed, $"the SBOM is nested too deep for a statement, which has at most {Limits.Depth} levels"));

        var binding = ReportBinding.Bind(sbom, _image);
        return binding.Covers is not { } covers
            ? (null, ToRejection(binding))
            : (new SubmittedDocument(kind, digest, content)
            {
                IsBare = true,
                PredicateType = SbomCheck.TypeOf(sbom.Format),
                PredicateContent = content,
                Images = [covers],
                Binding = binding.Kind == BindingKind.Proven ? EvidenceBinding.Proven : EvidenceBinding.Asserted,
            }, null);
    }

    private (SubmittedDocument?, Rejection?) ReadStatement(DocumentKind kind, Digest digest, ReadOnlyMemory<byte> content)
    {
        if (!Statement.TryReadUnverified(content, out var statement, out var malformed))
            return (null, ToRejection(malformed));

        var isExpected = kind switch
        {
            DocumentKind.Sbom => SbomCheck.AllTypes.Contains(statement.PredicateType, StringComparer.Ordinal),
            DocumentKind.Provenance => BuildProvenance.IsType(statement.PredicateType),
            _ => true,
        };
        if (!isExpected)
            return (null, Misplaced(kind, $"a statement of type {Printable.Escape(statement.PredicateType)}"));

        IReadOnlyList<Digest> about = [.. Candidates.Where(candidate => statement.Subjects.Any(named => candidate.Equals(named.Sha256)))];
        if (about.Count == 0)
        {
            return (null, new Rejection(ReasonCode.DocumentSubjectMismatch, "the statement speaks of another image")
            {
                Expected = string.Join(" or ", Candidates),
                Actual = string.Join(", ", statement.Subjects.Select(named => named.Sha256?.ToString() ?? "no sha256 digest").Take(Limits.FindingsInDecision)),
            });
        }

        return (new SubmittedDocument(kind, digest, content)
        {
            IsBare = false,
            PredicateType = statement.PredicateType,
            PredicateContent = statement.Predicate,
            Images = about,
            Binding = EvidenceBinding.Proven,
            Contradiction = SbomCheck.AllTypes.Contains(statement.PredicateType, StringComparer.Ordinal) ? FindContradiction(statement, about) : null,
        }, null);
    }

    // One that cannot be read is the check's matter.
    private Rejection? FindContradiction(Statement statement, IReadOnlyList<Digest> about)
    {
        if (statement.Predicate.IsEmpty || !StrictJson.TryParse(statement.Predicate, out var predicate, out _))
            return null;

        using var parsed = predicate;
        if (!SbomReader.TryRead(predicate.RootElement, out var sbom, out _) || sbom is { Subjects.Count: 0, MalformedSubjects.Count: 0 })
            return null;

        var binding = ReportBinding.Bind(sbom, _image);
        if (binding.Covers is not { } covers)
        {
            // That of an index does not say which platform it is of, and need not: the statement does.
            return binding.Reason == ReasonCode.DocumentUnbound && sbom.MalformedSubjects.Count == 0 ? null : ToRejection(binding);
        }

        // An SBOM of one platform speaks of no other, whatever the statement around it names beside that one.
        return about.All(digest => digest == covers || digest == _image.Digest)
            ? null
            : new Rejection(ReasonCode.DocumentSubjectMismatch, "the statement and the SBOM in it speak of different platforms")
            {
                Expected = string.Join(" or ", about),
                Actual = covers.ToString(),
            };
    }

    internal static Rejection ToRejection(SignatureProblem problem) => new(
        problem.Reason switch
        {
            // Whether the signature is none, or nobody trusted speaks for it: it vouches for nothing.
            _ when problem.Reason == ReasonCode.SignatureInvalid || problem.Reason == ReasonCode.KeyNotTrusted || problem.Reason == ReasonCode.TlogMismatch
                || problem.Reason == ReasonCode.TimeUntrusted || problem.Reason == ReasonCode.CertInvalid => ReasonCode.DocumentSignatureInvalid,
            _ when problem.Reason == ReasonCode.SubjectMismatch => ReasonCode.DocumentSubjectMismatch,
            _ when problem.Reason == ReasonCode.PayloadType => ReasonCode.DocumentFormat,
            _ when problem.Reason == ReasonCode.SignatureMalformed => ReasonCode.DocumentMalformed,
            _ => ReasonCode.DocumentLimit,
        },
        problem.Message)
    {
        Expected = problem.Expected,
        Actual = problem.Actual,
    };

    private static Rejection ToRejection(BindingResult binding) =>
        new(binding.Reason!, binding.Message) { Expected = binding.Expected, Actual = binding.Actual };

    private static Rejection Misplaced(DocumentKind kind, string found) => new(ReasonCode.DocumentFormat, $"it is {found}")
    {
        Expected = kind switch
        {
            DocumentKind.Sbom => "an SBOM, bare or in a statement",
            DocumentKind.Provenance => "a statement with SLSA provenance v0.2 or v1",
            _ => "a statement",
        },
        Actual = found,
    };
}
