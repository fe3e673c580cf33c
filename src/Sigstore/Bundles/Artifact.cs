// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using SupplyChain.Model;

namespace SupplyChain.Sigstore;

/// <summary>
/// What a bundle is verified for: an artifact known by its bytes, or by digests of them. By which digest a bundle knows it is the business of
/// its signer's key and of its statement, so that more bundles can be verified with more known.
/// </summary>
public sealed class Artifact
{
    private readonly ReadOnlyMemory<byte>? _content;
    private readonly Digest? _stated;
    private byte[]? _sha256;
    private byte[]? _sha384;
    private byte[]? _sha512;

    private Artifact(ReadOnlyMemory<byte> content) => _content = content;

    private Artifact(Digest stated)
    {
        _stated = stated;
        var value = Convert.FromHexString(stated.Hex);
        if (stated.IsSha256)
            _sha256 = value;
        else
            _sha512 = value;
    }

    internal Artifact(byte[] sha256, byte[] sha384, byte[] sha512) => (_sha256, _sha384, _sha512) = (sha256, sha384, sha512);

    /// <summary>The bytes, for keys that sign them rather than a digest; null where only digests are known.</summary>
    internal ReadOnlyMemory<byte>? Content => _content;

    /// <summary>An artifact of which that digest alone is known.</summary>
    public static implicit operator Artifact(Digest digest) => FromDigest(digest);

    /// <summary>An artifact of which that digest alone is known, which the caller computed.</summary>
    public static Artifact FromDigest(Digest digest)
    {
        ArgumentNullException.ThrowIfNull(digest);
        return new Artifact(digest);
    }

    /// <summary>An artifact of those bytes, which must not change while it is in use.</summary>
    public static Artifact FromBytes(ReadOnlyMemory<byte> content) => new(content);

    /// <summary>Its SHA-256, or the one digest that is known.</summary>
    public override string ToString() =>
        _stated?.ToString() ?? Digest.FromSha256(DigestFor(HashAlgorithmName.SHA256)).ToString();

    /// <summary>Its digest of that kind; null where it is not known, and for kinds other than SHA-256, SHA-384 and SHA-512.</summary>
    internal byte[]? DigestFor(HashAlgorithmName algorithm)
    {
        if (algorithm == HashAlgorithmName.SHA256)
            return _sha256 ??= Compute(algorithm);
        if (algorithm == HashAlgorithmName.SHA384)
            return _sha384 ??= Compute(algorithm);
        return algorithm == HashAlgorithmName.SHA512 ? _sha512 ??= Compute(algorithm) : null;
    }

    /// <summary>Whether its digest of that kind is this one; null where it is not known.</summary>
    internal bool? Is(HashAlgorithmName algorithm, ReadOnlySpan<byte> digest) =>
        DigestFor(algorithm) is { } known ? digest.SequenceEqual(known) : null;

    /// <summary>Whether this is its digest; null where none of that kind is known.</summary>
    internal bool? Is(Digest digest) =>
        Is(digest.IsSha256 ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA512, Convert.FromHexString(digest.Hex));

    /// <summary>Whether a subject is this artifact: one digest says so, and none says otherwise.</summary>
    internal bool Is(StatementSubject subject)
    {
        var said = new[] { subject.Sha256, subject.Sha512 }.OfType<Digest>().Select(Is).ToList();
        return said.Contains(true) && !said.Contains(false);
    }

    private byte[]? Compute(HashAlgorithmName algorithm) =>
        _content is { } content ? CryptographicOperations.HashData(algorithm, content.Span) : null;
}
