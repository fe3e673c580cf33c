// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Hosting;

/// <summary>What <c>supplychain verifier serve --config FILE</c> is told.</summary>
public sealed record VerifierConfiguration : ServiceConfiguration
{
    private static readonly TimeSpan DefaultDeadline = TimeSpan.FromSeconds(8);

    /// <summary>The cluster's name, which rules may be scoped to.</summary>
    public string? Cluster { get; init; }

    /// <summary>Time for one admission review; below the webhook's own timeout. From 100 ms to 29 s, default 8 s.</summary>
    public TimeSpan Deadline { get; init => field = value == default ? DefaultDeadline : value; } = DefaultDeadline;

    /// <summary>The admission policy by name; without it the policies must hold exactly one.</summary>
    public string? Policy { get; init; }

    /// <summary>
    /// A PEM file of the authorities that callers' certificates must come from; without it everybody may ask who reaches the
    /// port. The API server shows a certificate once its AdmissionConfiguration names one.
    /// </summary>
    public string? ClientAuthority { get; init; }

    /// <summary>The common names of the certificates that may ask; empty for every one of the authorities.</summary>
    public IReadOnlyList<string> ClientNames { get; init => field = value ?? []; } = [];
}
