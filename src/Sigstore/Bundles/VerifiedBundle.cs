// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Sigstore;

/// <summary>
/// A bundle whose signature was verified, with all that was shown to speak for it. Only <see cref="BundleVerifier"/> makes one.
/// </summary>
public sealed class VerifiedBundle
{
    internal VerifiedBundle()
    {
    }

    /// <summary>The key that signed.</summary>
    public required PublicKey Key { get; init; }

    /// <summary>Who held it; null where the key itself is trusted.</summary>
    public required CertificateIdentity? Identity { get; init; }

    /// <summary>The certificate of who held it; null where the key itself is trusted.</summary>
    public required Certificate? Certificate { get; init; }

    /// <summary>What was said of the artifact; null where the artifact itself was signed.</summary>
    public Statement? Statement { get; init; }

    /// <summary>The logs that recorded the signature.</summary>
    public required IReadOnlyList<VerifiedLogEntry> LogEntries { get; init; }

    /// <summary>The timestamp authorities that saw it.</summary>
    public required IReadOnlyList<VerifiedTimestamp> Timestamps { get; init; }

    /// <summary>The logs that recorded the certificate.</summary>
    public required IReadOnlyList<TrustedLog> CertificateLogs { get; init; }
}
