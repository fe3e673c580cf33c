// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Model;

namespace SupplyChain.Oci;

/// <summary>How one registry host is reached. A host without options is never contacted.</summary>
public sealed record RegistryOptions
{
    /// <summary>
    /// The host as image names write it, with its port if they write one, such as <c>registry.example.com:5000</c>.
    /// </summary>
    public required string Host { get; init; }

    /// <summary>An OCI layout directory that serves this host instead of a server; excludes all that follows.</summary>
    public string? LayoutPath { get; init; }

    /// <summary>
    /// Talk http. Only for registries on the same machine or a wire you trust: digests stay checked, credentials do not
    /// stay secret.
    /// </summary>
    public bool PlainHttp { get; init; }

    /// <summary>
    /// A PEM file of certificate authorities that are trusted for this host in addition to the system's.
    /// </summary>
    public string? CaFile { get; init; }

    /// <summary>
    /// Origins such as <c>https://auth.example.com</c> whose token servers this registry may name, besides its own.
    /// Credentials are sent there. Docker Hub's own need not be listed.
    /// </summary>
    public IReadOnlyList<string> Realms { get; init; } = [];

    /// <summary>
    /// Hosts such as <c>blobs.example.com</c> to which this registry may redirect downloads; nothing secret goes there.
    /// Docker Hub's own need not be listed.
    /// </summary>
    public IReadOnlyList<string> RedirectHosts { get; init; } = [];

    /// <summary>
    /// Whether the host's name may resolve to loopback, link-local, private or other special addresses. Not needed for
    /// <c>localhost</c> or a host that is written as an address.
    /// </summary>
    public bool PrivateNetwork { get; init; }

    /// <summary>
    /// Time for one operation: retries, redirects, token and body included. Raise it where attestations of many
    /// megabytes travel over a slow line.
    /// </summary>
    public TimeSpan OperationTimeout { get; init; } = Limits.RegistryOperation;

    /// <summary>
    /// How long an entry must have stayed under a tag before adding it counts as done; see
    /// <see cref="IRegistry.AppendToTagAsync"/>. Longer than another writer takes from reading a tag to replacing it.
    /// </summary>
    public TimeSpan TagSettleTime { get; init; } = TimeSpan.FromMilliseconds(500);
}
