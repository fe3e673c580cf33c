// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using SupplyChain.Model;

namespace SupplyChain.Sigstore;

/// <summary>
/// A statement about an image whose envelope a candidate has signed: a known key, or the key of a certificate that a trust root speaks for. Only
/// <see cref="EnvelopeVerifier"/> makes one, and what it holds was read from exactly the bytes that were verified.
/// </summary>
public sealed class VerifiedStatement
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = Limits.Depth };

    private readonly Statement _statement;
    private JsonDocument? _predicate;

    internal VerifiedStatement(
        Statement statement, Signer signer, Digest image, Envelope envelope, Digest digest)
    {
        _statement = statement;
        Signer = signer;
        Image = image;
        Payload = envelope.Payload;
        Signature = envelope.Signature;
        Digest = digest;
    }

    /// <summary>Who signed.</summary>
    public Signer Signer { get; }

    /// <summary>The key that signed.</summary>
    public PublicKey Key => Signer.Key;

    /// <summary>The image it was verified for: one of its subjects has this digest.</summary>
    public Digest Image { get; }

    /// <summary>What kind of thing is said.</summary>
    public string PredicateType => _statement.PredicateType;

    /// <summary>Everything the statement speaks of; at least one subject is the image.</summary>
    public IReadOnlyList<StatementSubject> Subjects => _statement.Subjects;

    /// <summary>The statement's bytes, as signed.</summary>
    public ReadOnlyMemory<byte> Payload { get; }

    /// <summary>The signature over them: with it whoever keeps the statement can verify it again.</summary>
    public ReadOnlyMemory<byte> Signature { get; }

    /// <summary>The predicate's bytes as they stand in <see cref="Payload"/>; empty when there is none.</summary>
    public ReadOnlyMemory<byte> PredicateContent => _statement.Predicate;

    /// <summary>
    /// The predicate as a document, built on first use; undefined when there is none. For a predicate that carries a
    /// report or an SBOM, <see cref="PredicateContent"/> costs no memory.
    /// </summary>
    public JsonElement Predicate
    {
        get
        {
            if (PredicateContent.IsEmpty)
                return default;

            // Strictness was proven over the whole statement before it was verified.
            return (_predicate ??= JsonDocument.Parse(PredicateContent, Options)).RootElement;
        }
    }

    /// <summary>The digest of the stored bytes it came from: the bundle's blob, or the envelope's layer.</summary>
    public Digest Digest { get; }

    internal IReadOnlyList<StatementSubject> ImageSubjects => _statement.SubjectsOf(Image);
}
