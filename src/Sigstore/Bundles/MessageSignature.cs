// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using SupplyChain.Model;
using SupplyChain.Model.Decisions;

namespace SupplyChain.Sigstore;

/// <summary>
/// A signature over an artifact's own bytes, from a bundle. It says nothing about what the artifact is: it is never an
/// image signature or an attestation.
/// </summary>
public sealed class MessageSignature
{
    private readonly byte[] _signature;

    private MessageSignature(Digest? digest, byte[] signature)
    {
        StatedDigest = digest;
        _signature = signature;
    }

    /// <summary>The SHA-256 or SHA-512 that the bundle states for the artifact, if it states one; a hint.</summary>
    public Digest? StatedDigest { get; }

    /// <summary>The signature's bytes.</summary>
    public ReadOnlyMemory<byte> Signature => _signature;

    /// <summary>Verifies the signature for an artifact of which only the SHA-256 is at hand.</summary>
    /// <param name="artifact">The SHA-256 that the caller computed over the artifact.</param>
    /// <param name="keys">The keys that may have signed.</param>
    /// <param name="signer">The key that signed, when the result is <see langword="true"/>.</param>
    /// <param name="problem">
    /// When it is not: SUBJECT_MISMATCH, KEY_NOT_TRUSTED (no keys given), TOO_MANY_SIGNATURES (more keys than are
    /// tried) or SIGNATURE_INVALID. Keys that sign another digest, or the message itself as Ed25519 does, never match.
    /// </param>
    public bool TryVerify(
        Digest artifact, IReadOnlyList<PublicKey> keys, [NotNullWhen(true)] out PublicKey? signer,
        [NotNullWhen(false)] out SignatureProblem? problem)
    {
        ArgumentNullException.ThrowIfNull(artifact);
        ArgumentNullException.ThrowIfNull(keys);
        signer = null;
        if (!artifact.IsSha256 || (StatedDigest is { IsSha256: true } stated && !stated.Equals(artifact)))
        {
            problem = new SignatureProblem(ReasonCode.SubjectMismatch, "the bundle is about another artifact")
            {
                Expected = artifact.ToString(),
                Actual = StatedDigest?.ToString(),
            };
            return false;
        }

        problem = SignerSearch.ProblemOfCandidates(keys);
        if (problem is not null)
            return false;

        var digest = Convert.FromHexString(artifact.Hex);
        signer = keys.FirstOrDefault(key => key.VerifySha256(digest, _signature));
        problem = signer is null ? SignerSearch.NotSigned(keys) : null;
        return signer is not null;
    }

    internal static SignatureProblem? Read(ref Utf8JsonReader reader, out MessageSignature? message)
    {
        message = null;
        if (!reader.BeginObject())
            return Malformed("is not an object");

        Digest? stated = null;
        byte[]? signature = null;
        SignatureProblem? problem = null;
        while (problem is null && reader.NextMember())
        {
            if (reader.ValueTextEquals("messageDigest"u8))
                problem = ReadDigest(ref reader, out stated);
            else if (reader.ValueTextEquals("signature"u8))
                problem = reader.TryReadBase64(out signature)
                    ? null
                    : Malformed("has a signature that is not canonical base64");
            else
                problem = Malformed($"has an unknown member {Printable.Escape(reader.GetString())}");
        }

        problem ??= signature is not { Length: > 0 } ? Malformed("has no signature") : null;
        message = problem is null ? new MessageSignature(stated, signature!) : null;
        return problem;
    }

    private static SignatureProblem? ReadDigest(ref Utf8JsonReader reader, out Digest? digest)
    {
        digest = null;
        if (!reader.BeginObject())
            return Malformed("has a messageDigest that is not an object");

        string? algorithm = null;
        byte[]? value = null;
        while (reader.NextMember())
        {
            if (reader.ValueTextEquals("algorithm"u8))
            {
                if (!reader.TryReadText(out algorithm))
                    return Malformed("has a digest algorithm that is not text");
            }
            else if (reader.ValueTextEquals("digest"u8))
            {
                if (!reader.TryReadBase64(out value))
                    return Malformed("has a digest that is not canonical base64");
            }
            else
            {
                return Malformed($"has an unknown member messageDigest.{Printable.Escape(reader.GetString())}");
            }
        }

        digest = (algorithm, value?.Length) switch
        {
            ("SHA2_256", 32) => Digest.FromSha256(value),
            ("SHA2_512", 64) => Digest.FromSha512(value),
            _ => null,
        };
        return digest is null && algorithm is not "SHA2_384"
            ? Malformed("states a digest whose algorithm and length do not fit")
            : null;
    }

    private static SignatureProblem Malformed(string what) =>
        SignatureProblem.Malformed($"the message signature {what}");
}
