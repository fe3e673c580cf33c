// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Sigstore;

/// <summary>Whom to believe of those who sign bundles, and what has to speak for them.</summary>
public sealed record BundleTrust
{
    /// <summary>The logs and authorities.</summary>
    public required TrustedRoot Root { get; init; }

    /// <summary>The identities that may have signed with a certificate; any one suffices, none means nobody.</summary>
    public IReadOnlyList<TrustedIdentity> Identities { get; init; } = [];

    /// <summary>The keys that may have signed without one, each with the time it may have signed at; any one suffices, none means nobody.</summary>
    public IReadOnlyList<TrustedKey> Keys { get; init; } = [];

    /// <summary>How many logs of distinct operators have to have recorded the signature.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public required int Logs { get; init => field = Counted(value); }

    /// <summary>
    /// How many logs of distinct operators have to have recorded the certificate before it was issued. With any, a signature by a key alone
    /// is refused.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public required int CertificateLogs { get; init => field = Counted(value); }

    /// <summary>How many logs and timestamp authorities of distinct operators have to have told when it was signed.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public required int Times { get; init => field = Counted(value); }

    private static int Counted(int number)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        return number;
    }
}

/// <summary>A key that is trusted by itself.</summary>
/// <param name="Key">The key.</param>
/// <param name="ValidFor">When it may have signed.</param>
public sealed record TrustedKey(PublicKey Key, ValidityPeriod ValidFor);
