// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Sigstore;

/// <summary>An extension of a certificate; RFC 5280 §4.2.</summary>
/// <param name="Oid">What it is.</param>
/// <param name="IsCritical">Whether who does not understand it must refuse the certificate.</param>
/// <param name="Value">Its DER content.</param>
public sealed record CertificateExtension(string Oid, bool IsCritical, ReadOnlyMemory<byte> Value);

/// <summary>The object identifiers of extensions, and of purposes of keys.</summary>
internal static class CertificateOids
{
    public const string KeyUsage = "2.5.29.15";
    public const string SubjectAlternativeName = "2.5.29.17";
    public const string BasicConstraints = "2.5.29.19";
    public const string AuthorityKeyIdentifier = "2.5.29.35";
    public const string SubjectKeyIdentifier = "2.5.29.14";
    public const string ExtendedKeyUsage = "2.5.29.37";
    public const string SignedCertificateTimestamps = "1.3.6.1.4.1.11129.2.4.2";

    public const string CodeSigning = "1.3.6.1.5.5.7.3.3";
    public const string TimeStamping = "1.3.6.1.5.5.7.3.8";
    public const string AnyPurpose = "2.5.29.37.0";
}
