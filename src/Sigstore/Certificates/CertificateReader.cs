// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;
using SupplyChain.Model;

namespace SupplyChain.Sigstore;

/// <summary>
/// Reads certificates strictly: DER, version 3, the same scheme named inside and outside of what is signed, nothing after the end, each
/// extension once. A certificate that this refuses and another reader takes is one that nobody needs.
/// </summary>
internal static class CertificateReader
{
    private const int LargestSerialNumber = 21;

    private static readonly Asn1Tag Version = new(TagClass.ContextSpecific, 0);
    private static readonly Asn1Tag ExtensionsTag = new(TagClass.ContextSpecific, 3);

    public static bool TryRead(
        ReadOnlyMemory<byte> der, [NotNullWhen(true)] out Certificate? certificate, [NotNullWhen(false)] out string? problem)
    {
        certificate = null;
        if (der.Length > Limits.CertificateBytes)
        {
            problem = $"a certificate has at most {Limits.CertificateBytes} bytes, found {der.Length}";
            return false;
        }

        try
        {
            problem = Read(der, out certificate);
        }
        catch (AsnContentException malformed)
        {
            problem = $"the certificate is not DER of RFC 5280: {Printable.Escape(malformed.Message)}";
        }
        catch (CryptographicException refused)
        {
            problem = $"the certificate is not valid: {Printable.Escape(refused.Message)}";
        }

        return certificate is not null;
    }

    private static string? Read(ReadOnlyMemory<byte> der, out Certificate? certificate)
    {
        certificate = null;
        var reader = new AsnReader(der, AsnEncodingRules.DER);
        var outer = reader.ReadSequence();
        reader.ThrowIfNotEmpty();
        var signed = outer.ReadEncodedValue();
        var scheme = outer.ReadEncodedValue();
        var content = outer.ReadBitString(out var unusedBits);
        outer.ThrowIfNotEmpty();
        if (unusedBits != 0)
            return "the signature of the certificate is not a whole number of bytes";
        if (!CertificateSignature.TryRead(scheme, content, out var signature, out var problem))
            return problem;

        problem = ReadFields(der, signed, scheme, out var fields);
        if (problem is not null)
            return problem;
        if (!PublicKey.TryReadSpki(fields!.SubjectPublicKeyInfo.Span, out var key, out problem))
            return $"the key of the certificate cannot be used: {problem}";

        certificate = new Certificate(fields, signature, key);
        return null;
    }

    private static string? ReadFields(
        ReadOnlyMemory<byte> der, ReadOnlyMemory<byte> signed, ReadOnlyMemory<byte> scheme, out CertificateFields? fields)
    {
        fields = null;
        var reader = new AsnReader(signed, AsnEncodingRules.DER).ReadSequence();
        var version = reader.PeekTag().HasSameClassAndValue(Version) ? reader.ReadSequence(Version).ReadInteger() : BigInteger.Zero;
        if (version != 2)
            return $"a certificate of version 3 was expected, found version {version + 1}";

        var serial = reader.ReadIntegerBytes();
        if (serial.Length > LargestSerialNumber)
            return $"a serial number has at most {LargestSerialNumber} bytes, found {serial.Length}";
        if (!reader.ReadEncodedValue().Span.SequenceEqual(scheme.Span))
            return "the certificate names one signature scheme inside and another outside of what is signed";

        var issuer = ReadName(reader);
        var validity = reader.ReadSequence();
        var (notBefore, notAfter) = (ReadTime(validity), ReadTime(validity));
        validity.ThrowIfNotEmpty();
        var subject = ReadName(reader);
        var key = reader.ReadEncodedValue();
        // The unique identifiers of version 2, which nobody uses, have no place.
        var problem = ReadExtensions(reader, out var extensions);
        reader.ThrowIfNotEmpty();
        fields = problem is not null ? null : new CertificateFields
        {
            Der = der,
            ToBeSigned = signed,
            SerialNumber = serial,
            Issuer = issuer,
            Subject = subject,
            NotBefore = notBefore,
            NotAfter = notAfter,
            SubjectPublicKeyInfo = key,
            Extensions = extensions,
        };
        return problem;
    }

    // Names are compared byte by byte and kept as they are; under another tag one could be taken for extensions later.
    private static ReadOnlyMemory<byte> ReadName(AsnReader reader) => reader.PeekTag() == Asn1Tag.Sequence
        ? reader.ReadEncodedValue()
        : throw new AsnContentException($"a name was expected, a sequence, found {reader.PeekTag()}");

    private static string? ReadExtensions(AsnReader reader, out List<CertificateExtension> extensions)
    {
        extensions = [];
        if (!reader.HasData)
            return null;

        var outer = reader.ReadSequence(ExtensionsTag);
        var list = outer.ReadSequence();
        outer.ThrowIfNotEmpty();
        while (list.HasData)
        {
            var extension = list.ReadSequence();
            var oid = extension.ReadObjectIdentifier();
            var isCritical = extension.PeekTag().HasSameClassAndValue(Asn1Tag.Boolean) && extension.ReadBoolean();
            var value = extension.ReadOctetString();
            extension.ThrowIfNotEmpty();
            if (extensions.Count == Limits.CertificateExtensions)
                return $"a certificate has at most {Limits.CertificateExtensions} extensions";
            if (extensions.Exists(known => string.Equals(known.Oid, oid, StringComparison.Ordinal)))
                return $"the certificate has extension {oid} twice";
            extensions.Add(new CertificateExtension(oid, isCritical, value));
        }

        return null;
    }

    // RFC 5280 §4.1.2.5: two digits of a year mean 1950 to 2049, and no time has a fraction.
    private static DateTimeOffset ReadTime(AsnReader reader) => reader.PeekTag().HasSameClassAndValue(Asn1Tag.UtcTime)
        ? reader.ReadUtcTime(twoDigitYearMax: 2049)
        : reader.ReadGeneralizedTime() is var time && time.Ticks % TimeSpan.TicksPerSecond == 0
            ? time
            : throw new AsnContentException("a time of a certificate has a fraction of a second");
}
