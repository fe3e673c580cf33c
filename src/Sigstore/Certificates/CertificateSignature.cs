// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using System.Security.Cryptography;
using SupplyChain.Model;

namespace SupplyChain.Sigstore;

/// <summary>
/// A signature whose scheme its container names, as X.509 and CMS do. The name must fit the key; RFC 5758, RFC 4055, RFC 8410.
/// </summary>
internal sealed class CertificateSignature
{
    private const string RsaEncryption = "1.2.840.113549.1.1.1";
    private const string EcPublicKey = "1.2.840.10045.2.1";

    private readonly Scheme _scheme;
    private readonly ReadOnlyMemory<byte> _content;

    private CertificateSignature(Scheme scheme, ReadOnlyMemory<byte> content)
    {
        _scheme = scheme;
        _content = content;
    }

    private enum Kind
    {
        Ecdsa,
        Rsa,
        Ed25519,
    }

    /// <summary>Reads an AlgorithmIdentifier of a signature scheme, as certificates have it.</summary>
    public static bool TryRead(
        ReadOnlyMemory<byte> identifier, ReadOnlyMemory<byte> content, [NotNullWhen(true)] out CertificateSignature? signature,
        [NotNullWhen(false)] out string? problem) => TryRead(identifier, content, digest: null, out signature, out problem);

    /// <summary>Reads one of CMS, where a scheme may leave it to another place which digest it is of; RFC 5754 §3.</summary>
    public static bool TryRead(
        ReadOnlyMemory<byte> identifier, ReadOnlyMemory<byte> content, HashAlgorithmName? digest,
        [NotNullWhen(true)] out CertificateSignature? signature, [NotNullWhen(false)] out string? problem)
    {
        signature = null;
        var reader = new AsnReader(identifier, AsnEncodingRules.DER).ReadSequence();
        var oid = reader.ReadObjectIdentifier();
        if (digest is { } separate && oid is (RsaEncryption or EcPublicKey))
            oid = Scheme.All.First(known => known.DigestAlgorithm == separate && known.Kind == (oid is RsaEncryption ? Kind.Rsa : Kind.Ecdsa)).Oid;
        if (Scheme.All.FirstOrDefault(known => string.Equals(known.Oid, oid, StringComparison.Ordinal)) is not { } scheme)
        {
            problem = $"the signature scheme {Printable.Escape(oid)} is not supported; expected ECDSA or RSA PKCS#1 v1.5 with SHA-256, "
                + "SHA-384 or SHA-512, or Ed25519";
            return false;
        }

        // RFC 4055 has NULL for RSA, the others have nothing.
        if (scheme.Kind == Kind.Rsa && reader.HasData)
            reader.ReadNull();
        reader.ThrowIfNotEmpty();
        signature = new CertificateSignature(scheme, content);
        problem = null;
        return true;
    }

    public bool IsBy(PublicKey key, ReadOnlySpan<byte> message)
    {
        switch (key.Material, _scheme.Kind)
        {
            case (Ed25519Key edwards, Kind.Ed25519):
                return edwards.Verify(message, _content.Span);
            case (EcdsaKey ecdsa, Kind.Ecdsa):
                return ecdsa.VerifyDer(Digest(message), _content.Span);
            case (RsaKey rsa, Kind.Rsa):
                return rsa.VerifyDigest(Digest(message), _content.Span, _scheme.DigestAlgorithm, RSASignaturePadding.Pkcs1);
            default:
                return false;
        }
    }

    private byte[] Digest(ReadOnlySpan<byte> message) => CryptographicOperations.HashData(_scheme.DigestAlgorithm, message);

    private sealed record Scheme(string Oid, Kind Kind, HashAlgorithmName DigestAlgorithm)
    {
        public static IReadOnlyList<Scheme> All { get; } =
        [
            new("1.2.840.10045.4.3.2", Kind.Ecdsa, HashAlgorithmName.SHA256),
            new("1.2.840.10045.4.3.3", Kind.Ecdsa, HashAlgorithmName.SHA384),
            new("1.2.840.10045.4.3.4", Kind.Ecdsa, HashAlgorithmName.SHA512),
            new("1.2.840.113549.1.1.11", Kind.Rsa, HashAlgorithmName.SHA256),
            new("1.2.840.113549.1.1.12", Kind.Rsa, HashAlgorithmName.SHA384),
            new("1.2.840.113549.1.1.13", Kind.Rsa, HashAlgorithmName.SHA512),
            new(Ed25519.Oid, Kind.Ed25519, default),
        ];
    }
}
