// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using SupplyChain.Model;

namespace SupplyChain.Sigstore;

/// <summary>What a certificate may be used for, by its own extensions; RFC 5280 §4.2.1.3, §4.2.1.9 and §4.2.1.12.</summary>
internal sealed record CertificateUse
{
    private static readonly string[] Understood =
    [
        CertificateOids.KeyUsage, CertificateOids.SubjectAlternativeName, CertificateOids.BasicConstraints, CertificateOids.ExtendedKeyUsage,
        CertificateOids.AuthorityKeyIdentifier, CertificateOids.SubjectKeyIdentifier, CertificateOids.SignedCertificateTimestamps,
    ];

    /// <summary>Whether it issues certificates.</summary>
    public bool IsAuthority { get; private init; }

    /// <summary>How many authorities may stand between it and the leaf; null for any number.</summary>
    public int? PathLength { get; private init; }

    /// <summary>What the key may do; null where the certificate does not say.</summary>
    public X509KeyUsage? KeyUsage { get; private init; }

    /// <summary>The purposes of the key; null where the certificate does not say.</summary>
    public IReadOnlyList<string>? Purposes { get; private init; }

    /// <summary>Whether the purposes are critical.</summary>
    public bool ArePurposesCritical { get; private init; }

    /// <summary>Reads them, and refuses what is critical and not understood.</summary>
    public static bool TryRead(
        Certificate certificate, [NotNullWhen(true)] out CertificateUse? use, [NotNullWhen(false)] out string? problem)
    {
        use = null;
        if (certificate.Extensions.FirstOrDefault(extension => extension.IsCritical && !Understood.Contains(extension.Oid)) is { } unknown)
        {
            problem = $"{certificate} has the critical extension {Printable.Escape(unknown.Oid)}, which is not understood here";
            return false;
        }

        try
        {
            use = Read(certificate);
            problem = null;
            return true;
        }
        catch (AsnContentException malformed)
        {
            problem = $"an extension of {certificate} is not DER of RFC 5280: {Printable.Escape(malformed.Message)}";
            return false;
        }
    }

    private static CertificateUse Read(Certificate certificate)
    {
        var (isAuthority, pathLength) = ReadBasicConstraints(certificate.Find(CertificateOids.BasicConstraints));
        var purposes = certificate.Find(CertificateOids.ExtendedKeyUsage);
        return new CertificateUse
        {
            IsAuthority = isAuthority,
            PathLength = pathLength,
            KeyUsage = certificate.Find(CertificateOids.KeyUsage) is { } usage ? ReadKeyUsage(usage.Value) : null,
            Purposes = purposes is null ? null : ReadPurposes(purposes.Value),
            ArePurposesCritical = purposes?.IsCritical == true,
        };
    }

    private static (bool IsAuthority, int? PathLength) ReadBasicConstraints(CertificateExtension? extension)
    {
        if (extension is null)
            return (false, null);

        var reader = Open(extension.Value);
        var isAuthority = reader.HasData && reader.PeekTag().HasSameClassAndValue(Asn1Tag.Boolean) && reader.ReadBoolean();
        int? length = null;
        if (reader.HasData)
            length = reader.TryReadInt32(out var read) && read >= 0 ? read : throw new AsnContentException("a path length is no count");
        reader.ThrowIfNotEmpty();
        return (isAuthority, length);
    }

    private static X509KeyUsage ReadKeyUsage(ReadOnlyMemory<byte> value)
    {
        var reader = new AsnReader(value, AsnEncodingRules.DER);
        var usage = reader.ReadNamedBitListValue<X509KeyUsage>();
        reader.ThrowIfNotEmpty();
        return usage;
    }

    private static List<string> ReadPurposes(ReadOnlyMemory<byte> value)
    {
        var reader = Open(value);
        var purposes = new List<string>();
        while (reader.HasData)
            purposes.Add(reader.ReadObjectIdentifier());
        return purposes;
    }

    private static AsnReader Open(ReadOnlyMemory<byte> value)
    {
        var reader = new AsnReader(value, AsnEncodingRules.DER);
        var sequence = reader.ReadSequence();
        reader.ThrowIfNotEmpty();
        return sequence;
    }
}

/// <summary>The bits of KeyUsage; RFC 5280 §4.2.1.3.</summary>
[Flags]
internal enum X509KeyUsage
{
    None = 0,
    DigitalSignature = 1 << 0,
    ContentCommitment = 1 << 1,
    KeyEncipherment = 1 << 2,
    DataEncipherment = 1 << 3,
    KeyAgreement = 1 << 4,
    CertificateSigning = 1 << 5,
    CrlSigning = 1 << 6,
    EncipherOnly = 1 << 7,
    DecipherOnly = 1 << 8,
}
