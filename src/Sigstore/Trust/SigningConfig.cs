// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;

namespace SupplyChain.Sigstore;

/// <summary>Which services a signer uses, now and later; protobuf-specs, sigstore_trustroot.proto, SigningConfig version 0.2, JSON form.</summary>
public sealed class SigningConfig
{
    /// <summary>The media type that is read.</summary>
    public const string MediaType = "application/vnd.dev.sigstore.signingconfig.v0.2+json";

    // Authorities of certificates and of times have had one version so far.
    private static readonly ServiceSelection One = new(ServiceSelector.Any, Count: 1);
    private static readonly uint[] FirstVersion = [1];

    internal SigningConfig()
    {
    }

    /// <summary>The versions of logs' interfaces that can be asked for: Rekor 1 and 2.</summary>
    public static IReadOnlyList<uint> LogVersions { get; } = [1, 2];

    /// <summary>Authorities that issue certificates.</summary>
    public required IReadOnlyList<SigningService> CertificateAuthorities { get; init; }

    /// <summary>Issuers of identity tokens for people.</summary>
    public required IReadOnlyList<SigningService> IdentityIssuers { get; init; }

    /// <summary>Logs of signatures.</summary>
    public required IReadOnlyList<SigningService> Logs { get; init; }

    /// <summary>How many of them are used.</summary>
    public required ServiceSelection LogSelection { get; init; }

    /// <summary>Authorities that tell the time.</summary>
    public required IReadOnlyList<SigningService> TimestampAuthorities { get; init; }

    /// <summary>How many of them are used.</summary>
    public required ServiceSelection TimestampSelection { get; init; }

    /// <summary>The times from which on other logs may be chosen than before, the earliest first.</summary>
    public IReadOnlyList<DateTimeOffset> LogChanges => ServiceChoice.Changes(Logs);

    /// <summary>The times from which on other authorities may be chosen than before, the earliest first.</summary>
    public IReadOnlyList<DateTimeOffset> TimestampChanges => ServiceChoice.Changes(TimestampAuthorities);

    /// <summary>Reads a signing configuration.</summary>
    /// <param name="utf8">The document.</param>
    /// <param name="config">The configuration, when the result is <see langword="true"/>.</param>
    /// <param name="problem">What was expected and what was found, when it is not.</param>
    public static bool TryRead(
        ReadOnlyMemory<byte> utf8, [NotNullWhen(true)] out SigningConfig? config, [NotNullWhen(false)] out string? problem) =>
        SigningConfigReader.TryRead(utf8, out config, out problem);

    /// <summary>The logs that record a signature made at <paramref name="time"/>.</summary>
    /// <param name="time">Now.</param>
    /// <param name="versions">The versions that may be used, of <see cref="LogVersions"/>.</param>
    /// <param name="chosen">The logs, at least one, when the result is <see langword="true"/>.</param>
    /// <param name="problem">What was expected and what was found, when it is not.</param>
    public bool TryChooseLogs(
        DateTimeOffset time, IReadOnlyCollection<uint> versions, [NotNullWhen(true)] out IReadOnlyList<SigningService>? chosen,
        [NotNullWhen(false)] out string? problem) =>
        ServiceChoice.TryChoose("logs", Logs, LogSelection, time, [.. versions.Intersect(LogVersions)], out chosen, out problem);

    /// <summary>The authorities that tell when a signature was made, at <paramref name="time"/>.</summary>
    /// <param name="time">Now.</param>
    /// <param name="chosen">The authorities, at least one, when the result is <see langword="true"/>.</param>
    /// <param name="problem">What was expected and what was found, when it is not.</param>
    public bool TryChooseTimestampAuthorities(
        DateTimeOffset time, [NotNullWhen(true)] out IReadOnlyList<SigningService>? chosen, [NotNullWhen(false)] out string? problem) =>
        ServiceChoice.TryChoose("timestamp authorities", TimestampAuthorities, TimestampSelection, time, FirstVersion, out chosen, out problem);

    /// <summary>The authority that issues a certificate at <paramref name="time"/>.</summary>
    /// <param name="time">Now.</param>
    /// <param name="chosen">The authority, when the result is <see langword="true"/>.</param>
    /// <param name="problem">What was expected and what was found, when it is not.</param>
    public bool TryChooseCertificateAuthority(
        DateTimeOffset time, [NotNullWhen(true)] out SigningService? chosen, [NotNullWhen(false)] out string? problem)
    {
        chosen = ServiceChoice.TryChoose("certificate authorities", CertificateAuthorities, One, time, FirstVersion, out var found, out problem)
            ? found[0]
            : null;
        return chosen is not null;
    }
}
