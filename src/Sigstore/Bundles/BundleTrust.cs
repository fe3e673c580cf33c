// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Sigstore;

/// <summary>Whom to believe of those who sign bundles, and what has to speak for them.</summary>
public sealed record BundleTrust
{
    /// <summary>The logs and authorities.</summary>
    public required TrustedRoot Root { get; init; }

    /// <summary>The identities that may have signed with a certificate; any one suffices, none means nobody.</summary>
    public IReadOnlyList<TrustedIdentity> Identities { get; init; } = [];

    /// <summary>The keys that may have signed without one; any one suffices, none means nobody.</summary>
    public IReadOnlyList<PublicKey> Keys { get; init; } = [];

    /// <summary>How many distinct logs have to have recorded the signature.</summary>
    public int Logs { get; init; } = 1;

    /// <summary>How many distinct logs have to have recorded the certificate before it was issued.</summary>
    public int CertificateLogs { get; init; } = 1;

    /// <summary>How many distinct logs and timestamp authorities have to have told when it was signed.</summary>
    public int Times { get; init; } = 1;
}

/// <summary>A workload or person that may sign with a certificate.</summary>
public sealed record TrustedIdentity
{
    /// <summary>The issuer of the token, character by character.</summary>
    public required string Issuer { get; init; }

    /// <summary>The name in the certificate, character by character.</summary>
    public required string Subject { get; init; }

    /// <summary>What <paramref name="identity"/> is instead; null when it is this one.</summary>
    internal string? Explain(CertificateIdentity identity) =>
        string.Equals(identity.Issuer, Issuer, StringComparison.Ordinal) && string.Equals(identity.Subject, Subject, StringComparison.Ordinal)
            ? null
            : $"{Subject} of {Issuer}";
}
