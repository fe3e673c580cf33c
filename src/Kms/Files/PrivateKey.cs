// SPDX-License-Identifier: Apache-2.0

using System.Formats.Asn1;
using System.Security.Cryptography;
using SupplyChain.Sigstore;

namespace SupplyChain.Kms;

/// <summary>A private key in this process's memory, as its kind of mathematics sees it. Thread-safe.</summary>
internal abstract class PrivateKey : IDisposable
{
    /// <summary>The public half as DER SubjectPublicKeyInfo.</summary>
    public abstract byte[] ExportSpki();

    public abstract byte[] Sign(ToBeSigned message, SigningAlgorithm algorithm);

    public abstract void Dispose();

    /// <summary>Makes a new key as PKCS#8; the caller wipes it.</summary>
    public static byte[] Generate(KeyType type)
    {
        switch (type)
        {
            case KeyType.EcdsaP256:
                return GenerateEcdsa(ECCurve.NamedCurves.nistP256);
            case KeyType.EcdsaP384:
                return GenerateEcdsa(ECCurve.NamedCurves.nistP384);
            case KeyType.EcdsaP521:
                return GenerateEcdsa(ECCurve.NamedCurves.nistP521);
            case KeyType.Rsa2048:
                return GenerateRsa(2048);
            case KeyType.Rsa3072:
                return GenerateRsa(3072);
            case KeyType.Rsa4096:
                return GenerateRsa(4096);
            case KeyType.Ed25519:
                return Ed25519PrivateKey.Generate();
            default:
                throw new ArgumentOutOfRangeException(nameof(type));
        }
    }

    /// <summary>Imports a PKCS#8 key.</summary>
    /// <exception cref="CryptographicException">It is none, or of a kind that does not sign here.</exception>
    public static PrivateKey Import(byte[] pkcs8)
    {
        try
        {
            var info = new AsnReader(pkcs8, AsnEncodingRules.DER).ReadSequence();
            info.ReadInteger();
            return info.ReadSequence().ReadObjectIdentifier() switch
            {
                "1.2.840.10045.2.1" => new EcdsaPrivateKey(pkcs8),
                "1.2.840.113549.1.1.1" => new RsaPrivateKey(pkcs8),
                Ed25519.Oid => new Ed25519PrivateKey(info.ReadOctetString()),
                var other => throw new CryptographicException($"Keys of algorithm {other} do not sign here."),
            };
        }
        catch (AsnContentException malformed)
        {
            throw new CryptographicException("The key is not PKCS#8.", malformed);
        }
    }

    private static byte[] GenerateEcdsa(ECCurve curve)
    {
        using var key = ECDsa.Create(curve);
        return key.ExportPkcs8PrivateKey();
    }

    private static byte[] GenerateRsa(int bits)
    {
        using var key = RSA.Create(bits);
        return key.ExportPkcs8PrivateKey();
    }
}

internal sealed class EcdsaPrivateKey : PrivateKey
{
    // The base library does not promise that one object may be used by two threads.
    private readonly Lock _gate = new();
    private readonly ECDsa _key = ECDsa.Create();

    public EcdsaPrivateKey(byte[] pkcs8) => _key.ImportPkcs8PrivateKey(pkcs8, out _);

    public override byte[] ExportSpki() => _key.ExportSubjectPublicKeyInfo();

    public override byte[] Sign(ToBeSigned message, SigningAlgorithm algorithm)
    {
        lock (_gate)
            return _key.SignHash(message.DigestFor(algorithm), DSASignatureFormat.Rfc3279DerSequence);
    }

    public override void Dispose() => _key.Dispose();
}

internal sealed class RsaPrivateKey : PrivateKey
{
    private readonly Lock _gate = new();
    private readonly RSA _key = RSA.Create();

    public RsaPrivateKey(byte[] pkcs8) => _key.ImportPkcs8PrivateKey(pkcs8, out _);

    public override byte[] ExportSpki() => _key.ExportSubjectPublicKeyInfo();

    public override byte[] Sign(ToBeSigned message, SigningAlgorithm algorithm)
    {
        var digest = message.DigestFor(algorithm).ToArray();
        lock (_gate)
            return _key.SignHash(digest, algorithm.DigestAlgorithm(), algorithm.Padding());
    }

    public override void Dispose() => _key.Dispose();
}

internal sealed class Ed25519PrivateKey : PrivateKey
{
    private readonly EvpKeyHandle _key;

    /// <summary>Takes and wipes the key's DER, an OCTET STRING in the PKCS#8 key's octets (RFC 8410 §7).</summary>
    public Ed25519PrivateKey(byte[] octets)
    {
        if (!LibCrypto.IsAvailable)
            throw LibCrypto.Missing();

        var seed = new AsnReader(octets, AsnEncodingRules.DER).ReadOctetString();
        CryptographicOperations.ZeroMemory(octets);
        try
        {
            _key = Ed25519.ImportPrivate(seed);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(seed);
        }
    }

    public static byte[] Generate()
    {
        Span<byte> seed = stackalloc byte[Ed25519.PrivateKeySize];
        RandomNumberGenerator.Fill(seed);
        var inner = new AsnWriter(AsnEncodingRules.DER);
        inner.WriteOctetString(seed);
        var octets = inner.Encode();
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(0);
            using (writer.PushSequence())
                writer.WriteObjectIdentifier(Ed25519.Oid);
            writer.WriteOctetString(octets);
        }

        var pkcs8 = writer.Encode();
        inner.Reset();
        writer.Reset();
        CryptographicOperations.ZeroMemory(octets);
        CryptographicOperations.ZeroMemory(seed);
        return pkcs8;
    }

    public override byte[] ExportSpki() => SubjectPublicKeyInfo.WrapEd25519(Ed25519.ExportPublic(_key));

    public override byte[] Sign(ToBeSigned message, SigningAlgorithm algorithm) => Ed25519.Sign(_key, message.Message);

    public override void Dispose() => _key.Dispose();
}
