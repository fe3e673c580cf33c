// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Sigstore;

/// <summary>
/// An image signature that a candidate has made (a known key, or the key of a certificate that a trust root speaks for), in either of its
/// forms: a simple-signing payload or a statement of predicate type <see cref="PredicateTypes.ImageSignature"/>. No other statement is an
/// image signature.
/// </summary>
public sealed class VerifiedSignature
{
    internal VerifiedSignature(
        Signer signer, Digest image, string? repository, IReadOnlyDictionary<string, string> annotations, Digest digest)
    {
        Signer = signer;
        Image = image;
        Repository = repository;
        Annotations = annotations;
        Digest = digest;
    }

    /// <summary>Who signed.</summary>
    public Signer Signer { get; }

    /// <summary>The key that signed.</summary>
    public PublicKey Key => Signer.Key;

    /// <summary>The image that was signed.</summary>
    public Digest Image { get; }

    /// <summary>
    /// The repository the signer named, exactly as written: the docker-reference of a simple-signing payload, or the
    /// subject's name. Null when none was named; a caller that binds the repository must not take that for a match.
    /// </summary>
    public string? Repository { get; }

    /// <summary>What the signer noted, text values only.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; }

    /// <summary>
    /// The digest of the stored bytes: the simple-signing payload, or what the statement was stored in.
    /// </summary>
    public Digest Digest { get; }

    /// <summary>Takes a verified statement for the image signature it is.</summary>
    /// <param name="statement">The statement.</param>
    /// <param name="signature">The signature, when the result is <see langword="true"/>.</param>
    /// <param name="problem">
    /// When it is not: PAYLOAD_TYPE for a statement of any other predicate type, SUBJECT_MISMATCH when it names the
    /// image under several names.
    /// </param>
    public static bool TryFromStatement(
        VerifiedStatement statement, [NotNullWhen(true)] out VerifiedSignature? signature,
        [NotNullWhen(false)] out SignatureProblem? problem)
    {
        ArgumentNullException.ThrowIfNull(statement);
        signature = null;
        if (!string.Equals(statement.PredicateType, PredicateTypes.ImageSignature, StringComparison.Ordinal))
        {
            problem = new SignatureProblem(ReasonCode.PayloadType, "the statement is no image signature")
            {
                Expected = PredicateTypes.ImageSignature,
                Actual = Printable.Escape(statement.PredicateType),
            };
            return false;
        }

        var subjects = statement.ImageSubjects;
        if (subjects.Count > 1)
        {
            problem = new SignatureProblem(ReasonCode.SubjectMismatch, "the statement names the image more than once")
            {
                Expected = "one subject with the image's digest",
                Actual = $"{subjects.Count} subjects",
            };
            return false;
        }

        problem = null;
        signature = new VerifiedSignature(
            statement.Signer, statement.Image, subjects[0].Name, subjects[0].Annotations, statement.Digest);
        return true;
    }
}
