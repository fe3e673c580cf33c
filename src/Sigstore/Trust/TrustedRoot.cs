// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using SupplyChain.Model;

namespace SupplyChain.Sigstore;

/// <summary>Whom to believe: logs and authorities with their keys and times; protobuf-specs, sigstore_trustroot.proto, JSON form.</summary>
public sealed class TrustedRoot
{
    /// <summary>The media type that is read: the one that is served.</summary>
    public const string MediaType = "application/vnd.dev.sigstore.trustedroot+json;version=0.1";

    internal TrustedRoot()
    {
    }

    /// <summary>The SHA-256 of the document: trust roots of one digest are one.</summary>
    public required Digest Digest { get; init; }

    /// <summary>Logs of signatures.</summary>
    public required IReadOnlyList<TrustedLog> Logs { get; init; }

    /// <summary>Logs of certificates.</summary>
    public required IReadOnlyList<TrustedLog> CertificateLogs { get; init; }

    /// <summary>Authorities that issue certificates.</summary>
    public required IReadOnlyList<TrustedAuthority> CertificateAuthorities { get; init; }

    /// <summary>Authorities that tell the time.</summary>
    public required IReadOnlyList<TrustedAuthority> TimestampAuthorities { get; init; }

    /// <summary>How many run the logs of signatures; all whose operator is not told count as one.</summary>
    public int LogOperators => Logs.Select(log => log.RunBy).Distinct(StringComparer.Ordinal).Count();

    /// <summary>How many run the authorities that tell the time; all whose operator is not told count as one.</summary>
    public int TimestampOperators => TimestampAuthorities.Select(authority => authority.RunBy).Distinct(StringComparer.Ordinal).Count();

    /// <summary>
    /// What it lists and this product cannot verify with, such as a log with a key of another kind; printable. It counts for nothing.
    /// </summary>
    public required IReadOnlyList<string> Unusable { get; init; }

    /// <summary>Reads a trust root.</summary>
    /// <param name="utf8">The document.</param>
    /// <param name="root">The trust root, when the result is <see langword="true"/>.</param>
    /// <param name="problem">What was expected and what was found, when it is not.</param>
    public static bool TryRead(
        ReadOnlyMemory<byte> utf8, [NotNullWhen(true)] out TrustedRoot? root, [NotNullWhen(false)] out string? problem) =>
        TrustedRootReader.TryRead(utf8, out root, out problem);
}
