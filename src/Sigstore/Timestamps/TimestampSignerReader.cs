// SPDX-License-Identifier: Apache-2.0

using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;

namespace SupplyChain.Sigstore;

/// <summary>Reads the signer of a timestamp: RFC 5652 §5.3, with the attributes that RFC 3161 §2.4.1 demands.</summary>
internal static class TimestampSignerReader
{
    private const string ContentType = "1.2.840.113549.1.9.3";
    private const string MessageDigest = "1.2.840.113549.1.9.4";
    private const string SigningCertificate = "1.2.840.113549.1.9.16.2.12";
    private const string SigningCertificateV2 = "1.2.840.113549.1.9.16.2.47";

    private static readonly Asn1Tag Tag0 = new(TagClass.ContextSpecific, 0);
    private static readonly Asn1Tag Attributes = new(TagClass.ContextSpecific, 0, isConstructed: true);
    private static readonly Asn1Tag UnsignedAttributes = new(TagClass.ContextSpecific, 1, isConstructed: true);

    public static string? Read(AsnReader signer, string contentType, out TimestampSigner? read)
    {
        read = null;
        signer.ReadInteger();
        var (issuer, serial, keyIdentifier) = ReadIdentifier(signer);
        if (CmsDigests.Read(signer.ReadSequence()) is not { } algorithm)
            return "the signer of the timestamp uses a digest that is neither SHA-256 nor SHA-384 nor SHA-512";
        if (signer.PeekTag() != Attributes)
            return "the signer of the timestamp signs no attributes";

        // What is signed is a SET, though it is stored under another tag; RFC 5652 §5.4.
        var signed = signer.ReadEncodedValue().ToArray();
        signed[0] = 0x31;
        var scheme = signer.ReadEncodedValue();
        ReadOnlyMemory<byte> content = signer.ReadOctetString();
        if (signer.HasData)
            signer.ReadSetOf(skipSortOrderValidation: true, UnsignedAttributes);
        signer.ThrowIfNotEmpty();
        var problem = ReadAttributes(signed, contentType, out var digest, out var certificate, out var certificateAlgorithm);
        if (problem is not null)
            return problem;
        if (!CertificateSignature.TryRead(scheme, content, algorithm, out var signature, out problem))
            return problem;

        read = new TimestampSigner
        {
            Issuer = issuer,
            SerialNumber = serial,
            KeyIdentifier = keyIdentifier,
            DigestAlgorithm = algorithm,
            Attributes = signed,
            ContentDigest = digest,
            CertificateDigest = certificate,
            CertificateDigestAlgorithm = certificateAlgorithm,
            Signature = signature,
        };
        return null;
    }

    private static (ReadOnlyMemory<byte> Issuer, BigInteger Serial, ReadOnlyMemory<byte> KeyIdentifier) ReadIdentifier(AsnReader signer)
    {
        if (signer.PeekTag().HasSameClassAndValue(Tag0))
            return (default, default, signer.ReadOctetString(Tag0));

        var named = signer.ReadSequence();
        var issuer = named.ReadEncodedValue();
        var serial = named.ReadInteger();
        named.ThrowIfNotEmpty();
        return (issuer, serial, default);
    }

    private static string? ReadAttributes(
        ReadOnlyMemory<byte> signed, string contentType, out ReadOnlyMemory<byte> digest, out ReadOnlyMemory<byte> certificate,
        out HashAlgorithmName certificateAlgorithm)
    {
        (digest, certificate, certificateAlgorithm) = (default, default, HashAlgorithmName.SHA256);
        var types = new HashSet<string>(StringComparer.Ordinal);
        var list = new AsnReader(signed, AsnEncodingRules.DER).ReadSetOf();
        while (list.HasData)
        {
            var attribute = list.ReadSequence();
            var type = attribute.ReadObjectIdentifier();
            var values = attribute.ReadSetOf();
            if (!types.Add(type))
                return $"the signer of the timestamp signs attribute {type} twice";

            switch (type)
            {
                case ContentType when values.ReadObjectIdentifier() != contentType:
                    return "the signer of the timestamp signed content of another type";
                case MessageDigest:
                    digest = values.ReadOctetString();
                    break;
                case SigningCertificate:
                    // RFC 2634: always SHA-1, which identifies a certificate that is known and proves nothing.
                    (certificate, certificateAlgorithm) = (values.ReadSequence().ReadSequence().ReadSequence().ReadOctetString(), HashAlgorithmName.SHA1);
                    break;
                case SigningCertificateV2:
                    (certificate, certificateAlgorithm) = ReadSigningCertificate(values.ReadSequence().ReadSequence().ReadSequence());
                    break;
                default:
                    break;
            }
        }

        return !types.Contains(ContentType) || digest.Length == 0 ? "the signer of the timestamp signs neither type nor digest of the content"
            : certificate.Length == 0 ? "the signer of the timestamp does not sign which certificate is its own"
            : null;
    }

    // ESSCertIDv2: the digest function is left out where it is SHA-256.
    private static (ReadOnlyMemory<byte> Digest, HashAlgorithmName Algorithm) ReadSigningCertificate(AsnReader identifier)
    {
        var algorithm = HashAlgorithmName.SHA256;
        if (identifier.PeekTag().HasSameClassAndValue(Asn1Tag.Sequence))
            algorithm = CmsDigests.Read(identifier.ReadSequence()) ?? throw new AsnContentException("a certificate is named by an unknown digest");
        return (identifier.ReadOctetString(), algorithm);
    }
}
