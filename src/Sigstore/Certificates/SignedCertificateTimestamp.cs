// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using System.Security.Cryptography;

namespace SupplyChain.Sigstore;

/// <summary>
/// A log's promise that it recorded a certificate before it was issued, as the certificate carries it; RFC 6962 §3.2
/// and §3.3.
/// </summary>
internal sealed class SignedCertificateTimestamp
{
    private const byte Version1 = 0;
    private const byte DigestSha256 = 4;
    private const byte SignatureRsa = 1;
    private const byte SignatureEcdsa = 3;
    private const int LogIdBytes = 32;
    private const int FixedBytes = 1 + LogIdBytes + sizeof(ulong);

    private readonly ReadOnlyMemory<byte> _extensions;
    private readonly ReadOnlyMemory<byte> _signature;
    private readonly byte _scheme;
    private readonly ulong _milliseconds;

    private SignedCertificateTimestamp(
        ReadOnlyMemory<byte> logId, ulong milliseconds, ReadOnlyMemory<byte> extensions, byte scheme,
        ReadOnlyMemory<byte> signature)
    {
        LogId = logId;
        _milliseconds = milliseconds;
        _extensions = extensions;
        _scheme = scheme;
        _signature = signature;
    }

    /// <summary>The id of the log, the SHA-256 of its key.</summary>
    public ReadOnlyMemory<byte> LogId { get; }

    /// <summary>When it promised; null for a time after the year 9999.</summary>
    public DateTimeOffset? Time => _milliseconds <= (ulong)DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
        ? DateTimeOffset.FromUnixTimeMilliseconds((long)_milliseconds)
        : null;

    /// <summary>Reads the list in a certificate; empty where it has none.</summary>
    public static bool TryRead(
        Certificate certificate, [NotNullWhen(true)] out IReadOnlyList<SignedCertificateTimestamp>? timestamps,
        [NotNullWhen(false)] out string? problem)
    {
        timestamps = null;
        problem = null;
        if (certificate.Find(CertificateOids.SignedCertificateTimestamps) is not { } extension)
        {
            timestamps = [];
            return true;
        }

        try
        {
            var reader = new AsnReader(extension.Value, AsnEncodingRules.DER);
            var list = (ReadOnlyMemory<byte>)reader.ReadOctetString();
            reader.ThrowIfNotEmpty();
            timestamps = ReadList(list);
        }
        catch (AsnContentException)
        {
            timestamps = null;
        }

        problem = timestamps is null ? $"the timestamps that logs gave {certificate} are malformed" : null;
        return timestamps is not null;
    }

    /// <summary>
    /// Whether <paramref name="log"/> gave it for the certificate that <paramref name="issuer"/> issued.
    /// </summary>
    public bool IsBy(TrustedLog log, Certificate certificate, Certificate issuer) =>
        SchemeOf(log.Key.Algorithm) == _scheme && log.Key.Verify(ToBeSigned(certificate, issuer), _signature.Span);

    // A promise names SHA-256, or it was not read: a key that means another digest or scheme did not make it.
    private static byte? SchemeOf(SigningAlgorithm algorithm) => algorithm switch
    {
        SigningAlgorithm.RsaPkcs1Sha256 => SignatureRsa,
        SigningAlgorithm.EcdsaP256Sha256 or SigningAlgorithm.EcdsaP384Sha256 or SigningAlgorithm.EcdsaP521Sha256 =>
            SignatureEcdsa,
        _ => null,
    };

    // The certificate as it was before it carried this: its signed part without the extension; RFC 6962 §3.2.
    private byte[] ToBeSigned(Certificate certificate, Certificate issuer)
    {
        var signed = WithoutTimestamps(certificate.Fields.ToBeSigned);
        var message = new byte[
            2 + sizeof(ulong) + 2 + SHA256.HashSizeInBytes + 3 + signed.Length + 2 + _extensions.Length];
        var rest = message.AsSpan();
        rest[0] = Version1;
        rest[1] = 0;
        BinaryPrimitives.WriteUInt64BigEndian(rest[2..], _milliseconds);
        rest = rest[(2 + sizeof(ulong))..];
        BinaryPrimitives.WriteUInt16BigEndian(rest, 1);
        SHA256.HashData(issuer.Key.Spki.Span, rest[2..]);
        rest = rest[(2 + SHA256.HashSizeInBytes)..];
        rest[0] = (byte)(signed.Length >> 16);
        BinaryPrimitives.WriteUInt16BigEndian(rest[1..], (ushort)(signed.Length & 0xffff));
        signed.CopyTo(rest[3..]);
        rest = rest[(3 + signed.Length)..];
        BinaryPrimitives.WriteUInt16BigEndian(rest, (ushort)_extensions.Length);
        _extensions.Span.CopyTo(rest[2..]);
        return message;
    }

    // Every other element keeps its own bytes; only the lengths around them change.
    private static byte[] WithoutTimestamps(ReadOnlyMemory<byte> toBeSigned)
    {
        var extensionsTag = new Asn1Tag(TagClass.ContextSpecific, 3, isConstructed: true);
        var writer = new AsnWriter(AsnEncodingRules.DER);
        var reader = new AsnReader(toBeSigned, AsnEncodingRules.DER).ReadSequence();
        using (writer.PushSequence())
        {
            while (reader.HasData)
            {
                if (reader.PeekTag() != extensionsTag)
                {
                    writer.WriteEncodedValue(reader.ReadEncodedValue().Span);
                    continue;
                }

                var list = reader.ReadSequence(extensionsTag).ReadSequence();
                using var outer = writer.PushSequence(extensionsTag);
                using var inner = writer.PushSequence();
                while (list.HasData)
                {
                    var extension = list.ReadEncodedValue();
                    var oid = new AsnReader(extension, AsnEncodingRules.DER).ReadSequence().ReadObjectIdentifier();
                    if (oid != CertificateOids.SignedCertificateTimestamps)
                        writer.WriteEncodedValue(extension.Span);
                }
            }
        }

        return writer.Encode();
    }

    private static List<SignedCertificateTimestamp>? ReadList(ReadOnlyMemory<byte> list)
    {
        if (!TryTake(ref list, out var entries) || list.Length > 0)
            return null;

        var timestamps = new List<SignedCertificateTimestamp>();
        while (entries.Length > 0)
        {
            if (!TryTake(ref entries, out var entry) || Read(entry) is not { } timestamp)
                return null;
            timestamps.Add(timestamp);
        }

        return timestamps.Count > 0 ? timestamps : null;
    }

    private static SignedCertificateTimestamp? Read(ReadOnlyMemory<byte> entry)
    {
        if (entry.Length < FixedBytes || entry.Span[0] != Version1)
            return null;

        var rest = entry[FixedBytes..];
        if (!TryTake(ref rest, out var extensions) || rest.Length < 2 || rest.Span[0] != DigestSha256)
            return null;

        var scheme = rest.Span[1];
        rest = rest[2..];
        return TryTake(ref rest, out var signature) && rest.Length == 0
            ? new SignedCertificateTimestamp(
                entry.Slice(1, LogIdBytes), BinaryPrimitives.ReadUInt64BigEndian(entry.Span[(1 + LogIdBytes)..]),
                extensions, scheme, signature)
            : null;
    }

    // A length of two bytes and as many bytes; RFC 5246 §4.3.
    private static bool TryTake(ref ReadOnlyMemory<byte> from, out ReadOnlyMemory<byte> taken)
    {
        taken = default;
        if (from.Length < 2)
            return false;

        var length = BinaryPrimitives.ReadUInt16BigEndian(from.Span);
        if (from.Length - 2 < length)
            return false;

        taken = from.Slice(2, length);
        from = from[(2 + length)..];
        return true;
    }
}
