// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;
using SupplyChain.Model;

namespace SupplyChain.Sigstore;

/// <summary>
/// The answer of a timestamp authority: that it saw some digest, and when (RFC 3161 §2.4). Nothing of it is proven until an authority is
/// found that signed it.
/// </summary>
internal sealed record TimestampToken
{
    /// <summary>The digest function of <see cref="Imprint"/>.</summary>
    public required HashAlgorithmName ImprintAlgorithm { get; init; }

    /// <summary>The digest of what was seen.</summary>
    public required ReadOnlyMemory<byte> Imprint { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>The number that whoever asked made up; null where none was sent.</summary>
    public required BigInteger? Nonce { get; init; }

    /// <summary>The content that the signed attributes have the digest of.</summary>
    public required ReadOnlyMemory<byte> Content { get; init; }

    /// <summary>Certificates that came along; hints.</summary>
    public required IReadOnlyList<ReadOnlyMemory<byte>> Certificates { get; init; }

    /// <summary>The one signer.</summary>
    public required TimestampSigner Signer { get; init; }

    /// <summary>Reads a DER TimeStampResp.</summary>
    public static bool TryRead(
        ReadOnlyMemory<byte> response, [NotNullWhen(true)] out TimestampToken? token, [NotNullWhen(false)] out string? problem)
    {
        token = null;
        if (response.Length > Limits.TimestampBytes)
        {
            problem = $"a timestamp has at most {Limits.TimestampBytes} bytes, found {response.Length}";
            return false;
        }

        try
        {
            problem = TimestampReader.Read(response, out token);
        }
        catch (AsnContentException malformed)
        {
            problem = $"the timestamp is not DER of RFC 3161: {Printable.Escape(malformed.Message)}";
        }

        return token is not null;
    }
}

/// <summary>Who signed a timestamp and what, as CMS says it; RFC 5652 §5.3.</summary>
internal sealed record TimestampSigner
{
    /// <summary>The signer's issuer and serial number, DER; empty where the key's identifier is given instead.</summary>
    public required ReadOnlyMemory<byte> Issuer { get; init; }

    /// <summary>The serial number, as its bytes.</summary>
    public required BigInteger SerialNumber { get; init; }

    /// <summary>The signer's key identifier; empty where issuer and serial number are given.</summary>
    public required ReadOnlyMemory<byte> KeyIdentifier { get; init; }

    /// <summary>The digest function of the content's digest among the signed attributes.</summary>
    public required HashAlgorithmName DigestAlgorithm { get; init; }

    /// <summary>The signed attributes as a SET, which is what is signed.</summary>
    public required ReadOnlyMemory<byte> Attributes { get; init; }

    /// <summary>The digest of the content, by the signed attributes.</summary>
    public required ReadOnlyMemory<byte> ContentDigest { get; init; }

    /// <summary>The digest of the signer's certificate, by the signed attributes; RFC 2634 §5.4, RFC 5035 §3.</summary>
    public required ReadOnlyMemory<byte> CertificateDigest { get; init; }

    /// <summary>The function of <see cref="CertificateDigest"/>.</summary>
    public required HashAlgorithmName CertificateDigestAlgorithm { get; init; }

    /// <summary>The signature.</summary>
    public required CertificateSignature Signature { get; init; }
}
