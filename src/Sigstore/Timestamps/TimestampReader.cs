// SPDX-License-Identifier: Apache-2.0

using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;
using SupplyChain.Model;

namespace SupplyChain.Sigstore;

/// <summary>Reads timestamps: RFC 3161 §2.4.2 around RFC 5652 §5. Both are BER by their specifications and DER in practice.</summary>
internal static class TimestampReader
{
    private const string SignedData = "1.2.840.113549.1.7.2";
    private const string TimestampInfo = "1.2.840.113549.1.9.16.1.4";
    private const int Granted = 0;
    private const int GrantedWithModifications = 1;

    private static readonly Asn1Tag Tag0 = new(TagClass.ContextSpecific, 0, isConstructed: true);
    private static readonly Asn1Tag Tag1 = new(TagClass.ContextSpecific, 1, isConstructed: true);

    public static string? Read(ReadOnlyMemory<byte> response, out TimestampToken? token)
    {
        token = null;
        var outer = Open(new AsnReader(response, AsnEncodingRules.BER));
        var status = outer.ReadSequence().ReadInteger();
        if (status != Granted && status != GrantedWithModifications)
            return $"the authority answered with status {status}; expected 0 or 1";

        var contentInfo = outer.ReadSequence();
        outer.ThrowIfNotEmpty();
        var type = contentInfo.ReadObjectIdentifier();
        if (type != SignedData)
            return $"the timestamp holds content of type {Printable.Escape(type)}; expected {SignedData}";

        var signedData = contentInfo.ReadSequence(Tag0);
        contentInfo.ThrowIfNotEmpty();
        var data = Open(signedData);
        data.ReadInteger();
        data.ReadSetOf();
        var encapsulated = data.ReadSequence();
        type = encapsulated.ReadObjectIdentifier();
        if (type != TimestampInfo)
            return $"the timestamp signs content of type {Printable.Escape(type)}; expected {TimestampInfo}";

        var wrapped = encapsulated.ReadSequence(Tag0);
        encapsulated.ThrowIfNotEmpty();
        ReadOnlyMemory<byte> content = wrapped.ReadOctetString();
        wrapped.ThrowIfNotEmpty();
        var certificates = ReadCertificates(data);
        if (data.HasData && data.PeekTag().HasSameClassAndValue(Tag1))
            data.ReadEncodedValue();
        var signers = data.ReadSetOf();
        data.ThrowIfNotEmpty();
        var signer = signers.ReadSequence();
        if (signers.HasData)
            return "the timestamp has several signers; expected one";

        return TimestampSignerReader.Read(signer, TimestampInfo, out var read) ?? ReadInfo(content, certificates, read!, out token);
    }

    private static string? ReadInfo(
        ReadOnlyMemory<byte> content, List<ReadOnlyMemory<byte>> certificates, TimestampSigner signer, out TimestampToken? token)
    {
        token = null;
        var info = Open(new AsnReader(content, AsnEncodingRules.DER));
        var version = info.ReadInteger();
        if (version != BigInteger.One)
            return $"the timestamp is of version {version}; expected 1";

        info.ReadObjectIdentifier();
        var imprint = info.ReadSequence();
        var algorithm = CmsDigests.Read(imprint.ReadSequence());
        var digest = imprint.ReadOctetString();
        imprint.ThrowIfNotEmpty();
        if (algorithm is not { } known || CmsDigests.LengthOf(known) != digest.Length)
            return "the timestamp is of a digest that is neither SHA-256 nor SHA-384 nor SHA-512";

        info.ReadInteger();
        var time = info.ReadGeneralizedTime();
        // Accuracy and order change nothing about the time; nor do the authority's name and extensions, which come last.
        if (info.HasData && info.PeekTag().HasSameClassAndValue(Asn1Tag.Sequence))
            info.ReadEncodedValue();
        if (info.HasData && info.PeekTag().HasSameClassAndValue(Asn1Tag.Boolean))
            info.ReadBoolean();
        token = new TimestampToken
        {
            ImprintAlgorithm = known,
            Imprint = digest,
            Time = time,
            Nonce = info.HasData && info.PeekTag().HasSameClassAndValue(Asn1Tag.Integer) ? info.ReadInteger() : null,
            Content = content,
            Certificates = certificates,
            Signer = signer,
        };
        return null;
    }

    private static List<ReadOnlyMemory<byte>> ReadCertificates(AsnReader data)
    {
        var certificates = new List<ReadOnlyMemory<byte>>();
        if (!data.PeekTag().HasSameClassAndValue(Tag0))
            return certificates;

        var list = data.ReadSetOf(skipSortOrderValidation: true, Tag0);
        while (list.HasData)
        {
            if (certificates.Count == Limits.ChainCertificates)
                throw new AsnContentException($"a timestamp has at most {Limits.ChainCertificates} certificates");
            certificates.Add(list.ReadEncodedValue());
        }

        return certificates;
    }

    private static AsnReader Open(AsnReader reader)
    {
        var sequence = reader.ReadSequence();
        reader.ThrowIfNotEmpty();
        return sequence;
    }
}

/// <summary>The digest functions that are accepted in CMS; RFC 5754 §2.</summary>
internal static class CmsDigests
{
    public static HashAlgorithmName? Read(AsnReader identifier)
    {
        var oid = identifier.ReadObjectIdentifier();
        if (identifier.HasData)
            identifier.ReadNull();
        identifier.ThrowIfNotEmpty();
        return oid switch
        {
            "2.16.840.1.101.3.4.2.1" => HashAlgorithmName.SHA256,
            "2.16.840.1.101.3.4.2.2" => HashAlgorithmName.SHA384,
            "2.16.840.1.101.3.4.2.3" => HashAlgorithmName.SHA512,
            _ => null,
        };
    }

    public static int LengthOf(HashAlgorithmName algorithm) =>
        algorithm == HashAlgorithmName.SHA256 ? 32 : algorithm == HashAlgorithmName.SHA384 ? 48 : 64;
}
