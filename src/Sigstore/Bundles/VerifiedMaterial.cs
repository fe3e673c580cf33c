// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Sigstore;

/// <summary>
/// What one trust root makes of a signature that was verified: who made it, which logs recorded it, and when that was. Only
/// this library makes one.
/// </summary>
public sealed class VerifiedMaterial
{
    internal VerifiedMaterial()
    {
    }

    /// <summary>The trust root.</summary>
    public required TrustedRoot Root { get; init; }

    /// <summary>The key that signed.</summary>
    public required PublicKey Key { get; init; }

    /// <summary>Who held it; null where the key itself is trusted.</summary>
    public required CertificateIdentity? Identity { get; init; }

    /// <summary>The certificate of who held it; null where the key itself is trusted.</summary>
    public required Certificate? Certificate { get; init; }

    /// <summary>What a bundle says of the artifact it was verified for; null where the artifact itself was signed.</summary>
    public Statement? Statement { get; internal set; }

    /// <summary>The logs that recorded the signature.</summary>
    public required IReadOnlyList<VerifiedLogEntry> LogEntries { get; init; }

    /// <summary>The timestamp authorities that saw it.</summary>
    public required IReadOnlyList<VerifiedTimestamp> Timestamps { get; init; }

    /// <summary>The logs that recorded the certificate.</summary>
    public required IReadOnlyList<TrustedLog> CertificateLogs { get; init; }

    /// <summary>Every time that a log or an authority told; distinct.</summary>
    public required IReadOnlyList<DateTimeOffset> Times { get; init; }

    /// <summary>How many logs of distinct operators recorded the signature.</summary>
    public int LogOperators => LogEntries.Select(entry => entry.Log.RunBy).Distinct(StringComparer.Ordinal).Count();

    /// <summary>How many logs of distinct operators were shown to have it in their tree, and did not only promise to include it.</summary>
    public int IncludingOperators => LogEntries.Where(entry => entry.IsIncluded).Select(entry => entry.Log.RunBy).Distinct(StringComparer.Ordinal).Count();

    /// <summary>How many timestamp authorities of distinct operators saw it.</summary>
    public int TimestampOperators => Timestamps.Select(timestamp => timestamp.Authority.RunBy).Distinct(StringComparer.Ordinal).Count();
}
