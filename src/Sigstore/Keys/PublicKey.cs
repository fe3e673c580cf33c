// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using SupplyChain.Model;

namespace SupplyChain.Sigstore;

/// <summary>
/// A public key that signatures are verified with. It is imported once and may be used by several threads; the key
/// alone decides the algorithm. Two keys are equal if their SubjectPublicKeyInfo is, whatever algorithm they are used
/// with.
/// </summary>
/// <remarks>
/// ECDSA on P-256, P-384 and P-521 (named curve, uncompressed point), RSA of 2048 to 8192 bits, Ed25519. Every key has
/// exactly one accepted encoding, so no key can be counted twice under two spellings.
/// </remarks>
public sealed class PublicKey : IEquatable<PublicKey>
{
    private readonly KeyMaterial _material;
    private readonly byte[] _spki;

    private PublicKey(
        KeyMaterial material, byte[] spki, SigningAlgorithm algorithm, IReadOnlyList<SigningAlgorithm> algorithms)
    {
        _material = material;
        _spki = spki;
        Algorithms = algorithms;
        Algorithm = algorithm;
        Id = Digest.Compute(spki);
    }

    /// <summary>The key as DER SubjectPublicKeyInfo.</summary>
    public ReadOnlyMemory<byte> Spki => _spki;

    /// <summary>The SHA-256 of <see cref="Spki"/>: the key's name wherever one is needed.</summary>
    public Digest Id { get; }

    /// <summary><see cref="Id"/> as base64, which is the hint that cosign writes into bundles.</summary>
    public string Hint => Convert.ToBase64String(Convert.FromHexString(Id.Hex));

    /// <summary>What a signature by this key must be.</summary>
    public SigningAlgorithm Algorithm { get; }

    /// <summary>The algorithms that <see cref="With"/> accepts for this key.</summary>
    public IReadOnlyList<SigningAlgorithm> Algorithms { get; }

    internal KeyMaterial Material => _material;

    /// <summary>
    /// Reads the one PEM block of <paramref name="pem"/>: <c>PUBLIC KEY</c>, or <c>RSA PUBLIC KEY</c> (PKCS#1).
    /// </summary>
    public static bool TryParsePem(
        string? pem, [NotNullWhen(true)] out PublicKey? key, [NotNullWhen(false)] out string? problem)
    {
        key = null;
        if (!PublicKeyPem.TryRead(pem, out var spki, out problem))
            return false;

        return TryReadSpki(spki, out key, out problem);
    }

    /// <summary>Reads a DER SubjectPublicKeyInfo.</summary>
    public static bool TryReadSpki(
        ReadOnlySpan<byte> der, [NotNullWhen(true)] out PublicKey? key, [NotNullWhen(false)] out string? problem)
    {
        key = null;
        if (der.Length > Limits.KeyBytes)
        {
            problem = $"a key has at most {Limits.KeyBytes} bytes, found {der.Length}";
            return false;
        }

        var spki = der.ToArray();
        if (!SubjectPublicKeyInfo.TryRead(spki, out var material, out problem))
            return false;

        key = new PublicKey(material, spki, material.Algorithms[0], material.Algorithms);
        return true;
    }

    /// <summary>
    /// The same key, used with another of its <see cref="Algorithms"/>. Only a policy may ask for it.
    /// </summary>
    /// <exception cref="ArgumentException">The algorithm does not fit this key.</exception>
    public PublicKey With(SigningAlgorithm algorithm) => Algorithms.Contains(algorithm)
        ? new PublicKey(_material, _spki, algorithm, Algorithms)
        : throw new ArgumentException(
            $"The key signs with {string.Join(" or ", Algorithms.Select(a => a.Name()))}, not with {algorithm.Name()}.",
            nameof(algorithm));

    /// <summary>
    /// The same key where whoever holds it signs with some of its <see cref="Algorithms"/> only, the first of which is what it means
    /// when nobody says.
    /// </summary>
    /// <exception cref="ArgumentException">None of them fits this key.</exception>
    public PublicKey LimitedTo(params IReadOnlyCollection<SigningAlgorithm> offered)
    {
        SigningAlgorithm[] left = [.. Algorithms.Where(offered.Contains)];
        return left.Length > 0
            ? new PublicKey(_material, _spki, left[0], left)
            : throw new ArgumentException("The key signs with none of them.", nameof(offered));
    }

    /// <summary>
    /// Whether <paramref name="signature"/> is this key's signature over the message, strictly encoded.
    /// </summary>
    public bool Verify(ToBeSigned message, ReadOnlySpan<byte> signature)
    {
        ArgumentNullException.ThrowIfNull(message);
        return _material.Verify(Algorithm, message, signature);
    }

    /// <summary>Whether this is the key's signature over bytes that are no statement: a log's promise, a checkpoint.</summary>
    internal bool Verify(ReadOnlyMemory<byte> message, ReadOnlySpan<byte> signature) => _material.Verify(Algorithm, message, signature);

    /// <summary>Whether this is the key's signature over an artifact, of which what this key signs has to be known.</summary>
    internal bool Verify(Artifact artifact, ReadOnlySpan<byte> signature) => CanVerify(artifact) && (Algorithm == SigningAlgorithm.Ed25519
        ? Verify(artifact.Content!.Value, signature)
        : _material.VerifyDigest(Algorithm, artifact.DigestFor(Algorithm.DigestAlgorithm()), signature));

    /// <summary>Whether that of an artifact which this key signs is known.</summary>
    internal bool CanVerify(Artifact artifact) =>
        Algorithm == SigningAlgorithm.Ed25519 ? artifact.Content is not null : artifact.DigestFor(Algorithm.DigestAlgorithm()) is not null;

    /// <summary>The key as a PEM block that ends with a line feed.</summary>
    public string ToPem() => PemEncoding.WriteString("PUBLIC KEY", _spki) + "\n";

    /// <inheritdoc/>
    public bool Equals(PublicKey? other) => other is not null && _spki.AsSpan().SequenceEqual(other._spki);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PublicKey);

    /// <inheritdoc/>
    public override int GetHashCode() => Id.GetHashCode();

    /// <summary>The algorithm and the key's <see cref="Id"/>.</summary>
    public override string ToString() => $"{Algorithm.Name()} {Id}";
}
