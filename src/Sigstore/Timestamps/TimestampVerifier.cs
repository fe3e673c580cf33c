// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Security.Cryptography;

namespace SupplyChain.Sigstore;

/// <summary>
/// That a trusted authority saw a signature, and when. Only this library makes one, as part of <see cref="VerifiedMaterial"/>.
/// </summary>
public sealed class VerifiedTimestamp
{
    internal VerifiedTimestamp(TrustedAuthority authority, DateTimeOffset time)
    {
        Authority = authority;
        Time = time;
    }

    /// <summary>The authority.</summary>
    public TrustedAuthority Authority { get; }

    /// <summary>When.</summary>
    public DateTimeOffset Time { get; }
}

/// <summary>Verifies timestamps by the authorities of a trust root.</summary>
internal static class TimestampVerifier
{
    /// <summary>
    /// Verifies that an authority of <paramref name="authorities"/> saw <paramref name="signature"/>. The signer's certificate is the
    /// authority's own, or one that came along and that the authority issued; all of them are judged at the time that is told, not now.
    /// </summary>
    /// <param name="token">The timestamp.</param>
    /// <param name="signature">What it has to be of.</param>
    /// <param name="authorities">The authorities that are trusted.</param>
    /// <param name="verified">Who saw it and when.</param>
    /// <param name="problem">What was expected and what was found.</param>
    public static bool TryVerify(
        TimestampToken token, ReadOnlyMemory<byte> signature, IReadOnlyList<TrustedAuthority> authorities,
        [NotNullWhen(true)] out VerifiedTimestamp? verified, [NotNullWhen(false)] out string? problem)
    {
        verified = null;
        if (!CryptographicOperations.HashData(token.ImprintAlgorithm, signature.Span).AsSpan().SequenceEqual(token.Imprint.Span))
        {
            problem = "the timestamp is of another signature";
            return false;
        }

        var signer = token.Signer;
        if (!CryptographicOperations.HashData(signer.DigestAlgorithm, token.Content.Span).AsSpan().SequenceEqual(signer.ContentDigest.Span))
        {
            problem = "the signer of the timestamp signed other content";
            return false;
        }

        problem = "no timestamp authority is trusted";
        foreach (var authority in authorities)
        {
            problem = Explain(token, authority);
            if (problem is null)
            {
                verified = new VerifiedTimestamp(authority, token.Time);
                return true;
            }
        }

        return false;
    }

    private static string? Explain(TimestampToken token, TrustedAuthority authority)
    {
        var own = authority.Certificates[0];
        var ownIsLeaf = !IsAuthority(own);
        IReadOnlyList<Certificate> issuers = ownIsLeaf ? [.. authority.Certificates.Skip(1)] : authority.Certificates;
        // A leaf that the trust root names is the only one; what came along is not asked.
        var leaf = ownIsLeaf ? own : token.Certificates
            .Where(der => HasDigestOf(token.Signer, der))
            .Select(der => Certificate.TryRead(der, out var read, out _) ? read : null).OfType<Certificate>()
            .FirstOrDefault(certificate => IsNamedBy(token.Signer, certificate));
        if (leaf is null)
            return "the timestamp carries no certificate of its signer, and the trust root names none";
        if (!IsNamedBy(token.Signer, leaf))
            return $"the timestamp is signed by another certificate than {leaf} of the trust root";
        if (!token.Signer.Signature.IsBy(leaf.Key, token.Signer.Attributes.Span))
            return $"the timestamp is not signed by {leaf}";
        if (ExplainLeaf(leaf) is { } unfit)
            return unfit;
        if (!authority.ValidFor.Contains(token.Time))
            return $"the timestamp authority is trusted from {authority.ValidFor}, and told {Rfc3339.Write(token.Time)}";
        // An authority may be trusted by its leaf alone.
        if (issuers.Count == 0)
            return leaf.IsValidAt(token.Time) ? null : $"{leaf} was not valid at {Rfc3339.Write(token.Time)}";

        return CertificatePath.TryVerify(leaf, issuers, CertificateOids.TimeStamping, token.Time, out var problem) ? null : problem;
    }

    private static bool IsAuthority(Certificate certificate) => certificate.TryReadUse(out var use, out _) && use.IsAuthority;

    // RFC 3161 §2.3: the purpose is critical and the only one.
    private static string? ExplainLeaf(Certificate leaf)
    {
        if (!leaf.TryReadUse(out var use, out var problem))
            return problem;

        return use is { ArePurposesCritical: true, Purposes: [CertificateOids.TimeStamping] }
            ? null
            : $"{leaf} is not for time stamping alone, or does not say so critically";
    }

    private static bool IsNamedBy(TimestampSigner signer, Certificate certificate)
    {
        var isSigner = signer.KeyIdentifier.Length > 0
            ? certificate.Find(CertificateOids.SubjectKeyIdentifier) is { Value.Span: [0x04, _, .. var own] } && own.SequenceEqual(signer.KeyIdentifier.Span)
            : certificate.Fields.Issuer.Span.SequenceEqual(signer.Issuer.Span)
                && new BigInteger(certificate.Fields.SerialNumber.Span, isUnsigned: false, isBigEndian: true) == signer.SerialNumber;
        return isSigner && HasDigestOf(signer, certificate.Der);
    }

    // Looked at first, so that certificates of no use are not even read.
    private static bool HasDigestOf(TimestampSigner signer, ReadOnlyMemory<byte> der) =>
        CryptographicOperations.HashData(signer.CertificateDigestAlgorithm, der.Span).AsSpan().SequenceEqual(signer.CertificateDigest.Span);
}
