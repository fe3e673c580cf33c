// SPDX-License-Identifier: Apache-2.0

using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace SupplyChain.Testing.Sigstore;

/// <summary>A timestamp authority: it signs that it saw some bytes, and the clock's time; RFC 3161. A <see cref="TimestampDraft"/> breaks one thing.</summary>
public sealed class TimestampAuthority : IDisposable
{
    private const string Sha256 = "2.16.840.1.101.3.4.2.1";
    private const string TimestampInfo = "1.2.840.113549.1.9.16.1.4";
    private const string TimeStamping = "1.3.6.1.5.5.7.3.8";

    private static readonly Asn1Tag Tag0 = new(TagClass.ContextSpecific, 0);

    private readonly TimeProvider _clock;
    private readonly ECDsa _rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _root;
    private readonly X509Certificate2 _leaf;

    /// <param name="clock">Its clock.</param>
    /// <param name="purposes">What its certificate is for; time stamping unless said.</param>
    /// <param name="isCritical">Whether the certificate says so critically.</param>
    public TimestampAuthority(TimeProvider clock, string[]? purposes = null, bool isCritical = true)
    {
        _clock = clock;
        var (from, to) = (clock.GetUtcNow().AddYears(-1), clock.GetUtcNow().AddYears(9));
        var root = new CertificateRequest("CN=time root,O=example", _rootKey, HashAlgorithmName.SHA256);
        root.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        root.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        _root = root.CreateSelfSigned(from, to);

        var leaf = new CertificateRequest("CN=time,O=example", _key, HashAlgorithmName.SHA256);
        leaf.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        leaf.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(Purposes(purposes ?? [TimeStamping]), isCritical));
        _leaf = leaf.Create(_root.SubjectName, X509SignatureGenerator.CreateForECDsa(_rootKey), from, to, [9]);
    }

    /// <summary>Its certificates, its own first.</summary>
    public IReadOnlyList<byte[]> Certificates => [_leaf.RawData, _root.RawData];

    /// <summary>A TimeStampResp for <paramref name="content"/>.</summary>
    public byte[] Stamp(ReadOnlySpan<byte> content, TimestampDraft? draft = null) => StampDigest(SHA256.HashData(content), draft);

    /// <summary>A TimeStampResp for something of that SHA-256.</summary>
    public byte[] StampDigest(byte[] digest, TimestampDraft? draft = null)
    {
        draft ??= new TimestampDraft();
        var info = WriteInfo(digest, draft);
        var attributes = WriteAttributes(draft.ContentType, SHA256.HashData(info), draft.NamesCertificate ? SHA256.HashData(_leaf.RawData) : null);
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            using (writer.PushSequence())
                writer.WriteInteger(draft.Status);
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier("1.2.840.113549.1.7.2");
                using (writer.PushSequence(Tag0))
                    WriteSignedData(writer, info, attributes, draft);
            }
        }

        return writer.Encode();
    }

    public void Dispose()
    {
        _root.Dispose();
        _leaf.Dispose();
        _rootKey.Dispose();
        _key.Dispose();
    }

    private static OidCollection Purposes(string[] oids)
    {
        var purposes = new OidCollection();
        foreach (var oid in oids)
            purposes.Add(new Oid(oid));
        return purposes;
    }

    private byte[] WriteInfo(byte[] imprint, TimestampDraft draft)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(1);
            writer.WriteObjectIdentifier("1.3.6.1.4.1.57264.2");
            using (writer.PushSequence())
            {
                WriteSha256(writer);
                writer.WriteOctetString(imprint);
            }

            writer.WriteInteger(4711);
            writer.WriteGeneralizedTime(_clock.GetUtcNow() - draft.Age, omitFractionalSeconds: true);
            if (draft.HasAccuracy)
            {
                using (writer.PushSequence())
                    writer.WriteInteger(1);
                writer.WriteBoolean(true);
            }

            if (draft.Nonce is { } nonce)
                writer.WriteInteger(nonce);
        }

        return writer.Encode();
    }

    private static byte[] WriteAttributes(string contentType, byte[] digest, byte[]? certificate)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSetOf())
        {
            Attribute("1.2.840.113549.1.9.3", () => writer.WriteObjectIdentifier(contentType));
            Attribute("1.2.840.113549.1.9.4", () => writer.WriteOctetString(digest));
            if (certificate is not null)
            {
                Attribute("1.2.840.113549.1.9.16.2.47", () =>
                {
                    using (writer.PushSequence())
                    using (writer.PushSequence())
                    using (writer.PushSequence())
                        writer.WriteOctetString(certificate);
                });
            }
        }

        return writer.Encode();

        void Attribute(string type, Action value)
        {
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier(type);
                using (writer.PushSetOf())
                    value();
            }
        }
    }

    private void WriteSignedData(AsnWriter writer, byte[] info, byte[] attributes, TimestampDraft draft)
    {
        using var data = writer.PushSequence();
        writer.WriteInteger(3);
        using (writer.PushSetOf())
            WriteSha256(writer);
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(TimestampInfo);
            using (writer.PushSequence(Tag0))
                writer.WriteOctetString(info);
        }

        if (draft.Certificates.Count > 0)
        {
            using (writer.PushSetOf(Tag0))
            {
                foreach (var certificate in draft.Certificates)
                    writer.WriteEncodedValue(certificate);
            }
        }

        using (writer.PushSetOf())
        {
            for (var i = 0; i < draft.Signers; i++)
                WriteSigner(writer, attributes, i);
        }
    }

    private void WriteSigner(AsnWriter writer, byte[] attributes, int number)
    {
        using var signer = writer.PushSequence();
        writer.WriteInteger(1 + number);
        using (writer.PushSequence())
        {
            writer.WriteEncodedValue(_leaf.IssuerName.RawData);
            writer.WriteInteger(9);
        }

        WriteSha256(writer);
        var stored = attributes.ToArray();
        stored[0] = 0xa0;
        writer.WriteEncodedValue(stored);
        using (writer.PushSequence())
            writer.WriteObjectIdentifier("1.2.840.10045.4.3.2");
        writer.WriteOctetString(_key.SignData(attributes, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
    }

    private static void WriteSha256(AsnWriter writer)
    {
        using (writer.PushSequence())
            writer.WriteObjectIdentifier(Sha256);
    }
}

/// <summary>What an answer of a timestamp authority is.</summary>
public sealed record TimestampDraft
{
    public int Status { get; init; }

    public string ContentType { get; init; } = "1.2.840.113549.1.9.16.1.4";

    public bool NamesCertificate { get; init; } = true;

    public int Signers { get; init; } = 1;

    /// <summary>How long ago it says it was.</summary>
    public TimeSpan Age { get; init; }

    /// <summary>The number that was asked with.</summary>
    public BigInteger? Nonce { get; init; }

    /// <summary>Whether it tells how exact it is, and that its answers are in order.</summary>
    public bool HasAccuracy { get; init; }

    public IReadOnlyList<byte[]> Certificates { get; init; } = [];
}
