// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using SupplyChain.Model;

namespace SupplyChain.Sigstore;

/// <summary>
/// The certificates of an authority, from the one that issues leaves up to the anchor, which may be an intermediate. Only these are
/// asked who issued a leaf: neither what lies beside it nor any store of the system.
/// </summary>
internal static class CertificatePath
{
    /// <summary>
    /// Verifies that <paramref name="leaf"/> was issued below the last of <paramref name="authority"/> and that every certificate on the
    /// way is valid at <paramref name="time"/>; RFC 5280 §6.1 as far as such chains go.
    /// </summary>
    /// <param name="leaf">The certificate that signed something.</param>
    /// <param name="authority">The authority's certificates, the issuing one first, the anchor last.</param>
    /// <param name="purpose">The purpose that the leaf needs, and that no certificate above it may exclude.</param>
    /// <param name="time">A time that somebody trusted told.</param>
    /// <param name="problem">What was expected and what was found.</param>
    public static bool TryVerify(
        Certificate leaf, IReadOnlyList<Certificate> authority, string purpose, DateTimeOffset time, [NotNullWhen(false)] out string? problem)
    {
        problem = ExplainLeaf(leaf, purpose) ?? ExplainTime(leaf, time);
        var current = leaf;
        var below = 0;
        for (var i = 0; problem is null && i < authority.Count; i++)
        {
            // A chain lists each issuer once and in order.
            problem = current.IsIssuedBy(authority[i])
                ? ExplainAuthority(authority[i], purpose, below) ?? ExplainTime(authority[i], time)
                : $"{current} was not issued by {authority[i]} of the trust root";
            current = authority[i];
            below++;
        }

        if (authority.Count == 0)
            problem ??= "the authority has no certificates";
        return problem is null;
    }

    private static string? ExplainLeaf(Certificate leaf, string purpose)
    {
        if (!leaf.TryReadUse(out var use, out var problem))
            return problem;
        if (leaf.IsSelfIssued || use.IsAuthority || use.KeyUsage?.HasFlag(X509KeyUsage.CertificateSigning) == true)
            return $"{leaf} is an authority's own and cannot sign anything but certificates";
        if (use.KeyUsage is not { } usage || !usage.HasFlag(X509KeyUsage.DigitalSignature))
            return $"the key of {leaf} is not for signatures; expected the usage digitalSignature, found {use.KeyUsage?.ToString() ?? "none"}";

        return use.Purposes?.Contains(purpose, StringComparer.Ordinal) == true
            ? null
            : $"{leaf} is not for {Name(purpose)}; found {(use.Purposes is null ? "no purpose" : Names(use.Purposes))}";
    }

    private static string? ExplainAuthority(Certificate authority, string purpose, int below)
    {
        if (!authority.TryReadUse(out var use, out var problem))
            return problem;
        if (!use.IsAuthority || use.KeyUsage?.HasFlag(X509KeyUsage.CertificateSigning) == false)
            return $"{authority} may not issue certificates";
        // The leaf itself does not count.
        if (use.PathLength is { } length && below > length)
            return $"{authority} allows {length} authorities below it, found {below}";

        return use.Purposes is null || use.Purposes.Contains(purpose, StringComparer.Ordinal)
            || use.Purposes.Contains(CertificateOids.AnyPurpose, StringComparer.Ordinal)
            ? null
            : $"{authority} issues none for {Name(purpose)}; found {Names(use.Purposes)}";
    }

    private static string? ExplainTime(Certificate certificate, DateTimeOffset time) => certificate.IsValidAt(time)
        ? null
        : $"{certificate} is valid from {Rfc3339.Write(certificate.NotBefore)} to {Rfc3339.Write(certificate.NotAfter)}, "
            + $"and not at {Rfc3339.Write(time)}";

    // Whoever makes a certificate lists as many as there is room for.
    private static string Names(IReadOnlyList<string> purposes) => Printable.Escape(string.Join(", ", purposes.Select(Name)));

    private static string Name(string purpose) => purpose switch
    {
        CertificateOids.CodeSigning => "code signing",
        CertificateOids.TimeStamping => "time stamping",
        CertificateOids.AnyPurpose => "any purpose",
        _ => purpose,
    };
}
