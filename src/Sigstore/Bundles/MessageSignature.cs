// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
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
    private readonly (HashAlgorithmName Algorithm, byte[] Value)? _stated;

    private MessageSignature((HashAlgorithmName Algorithm, byte[] Value)? stated, byte[] signature)
    {
        _stated = stated;
        _signature = signature;
    }

    /// <summary>The SHA-256 or SHA-512 that the bundle states for the artifact, if it states one; a hint.</summary>
    public Digest? StatedDigest => _stated switch
    {
        { Value: { Length: SHA256.HashSizeInBytes } value } => Digest.FromSha256(value),
        { Value: { Length: SHA512.HashSizeInBytes } value } => Digest.FromSha512(value),
        _ => null,
    };

    /// <summary>The signature's bytes.</summary>
    public ReadOnlyMemory<byte> Signature => _signature;

    /// <summary>Verifies the signature for an artifact.</summary>
    /// <param name="artifact">The artifact; by a digest alone, only signatures over just that kind of digest can be verified.</param>
    /// <param name="keys">The keys that may have signed.</param>
    /// <param name="signer">The key that signed, when the result is <see langword="true"/>.</param>
    /// <param name="problem">
    /// When it is not: SUBJECT_MISMATCH, KEY_NOT_TRUSTED (no keys given), TOO_MANY_SIGNATURES (more keys than are
    /// tried) or SIGNATURE_INVALID. Keys that sign a digest which is not known, or the unknown bytes themselves as Ed25519 does, never match.
    /// </param>
    public bool TryVerify(
        Artifact artifact, IReadOnlyList<PublicKey> keys, [NotNullWhen(true)] out PublicKey? signer,
        [NotNullWhen(false)] out SignatureProblem? problem)
    {
        ArgumentNullException.ThrowIfNull(artifact);
        ArgumentNullException.ThrowIfNull(keys);
        signer = null;
        if (_stated is { } stated && artifact.Is(stated.Algorithm, stated.Value) == false)
        {
            problem = new SignatureProblem(ReasonCode.SubjectMismatch, "the bundle is about another artifact")
            {
                Expected = $"{Word(stated.Algorithm)}:{Convert.ToHexStringLower(artifact.DigestFor(stated.Algorithm)!)}",
                Actual = $"{Word(stated.Algorithm)}:{Convert.ToHexStringLower(stated.Value)}",
            };
            return false;
        }

        problem = SignerSearch.ProblemOfCandidates(keys);
        if (problem is not null)
            return false;

        signer = keys.FirstOrDefault(key => key.Verify(artifact, _signature));
        problem = signer is null ? ExplainUnknown(artifact, keys) ?? SignerSearch.NotSigned(keys) : null;
        return signer is not null;
    }

    // A signature that could not even be tried is no forgery, and who asked can help.
    private static SignatureProblem? ExplainUnknown(Artifact artifact, IReadOnlyList<PublicKey> keys) =>
        keys.FirstOrDefault(key => !key.CanVerify(artifact)) is { } key
            ? new SignatureProblem(
                ReasonCode.SignatureInvalid, $"of the artifact only {artifact} is known, and a key for {key.Algorithm.Name()} signs something else of it")
            {
                Expected = key.Algorithm == SigningAlgorithm.Ed25519 ? "the artifact's bytes" : $"its {key.Algorithm.DigestAlgorithm().Name}, or its bytes",
                Actual = artifact.ToString(),
            }
            : null;

    internal static SignatureProblem? Read(ref Utf8JsonReader reader, out MessageSignature? message)
    {
        message = null;
        if (!reader.BeginObject())
            return Malformed("is not an object");

        (HashAlgorithmName, byte[])? stated = null;
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

    private static SignatureProblem? ReadDigest(ref Utf8JsonReader reader, out (HashAlgorithmName, byte[])? stated)
    {
        stated = null;
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

        stated = (algorithm, value?.Length) switch
        {
            ("SHA2_256", SHA256.HashSizeInBytes) => (HashAlgorithmName.SHA256, value!),
            ("SHA2_384", SHA384.HashSizeInBytes) => (HashAlgorithmName.SHA384, value!),
            ("SHA2_512", SHA512.HashSizeInBytes) => (HashAlgorithmName.SHA512, value!),
            _ => null,
        };
        return stated is null ? Malformed("states a digest whose algorithm and length do not fit") : null;
    }

    private static string Word(HashAlgorithmName algorithm) => algorithm.Name!.ToLowerInvariant();

    private static SignatureProblem Malformed(string what) =>
        SignatureProblem.Malformed($"the message signature {what}");
}
