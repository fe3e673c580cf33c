// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Sigstore;

/// <summary>
/// An in-toto statement (Statement v0.1 or v1): of which subjects something is said, and what. Nobody vouches for it
/// until it is inside a <see cref="VerifiedStatement"/>.
/// </summary>
public sealed class Statement
{
    /// <summary>The type of statements this product writes.</summary>
    public const string TypeV1 = "https://in-toto.io/Statement/v1";

    /// <summary>The older type, which cosign still writes for attestations.</summary>
    public const string TypeV01 = "https://in-toto.io/Statement/v0.1";

    internal Statement(IReadOnlyList<StatementSubject> subjects, string predicateType, ReadOnlyMemory<byte> predicate)
    {
        Subjects = subjects;
        PredicateType = predicateType;
        Predicate = predicate;
    }

    /// <summary>What the statement speaks of; at least one.</summary>
    public IReadOnlyList<StatementSubject> Subjects { get; }

    /// <summary>What kind of thing is said.</summary>
    public string PredicateType { get; }

    /// <summary>What is said: the predicate's bytes as they stand in the statement; empty when there is none.</summary>
    public ReadOnlyMemory<byte> Predicate { get; }

    /// <summary>
    /// Reads a statement that nobody has verified, to show it. Decisions read statements through
    /// <see cref="EnvelopeVerifier"/>. Unknown members and digest algorithms are ignored, duplicates refused.
    /// </summary>
    /// <param name="utf8">The statement; must not change while the result is in use.</param>
    /// <param name="statement">The statement, when the result is <see langword="true"/>.</param>
    /// <param name="problem">SIGNATURE_MALFORMED, PAYLOAD_TYPE or EVIDENCE_LIMIT, when it is not.</param>
    public static bool TryReadUnverified(
        ReadOnlyMemory<byte> utf8, [NotNullWhen(true)] out Statement? statement,
        [NotNullWhen(false)] out SignatureProblem? problem) =>
        StatementReader.TryRead(utf8, out statement, out problem);

    /// <summary>
    /// The subjects whose SHA-256 is <paramref name="image"/>; names and other digests prove nothing.
    /// </summary>
    internal IReadOnlyList<StatementSubject> SubjectsOf(Digest image) =>
        [.. Subjects.Where(subject => image.Equals(subject.Sha256))];

    internal SignatureProblem? ExplainSubject(Artifact artifact) => Subjects.Any(artifact.Is)
        ? null
        : new SignatureProblem(ReasonCode.SubjectMismatch, "the statement speaks of another artifact")
        {
            Expected = artifact.ToString(),
            Actual = (Subjects[0].Sha256 ?? Subjects[0].Sha512) is not { } first ? "no sha256 or sha512 digest"
                : Subjects.Count == 1 ? first.ToString()
                : $"{first} and {Subjects.Count - 1} more",
        };

    internal SignatureProblem NoSubjectIs(Digest image) => new(
        ReasonCode.SubjectMismatch, "the statement speaks of another image")
    {
        Expected = image.ToString(),
        Actual = Subjects[0].Sha256 is not { } first ? "no sha256 digest"
            : Subjects.Count == 1 ? first.ToString()
            : $"{first} and {Subjects.Count - 1} more",
    };
}

/// <summary>One thing that a statement speaks of.</summary>
/// <param name="Name">The name its author gave it, if any. A name is never proof of what the subject is.</param>
/// <param name="Sha256">Its SHA-256, the only digest that evidence about images is bound by; null when it has only others.</param>
/// <param name="Annotations">What its author noted about it; only text values are kept.</param>
public sealed record StatementSubject(string? Name, Digest? Sha256, IReadOnlyDictionary<string, string> Annotations)
{
    /// <summary>Its SHA-512, by which package registries know what they publish; null when it has only others.</summary>
    public Digest? Sha512 { get; init; }

    /// <summary>An image as the subject of a statement, with the repository as its name if one is given.</summary>
    public static StatementSubject Of(Digest image, Repository? repository = null) =>
        new(repository?.ToString(), image, Sigstore.Annotations.None);
}
